//! Doing what a step says.

use serde_json::Value;

use stagewright_client::{Answer, ClientError};
use stagewright_core::model::record::RecordRef;
use stagewright_core::phone;
use stagewright_core::time::Timestamp;

use super::gate::Held;
use super::running::World;
use super::under_way::UnderWay;
use crate::scenario::grammar::{Action, ClientWrites, Entry, Find, matches};

/// What came of an action.
#[derive(Debug)]
pub(in crate::scenario) enum Outcome {
    /// The host answered the request that this entry made.
    Answered(Box<Entry>, Result<Answer, ClientError>),
    /// Nothing that has an answer.
    Nothing,
}

impl World {
    /// Carries out an action.
    ///
    /// # Errors
    /// A sentence.
    pub(in crate::scenario) async fn act(&mut self, entry: &Entry) -> Result<Outcome, String> {
        if let Some(call) = self.call_of(&entry.action).await? {
            if self.under_way.is_some() {
                return Err("a request is under way already; `release_requests` first".to_owned());
            }

            let mut sending = tokio::spawn(call.send());
            let gate = self.host()?.gate.clone();

            return tokio::select! {
                answer = &mut sending => {
                    let answer = answer.map_err(|e| e.to_string())?;
                    self.answered(entry.clone(), answer).await
                }

                () = gate.reached(|held| *held == Held::Requests) => {
                    self.under_way = Some(UnderWay { entry: entry.clone(), sending });
                    Ok(Outcome::Nothing)
                }
            };
        }

        match &entry.action {
            Action::Hold(hold) => self.host()?.gate.hold(Held::Robot(hold.robot.value.clone())),
            Action::Release(hold)
                if !self.host()?.gate.release(&Held::Robot(hold.robot.value.clone())) =>
            {
                return Err(format!(
                    "robot `{}` was not executing, so nothing was held; check the times",
                    hold.robot
                ));
            }

            Action::ProviderAnswers(reactions) => self.provider.answer_next(reactions),
            Action::HoldRequests => self.host()?.gate.hold(Held::Requests),
            Action::Find(find) => self.find(find).await?,
            Action::ReleaseRequests => return self.release_requests().await,

            Action::Restart => {
                self.stop().await?;
                self.start().await?;
            }

            Action::Stop => self.stop().await?,
            Action::Start => self.start().await?,
            Action::Crash => {
                self.crash()?;
                self.start().await?;
            }
            _ => {}
        }

        Ok(Outcome::Nothing)
    }

    async fn release_requests(&mut self) -> Result<Outcome, String> {
        let under_way = self.under_way.take().ok_or(
            "no request is under way, so nothing was held; let one follow `hold_requests`",
        )?;

        self.host()?.gate.release(&Held::Requests);
        let answer = under_way.sending.await.map_err(|e| e.to_string())?;
        self.answered(under_way.entry, answer).await
    }

    /// Gives names to what came to be.
    async fn answered(
        &mut self,
        entry: Entry,
        answer: Result<Answer, ClientError>,
    ) -> Result<Outcome, String> {
        if let Ok(answer) = &answer {
            match &entry.action {
                Action::ClientWrites(writes) => self.name_conversation(writes).await?,
                Action::Create(create) => self.name_record(&create.name.value, &answer.body)?,
                Action::Request(request) => {
                    for (name, pointer) in &request.keep {
                        self.names
                            .keep(name, answer.text(&pointer.value).map_err(|e| e.to_string())?);
                    }
                }
                _ => {}
            }
        }

        // What is expected of an answer speaks of names.
        let answer =
            answer.map(|answer| Answer { body: self.names.with_names(&answer.body), ..answer });

        Ok(Outcome::Answered(Box::new(entry), answer))
    }

    /// Names the one record that is as described.
    async fn find(&mut self, find: &Find) -> Result<(), String> {
        let listed = self
            .admin
            .get(&format!("/v1/records/{}?limit=200", find.kind))
            .await
            .map_err(|e| e.to_string())?;

        let fits = |record: &Value| {
            let record = self.names.with_names(record);
            find.fields
                .iter()
                .all(|(name, value)| matches(value, record.pointer(&format!("/fields/{name}"))))
        };

        let found: Vec<Value> =
            listed.list("/items").map_err(|e| e.to_string())?.into_iter().filter(fits).collect();

        match found.as_slice() {
            [record] => self.name_record(&find.name.value, record),
            other => Err(format!(
                "{} records of kind {} are like that, and one is wanted",
                other.len(),
                find.kind
            )),
        }
    }

    fn name_record(&mut self, name: &str, view: &Value) -> Result<(), String> {
        let text = |key: &str| {
            view.get(key)
                .and_then(Value::as_str)
                .ok_or_else(|| format!("the host answered no `{key}` in {view}"))
        };

        let at: Timestamp =
            text("created_at")?.parse().map_err(|e| format!("the host answered no time: {e}"))?;

        self.names.record(name, RecordRef::new(text("kind")?, text("id")?), at);
        Ok(())
    }

    /// Names the conversation that a message is in, and the item that it created.
    async fn name_conversation(&mut self, writes: &ClientWrites) -> Result<(), String> {
        if writes.conversation.is_none() && writes.creates.is_none() {
            return Ok(());
        }

        let address = phone::address(&writes.from, &self.tenant.country);
        let listed =
            self.admin.get("/v1/conversations?limit=200").await.map_err(|e| e.to_string())?;
        let conversations = listed.list("/items").map_err(|e| e.to_string())?;

        let found = conversations.into_iter().find(|conversation| {
            conversation.get("address").and_then(Value::as_str) == Some(&address)
                && conversation.get("channel").and_then(Value::as_str)
                    == Some(&writes.channel.value)
        });
        let found = found
            .ok_or_else(|| format!("no conversation with {} came of this message", writes.from))?;

        if let Some(name) = &writes.conversation {
            let id = found.get("id").and_then(Value::as_str).unwrap_or_default();
            self.names.record(&name.value, RecordRef::new("conversation", id), self.now());
        }

        if let Some(name) = &writes.creates {
            let item = found.pointer("/session/item").filter(|item| !item.is_null());
            let item = item.ok_or(
                "this message created no item; does the channel have a line, \
                and does that create something?",
            )?;

            let item: RecordRef =
                serde_json::from_value(item.clone()).map_err(|e| e.to_string())?;

            let view = self
                .admin
                .get(&format!("/v1/records/{}/{}", item.kind, item.id))
                .await
                .map_err(|e| e.to_string())?;

            self.name_record(&name.value, &view.body)?;
        }

        Ok(())
    }

    async fn stop(&mut self) -> Result<(), String> {
        if self.host()?.gate.holds_a_robot() {
            return Err(
                "a robot is being held, and stopping waits for it; `release` it first, or `crash`"
                    .to_owned(),
            );
        }

        if self.provider.next_late().is_some() {
            return Err(
                "an answer is late, and stopping waits for it; let its time pass first, or `crash`"
                    .to_owned(),
            );
        }

        match self.host.take() {
            Some(host) => host.stop().await,
            None => Ok(()),
        }
    }

    fn crash(&mut self) -> Result<(), String> {
        self.host()?;
        self.under_way = None;

        if let Some(host) = self.host.take() {
            host.crash();
        }

        // Nobody waits for these any more.
        self.provider.forget_late();

        Ok(())
    }

    async fn start(&mut self) -> Result<(), String> {
        if self.host.is_some() {
            return Err("the host is running already; `stop` it first".to_owned());
        }

        self.ground.turn_over()?;
        self.host = Some(self.ground.start().await?);

        let base = self.base()?;
        self.admin = self.admin.at(&base);
        for client in self.users.values_mut() {
            *client = client.at(&base);
        }

        Ok(())
    }
}
