//! A client who writes over a channel: the host opens a conversation and a deal, robots work on the
//! deal, an operator may take the conversation.

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use stagewright_provider_sim::StandIn;

use super::desk::{Desk, Done, Gone};
use super::item::Item;
use crate::api::{Api, Ask, list, text};
use crate::chance::Chance;
use crate::fixture::Tenant;

/// What an operator does with a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Take {
    Leave,
    Accept,
    Reply,
}

/// What client and operator know of their chat.
#[derive(Debug)]
pub struct Chat {
    /// The client's name, which becomes the deal's title.
    pub(super) name: String,
    channel: &'static str,
    address: String,
    /// What the client wrote.
    texts: Vec<String>,
    take: Take,
    /// What the operator did.
    taken: Option<Done>,
    unsure: Option<Ask>,
}

impl Chat {
    pub(super) fn new(desk: &Desk, chance: &mut Chance) -> Self {
        let name = desk.shift.name("client");
        let channel = if chance.percent(50) { "whatsapp" } else { "site" };

        // A telephone number that no other client has: shifts have less than 20,000 names each.
        let digits: u64 = name
            .split('-')
            .filter_map(|part| part.parse::<u64>().ok())
            .fold(0, |all, part| all * 20_000 + part);
        let address = if channel == "site" { name.clone() } else { format!("+38050{digits:07}") };

        let take = if chance.percent(50) {
            Take::Leave
        } else if chance.percent(50) {
            Take::Accept
        } else {
            Take::Reply
        };

        Self { name, channel, address, texts: Vec::new(), take, taken: None, unsure: None }
    }

    pub(super) async fn live(
        &mut self,
        desk: &Desk,
        provider: &StandIn,
        chance: &mut Chance,
    ) -> anyhow::Result<Result<(), Gone>> {
        for _ in 0..=chance.below(2) {
            let ask = self.writes(desk, provider);
            if desk.change(&ask).await? == Err(Gone) {
                self.unsure = Some(ask);
                return Ok(Err(Gone));
            }
        }

        if self.take == Take::Leave {
            return Ok(Ok(()));
        }

        let Ok(deals) = desk.look(self.search()).await? else {
            // The operator was still looking when the host was gone, so nothing was pressed.
            self.take = Take::Leave;
            return Ok(Err(Gone));
        };
        let deal = list(&deals, "/items")
            .first()
            .context("the deal of an acknowledged message is not there")?;
        let ask = self.taking(&text(deal, "/fields/conversation")?, &desk.tenant);

        match desk.change(&ask).await? {
            Ok(answer) => {
                self.taken = Some(Done { ask, answer });
                Ok(Ok(()))
            }
            Err(Gone) => {
                self.unsure = Some(ask);
                Ok(Err(Gone))
            }
        }
    }

    fn search(&self) -> String {
        format!("/v1/records/deal?title={}&limit=1", self.name)
    }

    /// The client's next message, as the provider brings it.
    fn writes(&mut self, desk: &Desk, provider: &StandIn) -> Ask {
        let words = format!("{} says {}", self.name, self.texts.len());
        let incoming = if self.channel == "whatsapp" {
            provider.inbound_text(&self.address, &self.name, &words).incoming()
        } else {
            provider.signed_json(
                &json!([{"kind": "message", "external_id": words, "address": self.address,
                "display_name": self.name, "body": {"text": words}}]),
            )
        };

        self.texts.push(words);
        Ask::hook(&desk.tenant.id, self.channel, incoming)
    }

    /// The operator of the channel's line takes the conversation.
    fn taking(&self, conversation: &str, tenant: &Tenant) -> Ask {
        let operator = tenant.employees.get(usize::from(self.channel == "site"));
        let (verb, body) = match self.take {
            Take::Reply => ("reply", json!({"user": operator, "text": "We are on it"})),
            Take::Leave | Take::Accept => ("accept", json!({ "user": operator })),
        };

        Ask::post(format!("/v1/conversations/{conversation}/{verb}"), &body)
            .once(format!("{}-{verb}", self.name))
    }

    /// A provider sends again what was not answered, and an operator presses again.
    pub(super) async fn recover(&mut self, api: &Api) -> anyhow::Result<()> {
        let Some(ask) = self.unsure.take() else { return Ok(()) };
        let answer = api.done(&ask).await?;

        if answer.is_object() && answer.get("id").is_some() {
            self.taken = Some(Done { ask, answer });
        } else if self.taken.is_none() {
            // It was a message that had no answer, so that nobody got as far as taking the
            // conversation.
            self.take = Take::Leave;
        }
        Ok(())
    }

    pub(super) async fn check(&self, api: &Api, tenant: &Tenant) -> anyhow::Result<()> {
        let deals = api.done(&Ask::get(self.search())).await?;
        let deal = list(&deals, "/items").first().context("there is no deal")?;
        let item = Item::at_rest(api, &text(deal, "/id")?).await?;

        let taken = self.taken.is_some();
        let replies = usize::from(taken && self.take == Take::Reply);

        item.stands_on(if taken { "processed" } else { "new" })?;
        item.stage_run_is_whole("new", &["get", "remind", "watch"], !taken)?;
        if taken {
            item.stage_run_is_whole("processed", &["thank"], true)?;
        }

        item.invoked_runs_are(0)?;
        item.is_observed_by(&tenant.supervisor, &[])?;
        item.timeline_has("message_in", self.texts.len())?;
        item.timeline_has("accepted", usize::from(taken))?;
        item.timeline_has("stage_changed", usize::from(taken))?;
        item.timeline_is_sound(replies)?;

        self.conversation_has(api, item.field("conversation"), replies).await
    }

    /// The client's messages are there in their order, each once, and the replies.
    async fn conversation_has(
        &self,
        api: &Api,
        conversation: &str,
        replies: usize,
    ) -> anyhow::Result<()> {
        let messages = api
            .done(&Ask::get(format!("/v1/conversations/{conversation}/messages?limit=200")))
            .await?;

        let (mut texts, mut out) = (Vec::new(), 0);
        for message in list(&messages, "/items").iter().rev() {
            match message.pointer("/direction").and_then(Value::as_str) {
                Some("in") => texts.push(text(message, "/body/text")?),
                _ => out += 1,
            }
        }

        ensure!(
            texts == self.texts,
            "the client wrote {:?}, the conversation has {texts:?}",
            self.texts
        );
        ensure!(out == replies, "{out} messages went out instead of {replies}");
        Ok(())
    }

    pub(super) async fn repeat(&self, api: &Api) -> anyhow::Result<()> {
        match &self.taken {
            Some(done) => done.repeat(api).await,
            None => Ok(()),
        }
    }
}
