//! What providers send to `/hooks`: authenticated first, translated, taken in, and only then
//! answered.

use std::collections::BTreeSet;

use serde_json::Value;

use stagewright_core::call::{Build, ChannelCall, ChannelSays, ChannelVerb};
use stagewright_core::command::{ingest, ingest_status};
use stagewright_core::context::Actor;
use stagewright_core::drive::Failure;
use stagewright_core::id::TenantId;
use stagewright_core::model::channel::Channel;
use stagewright_core::model::plugin::{Grant, Plugin};
use stagewright_core::model::tenant::Tenant;
use stagewright_core::outside::{Incoming, Reply, SecretValues};

use super::{Service, Wishes};

/// Most events that one notification may bring.
const EVENTS_MAX: usize = 1_000;

/// What the provider is answered.
#[derive(Debug)]
pub struct HookAnswer {
    /// The answer.
    pub reply: Reply,
    /// How many events were new.
    pub taken: usize,
}

/// Why a notification was not taken in.
#[derive(Debug)]
pub enum HookProblem {
    /// There is no such channel.
    NotFound,
    /// It does not come from the provider. The text is for the operator's log alone.
    Forged(String),
    /// The plugin could not deal with it; the provider should try again.
    Failed(String),
    /// The store could not take it; the provider should try again.
    Store(Failure),
}

/// A channel with what is needed to call it.
struct Open {
    channel: Channel,
    build: Build,
    secrets: SecretValues,
    public_url: String,
}

impl Service {
    /// Takes in a notification. Everything it brought is durable when the answer comes back.
    ///
    /// # Errors
    /// [`HookProblem`].
    pub async fn hook(
        &self,
        tenant: TenantId,
        channel: &str,
        incoming: Incoming,
        request_id: &str,
    ) -> Result<HookAnswer, HookProblem> {
        let open = self.open_channel(tenant, channel).await?;
        let reply =
            match self.ask(&open, ChannelVerb::Authenticate(incoming.clone()), request_id).await? {
                ChannelSays::Authentic(reply) => reply,
                ChannelSays::Handshake(reply) => return Ok(HookAnswer { reply, taken: 0 }),
                ChannelSays::Reject(reason) => return Err(HookProblem::Forged(reason)),
                other => {
                    return Err(HookProblem::Failed(format!(
                        "the channel answered authenticate with {other:?}"
                    )));
                }
            };

        let events = match self.ask(&open, ChannelVerb::Receive(incoming), request_id).await? {
            ChannelSays::Events(events) => events,
            other => {
                return Err(HookProblem::Failed(format!(
                    "the channel answered receive with {other:?}"
                )));
            }
        };

        // Every event is a commit of its own, and the provider waits for all of them.
        if events.len() > EVENTS_MAX {
            return Err(HookProblem::Failed(format!(
                "one notification brought {} events; {EVENTS_MAX} are allowed",
                events.len()
            )));
        }

        // In the order in which the provider wrote them. Where one fails, the provider sends
        // all of them again, and those that are in have no second effect.
        let mut taken = 0;
        for event in &events {
            taken += usize::from(self.take_in(tenant, &open.channel, event, request_id).await?);
        }
        Ok(HookAnswer { reply, taken })
    }

    /// Takes in one event; says whether it was new. An event of a kind that is not known, or that
    /// makes no sense, is logged and left: the provider would only send it again for ever.
    async fn take_in(
        &self,
        tenant: TenantId,
        channel: &Channel,
        event: &Value,
        request_id: &str,
    ) -> Result<bool, HookProblem> {
        let kind = event.get("kind").and_then(Value::as_str).unwrap_or("");
        let external_id = event.get("external_id").and_then(Value::as_str).unwrap_or("");
        let actor = Actor::Channel { id: channel.id.clone() };

        // A message's statuses share its id, so the word is part of what names the command.
        let status = event.pointer("/body/status").and_then(Value::as_str).unwrap_or("");
        let seed = ["hook", &tenant.to_string(), &channel.id, kind, external_id, status];
        // A command for each event: its stamp holds steps back for one commit and not for a whole
        // notification.
        let command = self.begin(tenant, actor, &seed, request_id, Wishes::default());

        let outcome = match kind {
            "message" => match ingest::Inbound::parse(event) {
                Ok(inbound) => self
                    .execute(&command, |tx, ctx| ingest::decide(tx, ctx, channel, &inbound))
                    .await
                    .map(|ingested| ingested != ingest::Ingested::Duplicate),
                Err(refusal) => Err(Failure::Refused(refusal)),
            },
            "message-status" => match ingest_status::StatusUpdate::parse(event) {
                Ok(update) => self
                    .execute(&command, |tx, ctx| {
                        ingest_status::decide(tx, ctx, &channel.id, &update)
                    })
                    .await
                    .map(|_| true),
                Err(refusal) => Err(Failure::Refused(refusal)),
            },
            _ => {
                tracing::info!(
                    %tenant, channel = %channel.id, kind,
                    "an event of a kind that this host does not know was left"
                );
                return Ok(false);
            }
        };

        match outcome {
            Ok(new) => Ok(new),
            Err(Failure::Refused(refusal)) => {
                tracing::warn!(
                    %tenant, channel = %channel.id, kind, external_id, %refusal,
                    "an event from a channel was refused"
                );
                Ok(false)
            }
            Err(other) => Err(HookProblem::Store(other)),
        }
    }

    async fn open_channel(&self, tenant: TenantId, id: &str) -> Result<Open, HookProblem> {
        let found = self
            .query(|tx| {
                if tx.peek::<Tenant>(&Tenant::key(tenant))?.is_none() {
                    return Ok(None);
                }
                let Some((channel, _)) = tx.peek::<Channel>(&Channel::key(tenant, id))? else {
                    return Ok(None);
                };

                let plugin = tx.peek::<Plugin>(&Plugin::key(&channel.plugin))?;
                let grant = tx.peek::<Grant>(&Grant::key(tenant, &channel.plugin))?;
                Ok(Some((channel, plugin, grant)))
            })
            .await
            .map_err(HookProblem::Store)?;
        let (channel, plugin, grant) = found.ok_or(HookProblem::NotFound)?;

        let (Some((plugin, _)), Some((grant, _))) = (plugin, grant) else {
            return Err(HookProblem::Failed(format!(
                "plugin `{}` is not installed or not enabled",
                channel.plugin
            )));
        };

        let names: BTreeSet<String> = plugin
            .secret_names(&channel.channel)
            .into_iter()
            .filter(|name| grant.allows("secrets.check", name))
            .collect();
        let secrets = self.open_secrets(tenant, &names).await.map_err(HookProblem::Store)?;

        let build = Build {
            plugin: plugin.id.clone(),
            version: plugin.version.clone(),
            component: plugin.component.clone(),
            limits: plugin.limits.channel,
        };
        let public_url = format!("{}/hooks/{tenant}/{}", self.public_url, channel.id);
        Ok(Open { channel, build, secrets, public_url })
    }

    async fn ask(
        &self,
        open: &Open,
        verb: ChannelVerb,
        request_id: &str,
    ) -> Result<ChannelSays, HookProblem> {
        let call = ChannelCall {
            build: open.build.clone(),
            settings: open.channel.settings.clone(),
            public_url: open.public_url.clone(),
            secrets: open.secrets.clone(),
            now: self.clock.now(),
            seed: request_id.to_owned(),
            verb,
        };

        let answer = self.plugins.channel(call).await;
        answer.says.map_err(|failure| {
            HookProblem::Failed(format!("{} ({})", failure.message, failure.code))
        })
    }
}
