//! What is there when a story is over.

use std::collections::BTreeMap;

use anyhow::{Context, bail, ensure};
use serde_json::{Value, json};

use stagewright_provider_sim::Received;

use super::Death;
use crate::api::{Api, Ask, text};

/// What the API tells, by path.
type State = BTreeMap<String, Vec<Value>>;

/// What is there.
#[derive(Debug)]
pub struct End {
    /// Everything that the API tells of the tenant, but for what became of its message.
    state: State,
    /// Where the delivery of the one message stands.
    pub delivery: String,
    /// The states that the deal's timeline tells of it, oldest first.
    pub told: Vec<String>,
    /// How many requests for it the provider received.
    pub requests: usize,
    /// Whether the first host died.
    pub died: bool,
    /// What the first host said.
    words: Vec<String>,
}

impl End {
    /// What was seen, and how the first host fared.
    pub(super) fn new(seen: Seen, died: bool, words: Vec<String>) -> Self {
        let Seen { state, delivery, told, requests } = seen;
        Self { state, delivery, told, requests, died, words }
    }

    /// The commits that the first host asked for: the tables that each writes to, by its number.
    #[must_use]
    pub fn commits(&self) -> BTreeMap<u64, &str> {
        self.words.iter().filter_map(|line| commit(line)).collect()
    }

    /// Whether a commit was turned down because another one came first.
    #[must_use]
    pub fn was_refused(&self, number: u64) -> bool {
        self.words.contains(&format!("refused {number}"))
    }

    /// All is as in a play that nothing disturbed: the same things with the same ids and times,
    /// nothing missing, nothing twice. The provider got the message at most once, and knows of it
    /// exactly where the host says so.
    ///
    /// # Errors
    /// What is different.
    pub fn is_like(&self, undisturbed: &Self) -> anyhow::Result<()> {
        ensure!(
            self.state == undisturbed.state,
            "{}",
            difference("", &json!(undisturbed.state), &json!(self.state))
        );

        let found = (
            self.requests,
            self.delivery.as_str(),
            self.told.iter().map(String::as_str).collect::<Vec<_>>(),
        );
        let right = match &found {
            (1, "read", told) => {
                matches!(told.as_slice(), ["sent" | "unknown", "delivered", "read"])
            }
            (0, "unknown", told) => *told == ["unknown"],
            _ => false,
        };

        ensure!(
            right && (self.died || self.told.first().is_some_and(|first| first == "sent")),
            "the message fared so: {found:?}"
        );
        Ok(())
    }

    /// Whether the host was right to say `sent` or `unknown`, given that it died there.
    ///
    /// # Errors
    /// What it should have said.
    pub fn said_what_it_knew(&self, death: Death) -> anyhow::Result<()> {
        let (Death::Before(number) | Death::After(number)) = death;
        let tables = self.commits().get(&number).copied().unwrap_or_default();
        let is_durable = death == Death::After(number) && !self.was_refused(number);

        // Where another commit was under way at the death, either may be right.
        let expected = match (Point::of(tables), is_durable) {
            (Point::Claim, false) | (Point::Verdict, true) => ("sent", 1),
            (Point::Claim, true) => ("unknown", 0),
            (Point::Verdict, false) => ("unknown", 1),
            (Point::Other, _) => return Ok(()),
        };

        let found = (self.told.first().map_or("", String::as_str), self.requests);
        ensure!(found == expected, "the message was told of as {found:?} instead of {expected:?}");
        Ok(())
    }
}

/// What API and provider tell when a story is over.
#[derive(Debug)]
pub(super) struct Seen {
    state: State,
    delivery: String,
    told: Vec<String>,
    requests: usize,
}

impl Seen {
    /// Asks the host, and compares with the requests that the provider received.
    pub(super) async fn over(api: &Api, received: &[Received]) -> anyhow::Result<Self> {
        let (state, told) = read_state(api).await?;

        let deliveries = api.list("/v1/deliveries", |_| false).await?;
        let [delivery] = deliveries.as_slice() else {
            bail!("{} messages instead of one: {deliveries:?}", deliveries.len())
        };

        let id = text(delivery, "/id")?;
        for request in received {
            ensure!(
                text(&request.json(), "/biz_opaque_callback_data")? == id,
                "the provider got another message: {request:?}"
            );
        }

        Ok(Self { state, delivery: text(delivery, "/state")?, told, requests: received.len() })
    }
}

/// Number and tables of a commit that is told of.
fn commit(line: &str) -> Option<(u64, &str)> {
    let (number, tables) = line.strip_prefix("commit ")?.split_once(' ')?;
    Some((number.parse().ok()?, tables))
}

/// What a commit means for the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Point {
    /// `sending` is written down.
    Claim,
    /// What the provider answered is written down.
    Verdict,
    /// Nothing.
    Other,
}

impl Point {
    fn of(tables: &str) -> Self {
        let has = |table: &str| tables.split(", ").any(|name| name == table);
        match tables {
            "Delivery" => Self::Claim,
            _ if has("External") && has("DeliveryLane") && has("Delivery") => Self::Verdict,
            _ => Self::Other,
        }
    }
}

/// What the API tells of the tenant, by path, and of its message. The ids and times are the same in
/// every play; what the provider calls a message is not.
async fn read_state(api: &Api) -> anyhow::Result<(State, Vec<String>)> {
    let (mut state, mut told) = (BTreeMap::new(), Vec::new());
    for kind in ["contact", "user"] {
        let path = format!("/v1/records/{kind}");
        state.insert(path.clone(), api.list(&path, |_| false).await?);
    }

    let deals = api.list("/v1/records/deal", |_| false).await?;
    for deal in &deals {
        let path = format!("/v1/records/deal/{}", text(deal, "/id")?);
        state.insert(
            format!("{path}/automation"),
            vec![api.done(&Ask::get(format!("{path}/automation"))).await?],
        );

        let timeline = api.list(&format!("{path}/timeline"), |_| false).await?;
        let is_message =
            |entry: &Value| entry.pointer("/kind").is_some_and(|kind| kind == "delivery");
        let (messages, others): (Vec<Value>, Vec<Value>) =
            timeline.into_iter().partition(is_message);
        state.insert(format!("{path}/timeline"), others);
        for entry in messages.iter().rev() {
            told.push(text(entry, "/data/state").context("an entry without a state")?);
        }
    }

    let conversations = api.list("/v1/conversations", |_| false).await?;
    for conversation in &conversations {
        let path = format!("/v1/conversations/{}/messages", text(conversation, "/id")?);
        state.insert(path.clone(), api.list(&path, |_| false).await?);
    }

    state.extend([
        ("/v1/records/deal".to_owned(), deals),
        ("/v1/conversations".to_owned(), conversations),
    ]);
    for path in ["/v1/runs", "/v1/deliveries"] {
        state.insert(path.to_owned(), api.list(path, |_| false).await?);
    }

    state.values_mut().flatten().for_each(leave_out);
    Ok((state, told))
}

/// Leaves out how deliveries fared.
fn leave_out(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if fields.contains_key("tries") && fields.contains_key("channel") {
                for name in
                    ["state", "tries", "external_id", "updated_at", "reason", "code", "version"]
                {
                    fields.remove(name);
                }
            }
            fields.values_mut().for_each(leave_out);
        }
        Value::Array(items) => items.iter_mut().for_each(leave_out),
        _ => {}
    }
}

/// The first place at which two values differ, and how.
fn difference(place: &str, expected: &Value, found: &Value) -> String {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) if expected.keys().eq(found.keys()) => {
            let mut fields = expected.iter().zip(found.values());
            let differs = fields.find(|((_, expected), found)| expected != found);
            differs.map_or_else(String::new, |((name, expected), found)| {
                difference(&format!("{place} {name}"), expected, found)
            })
        }
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => {
            let differs = expected
                .iter()
                .zip(found)
                .enumerate()
                .find(|(_, (expected, found))| expected != found);
            differs.map_or_else(String::new, |(at, (expected, found))| {
                difference(&format!("{place} {at}"), expected, found)
            })
        }
        _ => format!("at{place}: {found} instead of {expected}"),
    }
}
