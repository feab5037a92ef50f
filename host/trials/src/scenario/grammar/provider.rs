//! What the provider does, and what is done about messages that left.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use stagewright_core::time::parse_duration_ms;

use super::located::{Fields, Name};

/// A channel is changed by the tenant's admin.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeChannel {
    /// The channel.
    pub channel: Name,
    /// What is different from the fixture from now on.
    pub fields: Fields,
}

/// How the provider answers one request.
///
/// **Shape**: `usual`, `lost` (it is done, the answer is lost), `unheard` (nothing is done, the
/// connection breaks), or a mapping with one of `late`, `status` and `code`; `retry_after` may
/// stand beside the last two.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the shape says what each is")]
pub enum Reaction {
    Usual,
    Lost,
    Unheard,
    Late { ms: i64 },
    Status { status: u16, retry_after: Option<u32> },
    Code { code: i64, retry_after: Option<u32> },
}

/// The same as a mapping.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole {
    late: Option<String>,
    status: Option<u16>,
    code: Option<i64>,
    retry_after: Option<String>,
}

impl TryFrom<Whole> for Reaction {
    type Error = String;

    fn try_from(whole: Whole) -> Result<Self, String> {
        let seconds = |text: String| {
            let ms = parse_duration_ms(&text)?;
            u32::try_from(ms / 1_000).map_err(|_too_long| format!("`{text}` is too long to wait"))
        };
        let retry_after = whole.retry_after.map(seconds).transpose()?;

        match (whole.late, whole.status, whole.code) {
            (Some(late), None, None) if retry_after.is_none() => {
                Ok(Self::Late { ms: parse_duration_ms(&late)? })
            }
            (None, Some(status @ 200..=599), None) => Ok(Self::Status { status, retry_after }),
            (None, None, Some(code)) => Ok(Self::Code { code, retry_after }),
            _ => Err("write {late: 10s}, {status: 503} or {code: 130429}, the last two with or \
                without retry_after"
                .to_owned()),
        }
    }
}

impl<'de> Deserialize<'de> for Reaction {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct WordOrWhole;
        impl<'de> Visitor<'de> for WordOrWhole {
            type Value = Reaction;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "usual, lost, unheard, or a mapping such as {status: 503, retry_after: 30s}",
                )
            }

            fn visit_str<E: Error>(self, word: &str) -> Result<Reaction, E> {
                match word {
                    "usual" => Ok(Reaction::Usual),
                    "lost" => Ok(Reaction::Lost),
                    "unheard" => Ok(Reaction::Unheard),
                    _ => Err(E::custom(format!(
                        "`{word}` is no answer; write usual, lost, unheard or a mapping"
                    ))),
                }
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Reaction, A::Error> {
                Whole::deserialize(MapAccessDeserializer::new(map))?
                    .try_into()
                    .map_err(A::Error::custom)
            }
        }

        deserializer.deserialize_any(WordOrWhole)
    }
}

/// The provider says what became of a message: signed bytes at the channel's webhook.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderReports {
    /// The channel.
    pub channel: Name,
    /// The recipient of the message.
    pub to: String,
    /// Which of the messages that the provider took for this recipient, the first being 1; the
    /// newest where absent.
    #[serde(default)]
    pub number: Option<usize>,
    /// The provider's id, where it speaks of a message that it never took from us.
    #[serde(default)]
    pub id: Option<String>,
    /// What became of it.
    pub status: Reported,
    /// Meta's code for why, where it failed.
    #[serde(default)]
    pub code: Option<i64>,
}

/// What becomes of a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each word is its own description")]
pub enum Reported {
    Sent,
    Delivered,
    Read,
    Failed,
}

/// A person decides about a message.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettleDelivery {
    /// Its recipient; the newest message to him is meant.
    pub to: String,
    /// What it says, where several messages went there.
    #[serde(default)]
    pub text: Option<String>,
    /// What is decided.
    pub choice: Choice,
}

/// What can be decided.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each word is its own description")]
pub enum Choice {
    Retry,
    Discard,
    Confirm,
}

impl Choice {
    /// The last part of its path in the API.
    pub(in crate::scenario) fn word(self) -> &'static str {
        match self {
            Self::Retry => "retry",
            Self::Discard => "discard",
            Self::Confirm => "confirm",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(yaml: &str) -> Result<Reaction, String> {
        serde_saphyr::from_str(yaml).map_err(|e| e.to_string())
    }

    #[test]
    fn an_answer_is_a_word_or_one_thing_with_a_wait() {
        assert_eq!(read("lost"), Ok(Reaction::Lost));
        assert_eq!(read("{late: 10s}"), Ok(Reaction::Late { ms: 10_000 }));
        assert_eq!(read("{status: 503}"), Ok(Reaction::Status { status: 503, retry_after: None }));
        assert_eq!(
            read("{code: 130429, retry_after: 2m}"),
            Ok(Reaction::Code { code: 130_429, retry_after: Some(120) })
        );
    }

    #[test]
    fn an_answer_that_says_nothing_or_two_things_is_an_error() {
        for wrong in [
            "vanished",
            "{}",
            "{status: 503, code: 1}",
            "{late: 10s, retry_after: 1s}",
            "{status: 99}",
            "{late: soon}",
            "{lost: yes}",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
