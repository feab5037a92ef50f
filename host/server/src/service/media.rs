//! Files that came with messages: fetched from the provider when somebody asks for one, and kept
//! nowhere (ADR 0007).

use serde_json::{Value, json};

use stagewright_core::drive::Failure;
use stagewright_core::exchange::{self, Job, Means, Outcome};
use stagewright_core::id::TenantId;
use stagewright_core::limits::MEDIUM_BYTES_MAX;
use stagewright_core::model::channel::Channel;
use stagewright_core::model::conversation::{Conversation, Message};
use stagewright_core::model::plugin::{Grant, Plugin};
use stagewright_core::refusal::{Refusal, RefusalKind};

use super::Service;

/// Files that are fetched at once; others wait. Each lies in memory up to three times while the
/// plugin looks at it.
pub const FETCHES_MAX: usize = 2;
/// How long one request to the provider may take, in milliseconds.
const REQUEST_TIMEOUT_MS: u64 = 60_000;

/// A file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Medium {
    /// Its type, as the provider or the client says; nobody has checked it.
    pub mime: String,
    /// The name that the client gave it; may be empty.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// Why a file was not fetched.
#[derive(Debug)]
pub enum MediumProblem {
    /// There is no such message, or nothing to fetch in it, or nobody who could.
    Refused(Refusal),
    /// The provider does not give it.
    Denied(String),
    /// It may be had later.
    Unavailable(String),
    /// Rows cannot be read.
    Store(Failure),
}

/// What a message says of its file, and whose it is.
struct Found {
    media: Value,
    channel: Channel,
    plugin: Plugin,
    grant: Grant,
}

impl Service {
    /// Fetches the file of a conversation's `number`-th message through its channel.
    ///
    /// # Limits
    /// [`MEDIUM_BYTES_MAX`] bytes; [`FETCHES_MAX`] files at once.
    ///
    /// # Errors
    /// [`MediumProblem`].
    pub async fn fetch_medium(
        &self,
        tenant: TenantId,
        conversation: &str,
        number: u64,
    ) -> Result<Medium, MediumProblem> {
        // Read before a place is waited for, so that what cannot be fetched is refused at once.
        let found = self.medium_of(tenant, conversation, number).await?;
        let names = found.plugin.secret_names(&found.channel.channel);
        let secrets = self.open_secrets(tenant, &names).await.map_err(MediumProblem::Store)?;

        let id = format!("{conversation}/{number}");
        let json = json!({"id": id, "media": found.media, "bytes_max": MEDIUM_BYTES_MAX});
        let job = Job {
            channel: &found.channel,
            plugin: &found.plugin,
            grant: &found.grant,
            json: &json,
            secrets: &secrets,
            seed: id,
            timeout_ms: REQUEST_TIMEOUT_MS,
            answer_bytes_max: MEDIUM_BYTES_MAX,
        };

        // The semaphore is never closed, so waiting cannot fail.
        let _place = self.fetches.acquire().await;
        let means =
            Means { plugins: &*self.plugins, connector: &*self.connector, clock: &*self.clock };
        // A look-up and not a delivery: a channel that would send something for it is stopped
        // (ADR 0007).
        verdict(exchange::look_up(means, &job).await, &found.media)
    }

    async fn medium_of(
        &self,
        tenant: TenantId,
        conversation: &str,
        number: u64,
    ) -> Result<Found, MediumProblem> {
        let found = self.query(|tx| {
            let (conversation_key, message_key) = (
                Conversation::key(tenant, conversation),
                Message::key(tenant, conversation, number),
            );
            // Neither key needs the other's row, so both cost one round (ADR 0001).
            tx.want(&[conversation_key.clone(), message_key.clone()])?;
            let conversation = tx.peek::<Conversation>(&conversation_key)?;
            let message = tx.peek::<Message>(&message_key)?;
            let (Some((conversation, _)), Some((message, _))) = (conversation, message) else {
                return Err(Refusal::not_found("message").into());
            };

            let media = message.body.get("media").filter(|media| !media.is_null()).cloned();
            let none = || {
                Refusal::new(
                    RefusalKind::NotFound,
                    "media.none",
                    "this message has no file; \
                    `media_url` tells which have",
                )
            };
            // Only what a client sent has the provider's id, and only its files can be looked up.
            let media = media.filter(|_| message.external_id.is_some()).ok_or_else(none)?;

            let gone = || {
                Refusal::conflict(
                    "delivery.no-channel",
                    "the message's channel is gone, and \
                    only it could fetch the file",
                )
            };
            let (channel, _) = tx
                .peek::<Channel>(&Channel::key(tenant, &conversation.channel))?
                .ok_or_else(gone)?;

            let plugin =
                tx.peek::<Plugin>(&Plugin::key(&channel.plugin))?.map(|(plugin, _)| plugin);
            let grant =
                tx.peek::<Grant>(&Grant::key(tenant, &channel.plugin))?.map(|(grant, _)| grant);
            let message = || {
                format!(
                    "plugin `{0}` is not installed or not enabled; PUT \
                    /v1/plugins/{0}/grants enables it",
                    channel.plugin
                )
            };
            let (Some(plugin), Some(grant)) = (plugin, grant) else {
                return Err(Refusal::conflict("plugin.not-enabled", message()).into());
            };

            Ok(Found { media, channel, plugin, grant })
        });

        found.await.map_err(|failure| match failure {
            Failure::Refused(refusal) => MediumProblem::Refused(refusal),
            other => MediumProblem::Store(other),
        })
    }
}

/// What a look-up came to. Only a channel's own `found` is a file.
fn verdict(outcome: Outcome, media: &Value) -> Result<Medium, MediumProblem> {
    let text =
        |of: &Value, key: &str| of.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();

    match outcome {
        Outcome::Verdict(mut map, response) => {
            let data = map.remove("data").unwrap_or_default();
            let verdict = Value::Object(map);
            match (text(&verdict, "outcome").as_str(), response) {
                ("found", Some(response)) => {
                    let first = |key| {
                        Some(text(&data, key))
                            .filter(|text| !text.is_empty())
                            .unwrap_or_else(|| text(media, key))
                    };
                    Ok(Medium { mime: first("mime"), name: first("name"), bytes: response.body })
                }
                ("failed", _) => Err(MediumProblem::Denied(text(&verdict, "reason"))),
                ("retry", _) => Err(MediumProblem::Unavailable(text(&verdict, "reason"))),
                (outcome, _) => Err(MediumProblem::Denied(format!(
                    "the channel ended the look-up as `{outcome}`"
                ))),
            }
        }
        Outcome::NotSent { reason, retry: true, .. } => Err(MediumProblem::Unavailable(reason)),
        Outcome::NotSent { reason, .. } | Outcome::Unknown(reason) => {
            Err(MediumProblem::Denied(reason))
        }
    }
}
