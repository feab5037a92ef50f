//! An entry of a step's list: an action, and what the host is to answer.

use std::fmt;

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::action::Action;
use super::located::{Located, Spot};
use super::pattern::Pattern;

/// Words that are actions.
const KEYS: &str = "client_writes, accept, reply, create, change, move, delete, merge, \
    fire_event, invoke, save_automation, \
                    publish, change_channel, request, find, provider_answers, provider_reports, \
                    settle_delivery, hold, release, hold_requests, release_requests, restart, \
                    stop, start, crash";

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
                    _ => {
                        return Err(E::custom(format!(
                            "`{word}` is no action by itself; use one of {KEYS}"
                        )));
                    }
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
                            return Err(A::Error::custom(format!(
                                "one action an entry: begin another one with `- {key}: …`"
                            )));
                        }
                        _ => action = Some(action_of(&key, &mut map)?),
                    }
                }

                let action = action
                    .ok_or_else(|| A::Error::custom(format!("an entry needs an action: {KEYS}")))?;
                Ok((action, refused, answer))
            }
        }

        struct Parts((Action, Option<Refused>, Option<Value>));
        impl<'de> Deserialize<'de> for Parts {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(WordOrMapping).map(Self)
            }
        }

        let Located { value: Parts((action, refused, answer)), spot } =
            Located::deserialize(deserializer)?;
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
        "request" => Action::Request(map.next_value()?),
        "find" => Action::Find(map.next_value()?),
        "change_channel" => Action::ChangeChannel(map.next_value()?),
        "provider_answers" => Action::ProviderAnswers(map.next_value()?),
        "provider_reports" => Action::ProviderReports(map.next_value()?),
        "settle_delivery" => Action::SettleDelivery(map.next_value()?),
        "hold" => Action::Hold(map.next_value()?),
        "release" => Action::Release(map.next_value()?),
        _ => return Err(A::Error::custom(format!("`{key}` is no action; use one of {KEYS}"))),
    })
}
