//! What a step does.

use std::fmt;

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::file::Fields;
use super::located::{Located, Name, Spot};
use super::pattern::Pattern;

/// One action, and what the host is expected to answer.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    /// The action.
    pub action: Action,
    /// Where it stands.
    pub spot: Spot,
    /// The refusal that is expected; without it a refusal fails the scenario.
    pub refused: Option<Refused>,
    /// What the answer is expected to hold.
    pub answer: Option<Value>,
}

/// A refusal.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Refused {
    /// Its stable code.
    pub code: Option<Pattern>,
    /// The field at fault.
    pub field: Option<Pattern>,
    /// The sentence for people.
    pub detail: Option<Pattern>,
    /// The HTTP status.
    pub status: Option<u64>,
}

/// What can be done.
#[derive(Clone, PartialEq, Debug)]
#[expect(missing_docs, reason = "each is described where its keys are")]
pub enum Action {
    ClientWrites(ClientWrites),
    Accept(Accept),
    Reply(Reply),
    Create(Create),
    Change(Change),
    Move(Move),
    Delete(Delete),
    Merge(Merge),
    FireEvent(FireEvent),
    Invoke(Invoke),
    SaveAutomation(SaveAutomation),
    Publish(Publish),
    Hold(Hold),
    Release(Hold),
    /// What requests write is kept back: the next request stays under way, its decision made and not committed.
    HoldRequests,
    /// The request that is under way may commit.
    ReleaseRequests,
    /// The host stops in an orderly way and starts again on what lies on disk.
    Restart,
    /// The host stops in an orderly way and stays away until `start`; time passes without it.
    Stop,
    /// The host starts on what lies on disk.
    Start,
    /// The host is gone from one moment to the next and starts again on what lies on disk.
    Crash,
}

/// Words that are actions.
const KEYS: &str = "client_writes, accept, reply, create, change, move, delete, merge, fire_event, invoke, save_automation, \
                    publish, hold, release, hold_requests, release_requests, restart, stop, start, crash";

/// A client writes: signed bytes at the channel's webhook.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientWrites {
    /// The channel.
    pub channel: Name,
    /// The client's phone.
    pub from: String,
    /// The client's name as the messenger shows it.
    #[serde(default)]
    pub name: Option<String>,
    /// What is written.
    pub text: String,
    /// The provider's id of the message; a new one where absent. The same id again is the same message again.
    #[serde(default)]
    pub id: Option<String>,
    /// Whether the signature is made without knowing the secret.
    #[serde(default)]
    pub forged: bool,
    /// A name for the conversation.
    #[serde(default, rename = "as")]
    pub conversation: Option<Name>,
    /// A name for the item that the message creates.
    #[serde(default)]
    pub creates: Option<Name>,
}

/// An employee takes a conversation into work.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accept {
    /// A conversation, or an item that belongs to one.
    pub conversation: Name,
    /// The employee.
    pub by: Name,
}

/// An employee writes to the client.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reply {
    /// A conversation, or an item that belongs to one.
    pub conversation: Name,
    /// The employee.
    pub by: Name,
    /// What is written.
    pub text: String,
}

/// Somebody creates a record.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Create {
    /// Its kind.
    pub kind: Name,
    /// Its fields; links take names.
    pub fields: Fields,
    /// A name for it.
    #[serde(rename = "as")]
    pub name: Name,
    /// The employee; else the tenant's admin.
    #[serde(default)]
    pub by: Option<Name>,
}

/// Somebody changes a record.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The record.
    pub record: Name,
    /// What changes; `null` removes a field.
    pub fields: Fields,
    /// The employee; else the tenant's admin.
    #[serde(default)]
    pub by: Option<Name>,
}

/// Somebody moves an item.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// The item.
    pub record: Name,
    /// The stage.
    pub to: String,
    /// The employee; else the tenant's admin.
    #[serde(default)]
    pub by: Option<Name>,
}

/// Somebody deletes a record.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delete {
    /// The record.
    pub record: Name,
    /// The employee; else the tenant's admin.
    #[serde(default)]
    pub by: Option<Name>,
}

/// Somebody merges a record into another one.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Merge {
    /// The record that goes.
    pub record: Name,
    /// The record that stays.
    pub into: Name,
    /// The employee; else the tenant's admin.
    #[serde(default)]
    pub by: Option<Name>,
}

/// A program says that something happened to an item.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FireEvent {
    /// The item.
    pub record: Name,
    /// `custom.<name>`.
    pub kind: String,
    /// What it is about.
    #[serde(default)]
    pub payload: Option<Value>,
}

/// Somebody runs one robot now.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invoke {
    /// The robot as `plugin/robot`.
    pub robot: Name,
    /// The item.
    pub record: Name,
    /// Its settings.
    #[serde(default)]
    pub settings: Option<Value>,
    /// The employee; else the tenant's admin.
    #[serde(default)]
    pub by: Option<Name>,
}

/// Somebody saves an automation's draft.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SaveAutomation {
    /// Its id.
    pub id: String,
    /// The draft, as the API takes it.
    pub body: Located<Value>,
}

/// Somebody publishes an automation's draft.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publish {
    /// Its id.
    pub automation: String,
}

/// A robot whose answer is kept back: its code has run, nothing of it is committed.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hold {
    /// The robot's id in its automation.
    pub robot: Name,
}

impl<'de> Deserialize<'de> for Entry {
    /// By hand, since a flattened enum would forget where in the file its keys stand.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct WordOrMapping;
        impl<'de> Visitor<'de> for WordOrMapping {
            type Value = (Action, Option<Refused>, Option<Value>);

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "an action: {KEYS}")
            }

            fn visit_str<E: Error>(self, word: &str) -> Result<Self::Value, E> {
                let action = match word {
                    "restart" => Action::Restart,
                    "stop" => Action::Stop,
                    "start" => Action::Start,
                    "crash" => Action::Crash,
                    "hold_requests" => Action::HoldRequests,
                    "release_requests" => Action::ReleaseRequests,
                    _ => return Err(E::custom(format!("`{word}` is no action by itself; use one of {KEYS}"))),
                };
                Ok((action, None, None))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let (mut action, mut refused, mut answer) = (None, None, None);
                while let Some(key) = map.next_key::<String>()? {
                    match key.as_str() {
                        "refused" => refused = Some(map.next_value()?),
                        "answer" => answer = Some(map.next_value()?),
                        _ if action.is_some() => {
                            return Err(A::Error::custom(format!("one action an entry: begin another one with `- {key}: …`")));
                        }
                        _ => action = Some(action_of(&key, &mut map)?),
                    }
                }
                let action = action.ok_or_else(|| A::Error::custom(format!("an entry needs an action: {KEYS}")))?;
                Ok((action, refused, answer))
            }
        }
        struct Parts((Action, Option<Refused>, Option<Value>));
        impl<'de> Deserialize<'de> for Parts {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(WordOrMapping).map(Self)
            }
        }
        let Located { value: Parts((action, refused, answer)), spot } = Located::deserialize(deserializer)?;
        Ok(Self { action, spot, refused, answer })
    }
}

fn action_of<'de, A: MapAccess<'de>>(key: &str, map: &mut A) -> Result<Action, A::Error> {
    Ok(match key {
        "client_writes" => Action::ClientWrites(map.next_value()?),
        "accept" => Action::Accept(map.next_value()?),
        "reply" => Action::Reply(map.next_value()?),
        "create" => Action::Create(map.next_value()?),
        "change" => Action::Change(map.next_value()?),
        "move" => Action::Move(map.next_value()?),
        "delete" => Action::Delete(map.next_value()?),
        "merge" => Action::Merge(map.next_value()?),
        "fire_event" => Action::FireEvent(map.next_value()?),
        "invoke" => Action::Invoke(map.next_value()?),
        "save_automation" => Action::SaveAutomation(map.next_value()?),
        "publish" => Action::Publish(map.next_value()?),
        "hold" => Action::Hold(map.next_value()?),
        "release" => Action::Release(map.next_value()?),
        _ => return Err(A::Error::custom(format!("`{key}` is no action; use one of {KEYS}"))),
    })
}
