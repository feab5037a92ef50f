//! One play of a story.

use anyhow::{Context, bail, ensure};
use serde_json::{Value, json};

use stagewright_core::time::Timestamp;
use stagewright_provider_sim::{Became, Received, Script};

use super::end::{End, Seen};
use super::{Death, Stage, Story};
use crate::api::{Api, Ask, Outcome, list, text};
use crate::host::Host;

/// A play. Whatever host is on the stage, its clock goes on where the one before it died.
#[derive(Debug)]
pub struct Play<'a> {
    stage: &'a Stage,
    story: Story,
    host: Host,
    /// The client, an employee, and whoever moves the clock.
    pub api: Api,
    /// How many requests and messages the provider had before this play.
    before: (usize, usize),
    /// What the first host said before it died.
    died: Option<Vec<String>>,
}

impl<'a> Play<'a> {
    /// Begins a play in a fresh home, with a host that dies there, if anywhere.
    ///
    /// # Errors
    /// Where the host does not start.
    pub fn begin(stage: &'a Stage, story: Story, death: Option<Death>) -> anyhow::Result<Self> {
        stage.reset()?;
        let host = stage.host(stage.dawn, death)?;
        let api = Api::new(&host.base, &stage.tenant.token)?;
        let before = (stage.provider.received().len(), stage.provider.accepted().len());
        Ok(Self { stage, story, host, api, before, died: None })
    }

    /// Plays the story to its end, an hour after its beginning.
    ///
    /// # Errors
    /// Where something is refused, or the host goes away without being told to.
    pub async fn to_the_end(mut self) -> anyhow::Result<End> {
        self.until_the_message().await?;
        self.until_minute(31).await?;
        self.provider_reports().await?;
        self.end().await
    }

    /// The client writes, an employee may accept, and time has gone on to minute 12. The message
    /// goes out now or at minute 30.
    ///
    /// # Errors
    /// As [`Play::to_the_end`].
    pub async fn until_the_message(&mut self) -> anyhow::Result<()> {
        let tenant = &self.stage.tenant;
        self.insist(&Ask::hook(&tenant.id, "whatsapp", self.stage.message.incoming())).await?;

        self.until_minute(12).await?;
        if self.story == Story::AnsweredInTime {
            let accept = self.acceptance().await?;
            self.insist(&accept).await?;
        }
        Ok(())
    }

    /// The provider says that the message was delivered and read, if it has taken one.
    ///
    /// # Errors
    /// As [`Play::to_the_end`].
    pub async fn provider_reports(&mut self) -> anyhow::Result<()> {
        let provider = &self.stage.provider;
        for message in provider.accepted().split_off(self.before.1) {
            let told = provider
                .statuses(&message.id, &[Became::Delivered, Became::Read])
                .context("it was taken")?;
            self.insist(&Ask::hook(&self.stage.tenant.id, "whatsapp", told.incoming())).await?;
        }
        Ok(())
    }

    /// The hour passes, and all is looked at.
    ///
    /// # Errors
    /// As [`Play::to_the_end`].
    pub async fn end(mut self) -> anyhow::Result<End> {
        self.until_minute(60).await?;
        let seen = Seen::over(&self.api, &self.received()).await?;
        // This comes last, because it ends the host that all the rest is asked of.
        let (died, words) = self.words()?;
        Ok(End::new(seen, died, words))
    }

    async fn acceptance(&mut self) -> anyhow::Result<Ask> {
        let conversations = self.insist(&Ask::get("/v1/conversations?limit=2")).await?;
        let [conversation] = list(&conversations, "/items") else {
            bail!("there is not one conversation: {conversations}")
        };

        let path = format!("/v1/conversations/{}/accept", text(conversation, "/id")?);
        Ok(Ask::post(path, &json!({"user": self.stage.tenant.employees.first()})).once("accept"))
    }

    /// Asks for something until it is answered.
    ///
    /// # Errors
    /// As [`Play::to_the_end`].
    pub async fn insist(&mut self, ask: &Ask) -> anyhow::Result<Value> {
        loop {
            if let Some(answer) = self.try_once(ask).await? {
                return Ok(answer);
            }
        }
    }

    /// Asks for something once. Where there is no answer because the host has died, the next one is
    /// on the stage afterwards.
    async fn try_once(&mut self, ask: &Ask) -> anyhow::Result<Option<Value>> {
        match self.api.send(ask).await {
            Outcome::Answered(200..=299, answer) => Ok(Some(answer)),
            Outcome::Answered(status, answer) => bail!("{ask:?} was answered {status}: {answer}"),
            Outcome::Lost => {
                let words = self.host.last_words();
                let at = words.iter().find_map(|line| line.strip_prefix("died at "));
                let at = Timestamp(at.context("the host went away by itself")?.parse()?);
                ensure!(self.died.is_none(), "the second host has died too");

                self.died = Some(words);
                self.next_host(at)?;
                Ok(None)
            }
        }
    }

    fn next_host(&mut self, now: Timestamp) -> anyhow::Result<()> {
        self.host = self.stage.host(now, None)?;
        self.api = Api::new(&self.host.base, &self.stage.tenant.token)?;
        Ok(())
    }

    /// Lets time pass until so many minutes after the beginning; everything is done by then that is
    /// due.
    ///
    /// # Errors
    /// As [`Play::to_the_end`].
    pub async fn until_minute(&mut self, minute: i64) -> anyhow::Result<()> {
        let to = self.stage.dawn.plus_ms(minute * 60_000);
        loop {
            // The way is measured anew each time: a host that died on it has moved the clock by a
            // part of it.
            let Some(clock) = self.try_once(&Ask::get("/dev/clock")).await? else { continue };
            let now: Timestamp = text(&clock, "/now")?.parse().map_err(anyhow::Error::msg)?;
            let by = json!({"by": format!("{}s", to.since_ms(now) / 1_000)});
            if self.try_once(&Ask::post("/dev/clock/advance", &by)).await?.is_some() {
                return Ok(());
            }
        }
    }

    /// Lets the message go out and kills the host once the provider has the request, before it
    /// answers. The next host is on the stage afterwards, and time has not passed.
    ///
    /// # Errors
    /// Where the host cannot be killed or started.
    pub async fn killed_between_request_and_answer(&mut self) -> anyhow::Result<()> {
        // A millisecond of a clock that stands still.
        self.stage.provider.script([Script::Late(1)]);
        let api = self.api.clone();

        // Time goes on only when the answer has come, so this has none either.
        let passing = tokio::spawn(async move {
            api.send(&Ask::post("/dev/clock/advance", &json!({"by": "18m"}))).await
        });

        self.stage.provider.arrived(self.before.0 as u64 + 1).await;
        // The time is asked for before the kill, since the next host goes on at this moment.
        let clock = self.api.done(&Ask::get("/dev/clock")).await?;
        self.host.kill()?;
        ensure!(passing.await? == Outcome::Lost, "the host did not wait for the provider");

        self.died = Some(self.host.last_words());
        self.next_host(text(&clock, "/now")?.parse().map_err(anyhow::Error::msg)?)
    }

    /// Ends what is still on the stage and gives what the first host said.
    fn words(&mut self) -> anyhow::Result<(bool, Vec<String>)> {
        self.host.kill()?;
        let last = self.host.last_words();
        Ok(self.died.take().map_or((false, last), |words| (true, words)))
    }

    /// The requests that the provider received in this play.
    fn received(&self) -> Vec<Received> {
        self.stage.provider.received().split_off(self.before.0)
    }
}
