//! Requests to the API, made from actions.

use serde_json::{Value, json};

use stagewright_client::{Answer, Client, ClientError};
use stagewright_core::outside::Incoming;

use super::running::World;
use crate::scenario::grammar::{
    Accept, Action, Change, ChangeChannel, ClientWrites, Create, Fields, FireEvent, Invoke, Merge,
    Method, Name, ProviderReports, Publish, Reply, Request, SettleDelivery,
};

/// A request that is ready to be sent.
#[derive(Debug)]
pub(super) enum Call {
    /// What is at a path.
    Get(Client, String),
    /// Bytes to a path.
    Bytes(Client, String, Vec<u8>),
    /// JSON to a path.
    Post(Client, String, Value),
    /// Something replaced.
    Put(Client, String, Value),
    /// Something changed.
    Patch(Client, String, Value),
    /// Something deleted.
    Delete(Client, String),
    /// A provider's bytes as they are.
    Hook(Client, String, Incoming),
}

impl Call {
    /// Sends it.
    pub(super) async fn send(self) -> Result<Answer, ClientError> {
        match self {
            Self::Get(client, path) => client.get(&path).await,
            Self::Bytes(client, path, body) => client.post_bytes(&path, &[], body).await,
            Self::Post(client, path, body) => client.post(&path, &body).await,
            Self::Put(client, path, body) => client.put(&path, &body).await,
            Self::Patch(client, path, body) => client.patch(&path, &body).await,
            Self::Delete(client, path) => client.delete(&path).await,

            Self::Hook(client, path, Incoming { headers, body, .. }) => {
                let headers: Vec<(&str, &str)> =
                    headers.iter().map(|header| (&*header.name, &*header.value)).collect();
                client.post_bytes(&path, &headers, body).await
            }
        }
    }
}

impl World {
    /// The request that an action makes; nothing for those that make none.
    pub(super) async fn call_of(&mut self, action: &Action) -> Result<Option<Call>, String> {
        let call = match action {
            Action::ClientWrites(writes) => self.hook(writes)?,
            Action::Accept(accept) => self.accept_conversation(accept).await?,
            Action::Reply(reply) => self.reply_to_conversation(reply).await?,
            Action::Create(create) => self.create_record(create)?,
            Action::Change(change) => self.change_record(change)?,

            Action::Move(to) => {
                let (client, path) =
                    (self.acting(to.by.as_ref())?, self.path_of(&to.record, "/move")?);
                Call::Post(client, path, json!({ "stage": to.to }))
            }

            Action::Delete(delete) => {
                Call::Delete(self.acting(delete.by.as_ref())?, self.path_of(&delete.record, "")?)
            }

            Action::Merge(merge) => self.merge_item(merge)?,
            Action::FireEvent(fire) => self.fire_event(fire)?,
            Action::Invoke(invoke) => self.invoke_robot(invoke)?,

            Action::SaveAutomation(save) => {
                let body = self.names.with_ids(&save.body.value)?;
                Call::Put(self.admin.clone(), format!("/v1/automations/{}", save.id), body)
            }

            Action::Publish(publish) => self.publish_automation(publish),
            Action::Request(request) => self.request(request)?,
            Action::ChangeChannel(change) => self.change_channel(change),
            Action::ProviderReports(reports) => self.report(reports)?,

            Action::SettleDelivery(settle) => {
                let path = format!(
                    "/v1/deliveries/{}/{}",
                    self.delivery_of(settle).await?,
                    settle.choice.word()
                );
                Call::Post(self.admin.clone(), path, json!({}))
            }

            Action::ProviderAnswers(_)
            | Action::Find(_)
            | Action::Hold(_)
            | Action::Release(_)
            | Action::HoldRequests
            | Action::ReleaseRequests
            | Action::Restart
            | Action::Stop
            | Action::Start
            | Action::Crash => return Ok(None),
        };

        Ok(Some(call))
    }

    async fn accept_conversation(&self, accept: &Accept) -> Result<Call, String> {
        let id = self.conversation_of(&accept.conversation.value).await?;
        let client = self.acting(Some(&accept.by))?;
        Ok(Call::Post(client, format!("/v1/conversations/{id}/accept"), json!({})))
    }

    async fn reply_to_conversation(&self, reply: &Reply) -> Result<Call, String> {
        let id = self.conversation_of(&reply.conversation.value).await?;
        let client = self.acting(Some(&reply.by))?;
        let body = json!({ "text": reply.text, "attachments": reply.attachments });
        Ok(Call::Post(client, format!("/v1/conversations/{id}/reply"), body))
    }

    fn create_record(&self, create: &Create) -> Result<Call, String> {
        let fields = self.replace_names(&create.kind.value, &create.fields)?;
        let client = self.acting(create.by.as_ref())?;
        Ok(Call::Post(client, format!("/v1/records/{}", create.kind), json!({ "fields": fields })))
    }

    fn change_record(&self, change: &Change) -> Result<Call, String> {
        let fields =
            self.replace_names(&self.names.of(&change.record.value)?.kind, &change.fields)?;
        let client = self.acting(change.by.as_ref())?;
        Ok(Call::Patch(client, self.path_of(&change.record, "")?, json!({ "fields": fields })))
    }

    fn merge_item(&self, merge: &Merge) -> Result<Call, String> {
        let into = &self.names.of(&merge.into.value)?.id;
        let client = self.acting(merge.by.as_ref())?;
        Ok(Call::Post(client, self.path_of(&merge.record, "/merge")?, json!({ "into": into })))
    }

    fn fire_event(&self, fire: &FireEvent) -> Result<Call, String> {
        let payload = fire.payload.clone().unwrap_or(json!({}));
        let body = json!({
            "kind": fire.kind, "record": self.names.of(&fire.record.value)?, "payload": payload,
        });
        Ok(Call::Post(self.admin.clone(), "/v1/events".to_owned(), body))
    }

    fn invoke_robot(&self, invoke: &Invoke) -> Result<Call, String> {
        let settings = self.names.with_ids(&invoke.settings.clone().unwrap_or(json!({})))?;
        let body = json!({ "record": self.names.of(&invoke.record.value)?, "settings": settings });
        let client = self.acting(invoke.by.as_ref())?;
        Ok(Call::Post(client, format!("/v1/robots/{}/invoke", invoke.robot), body))
    }

    fn publish_automation(&self, publish: &Publish) -> Call {
        let waiting = publish.waiting.as_ref();
        let body = waiting.map_or(json!({}), |waiting| json!({ "waiting": waiting }));

        Call::Post(
            self.admin.clone(),
            format!("/v1/automations/{}/publish", publish.automation),
            body,
        )
    }

    /// Any request.
    fn request(&self, request: &Request) -> Result<Call, String> {
        let (client, path) =
            (self.acting(request.by.as_ref())?, self.names.filled(&request.path.value)?);

        let body = self.names.with_ids(request.body.as_ref().unwrap_or(&json!({})))?;

        Ok(match (request.method, &request.text) {
            (Method::Post, Some(text)) => Call::Bytes(client, path, text.clone().into_bytes()),
            (_, Some(_)) => return Err("only a `post` takes `text`".to_owned()),
            (Method::Get, None) => Call::Get(client, path),
            (Method::Post, None) => Call::Post(client, path, body),
            (Method::Put, None) => Call::Put(client, path, body),
            (Method::Patch, None) => Call::Patch(client, path, body),
            (Method::Delete, None) => Call::Delete(client, path),
        })
    }

    /// What the provider posts when a client writes.
    fn hook(&mut self, writes: &ClientWrites) -> Result<Call, String> {
        let plugin = plugin_of(
            self.fixture.channels.get(&writes.channel.value).map(|channel| &channel.value),
        );

        self.messages += 1;
        let incoming = self.provider.inbound(plugin, writes, self.messages)?;

        self.hook_call(&writes.channel, incoming)
    }

    /// What the provider posts when something has become of a message.
    fn report(&self, reports: &ProviderReports) -> Result<Call, String> {
        let plugin = plugin_of(
            self.fixture.channels.get(&reports.channel.value).map(|channel| &channel.value),
        );
        self.hook_call(&reports.channel, self.provider.report(plugin, reports)?)
    }

    /// The fixture's channel with some of it changed.
    fn change_channel(&self, change: &ChangeChannel) -> Call {
        let mut body = self.channel_body(&change.channel.value);
        if let Some(map) = body.as_object_mut() {
            map.extend(change.fields.iter().map(|(key, value)| (key.clone(), value.value.clone())));
        }
        Call::Put(self.admin.clone(), format!("/v1/channels/{}", change.channel), body)
    }

    fn hook_call(&self, channel: &Name, incoming: Incoming) -> Result<Call, String> {
        let path = format!("/hooks/{}/{channel}", self.tenant_id);
        // A provider has no token.
        Ok(Call::Hook(self.nobody()?, path, incoming))
    }

    /// The newest message to somebody, with this text where one is named.
    async fn delivery_of(&self, settle: &SettleDelivery) -> Result<String, String> {
        let listed = self.admin.get("/v1/deliveries?limit=200").await.map_err(|e| e.to_string())?;
        let deliveries = listed.list("/items").map_err(|e| e.to_string())?;

        let is = |delivery: &Value, pointer: &str, value: &str| {
            delivery.pointer(pointer).and_then(Value::as_str) == Some(value)
        };

        let found = deliveries.iter().find(|delivery| {
            is(delivery, "/to", &settle.to)
                && settle.text.as_ref().is_none_or(|text| is(delivery, "/content/text", text))
        });

        let id = found.and_then(|delivery| delivery.get("id")).and_then(Value::as_str);
        id.map(str::to_owned).ok_or_else(|| {
            format!("no such message to {} is there; `delivery` says which are", settle.to)
        })
    }

    /// The employee's client, or the admin's.
    fn acting(&self, by: Option<&Name>) -> Result<Client, String> {
        let Some(name) = by else { return Ok(self.admin.clone()) };
        self.users.get(&name.value).cloned().ok_or_else(|| {
            format!("`{name}` is no employee of the fixture, so nobody can act as them")
        })
    }

    /// A record's fields as the API takes them: ids where the scenario has names.
    fn replace_names(&self, kind: &str, fields: &Fields) -> Result<Value, String> {
        self.names.with_ids(&Value::Object(self.names.to_ids(kind, fields)))
    }

    fn path_of(&self, record: &Name, end: &str) -> Result<String, String> {
        let record = self.names.of(&record.value)?;
        Ok(format!("/v1/records/{}/{}{end}", record.kind, record.id))
    }

    /// The id of a conversation that is named, or that the named item belongs to.
    pub(in crate::scenario) async fn conversation_of(&self, name: &str) -> Result<String, String> {
        let record = self.names.of(name)?;
        if record.kind == "conversation" {
            return Ok(record.id.clone());
        }

        let item = self
            .admin
            .get(&format!("/v1/records/{}/{}", record.kind, record.id))
            .await
            .map_err(|e| e.to_string())?;

        item.text("/fields/conversation")
            .map_err(|_absent| format!("`{name}` belongs to no conversation"))
    }
}

/// The plugin that a channel's body names.
pub(super) fn plugin_of(channel: Option<&Value>) -> &str {
    channel.and_then(|channel| channel.get("plugin")).and_then(Value::as_str).unwrap_or_default()
}
