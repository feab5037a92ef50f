//! What a step expects to see. All of it is read over the API, but `sent`, which is read from the
//! bytes that the stand-in received.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::located::Name;
use super::moment::Moment;
use super::pattern::Pattern;
use super::robot::RobotIs;
use super::work::{ActivityIs, HistoryHas, NotificationIs, TaskIs, WhyIs};

/// One expectation.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expectation {
    /// Exactly these messages have left since the start, in this order.
    Sent(Vec<Message>),
    /// A record is as described.
    Record(RecordIs),
    /// So many records are there.
    Records(Records),
    /// One run of an item is as described.
    Run(RunIs),
    /// So many runs of an item are there.
    Runs(Runs),
    /// Automation decided something about an item.
    Decision(DecisionIs),
    /// An item's timeline holds something.
    Timeline(TimelineHas),
    /// A conversation is as described.
    Conversation(ConversationIs),
    /// So many conversations are there.
    Conversations(Conversations),
    /// An outgoing message stands somewhere.
    Delivery(DeliveryIs),
    /// A task is as described.
    Task(TaskIs),
    /// An activity is as described.
    Activity(ActivityIs),
    /// The history holds something.
    History(HistoryHas),
    /// Somebody was notified.
    Notification(NotificationIs),
    /// What is answered to why.
    Why(WhyIs),
}

/// A message that left. An empty mapping is any message.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Message {
    /// To whom.
    pub to: Option<Pattern>,
    /// What it says.
    pub text: Option<Pattern>,
    /// The approved template's name.
    pub template: Option<Pattern>,
    /// When the stand-in received it.
    pub at: Option<Moment>,
}

/// One record.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordIs {
    /// The record.
    pub of: Name,
    /// Fields and their values; links are names, `null` is a field without a value.
    #[serde(default)]
    pub fields: BTreeMap<String, Value>,
    /// Whether it is deleted.
    #[serde(default)]
    pub deleted: bool,
}

/// How many records there are.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Records {
    /// Of which kind.
    pub kind: String,
    /// How many.
    pub count: u64,
}

/// One run.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunIs {
    /// The item.
    pub of: Name,
    /// Which of its runs, the oldest being 1; the newest where absent.
    #[serde(default)]
    pub number: Option<usize>,
    /// The stage it runs for.
    #[serde(default)]
    pub stage: Option<Pattern>,
    /// What its robots came to, by id.
    #[serde(default)]
    pub robots: BTreeMap<String, RobotIs>,
}

/// How many runs there are.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Runs {
    /// The item.
    pub of: Name,
    /// How many.
    pub count: u64,
}

/// A decision on a candidate.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionIs {
    /// The item.
    pub of: Name,
    /// The kind of event that was decided.
    #[serde(default)]
    pub event: Option<Pattern>,
    /// The candidate's automation.
    #[serde(default)]
    pub automation: Option<Pattern>,
    /// The candidate's trigger.
    #[serde(default)]
    pub trigger: Option<Pattern>,
    /// `ran`, `skipped`, `lost`, `cancelled`, `loop_guard` or `failed`.
    #[serde(default)]
    pub outcome: Option<Pattern>,
    /// Why.
    #[serde(default)]
    pub reason: Option<Pattern>,
    /// How many such decisions; at least one where absent.
    #[serde(default)]
    pub count: Option<u64>,
}

/// An entry of the timeline.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimelineHas {
    /// The item.
    pub of: Name,
    /// The kind of entry.
    #[serde(default)]
    pub kind: Option<Pattern>,
    /// Its sentence.
    #[serde(default)]
    pub text: Option<Pattern>,
    /// Its author.
    #[serde(default)]
    pub author: Option<Pattern>,
    /// When.
    #[serde(default)]
    pub at: Option<Moment>,
    /// How many such entries; at least one where absent.
    #[serde(default)]
    pub count: Option<u64>,
}

/// One conversation.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConversationIs {
    /// A conversation, or an item that belongs to one.
    pub of: Name,
    /// `open`, `pending` or `closed`.
    #[serde(default)]
    pub status: Option<Pattern>,
    /// Who accepted it; `nobody` where nobody has.
    #[serde(default)]
    pub accepted_by: Option<Pattern>,
    /// The line it is in.
    #[serde(default)]
    pub line: Option<Pattern>,
    /// The item of its session; `none` where there is none.
    #[serde(default)]
    pub item: Option<Pattern>,
}

/// How many conversations there are.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conversations {
    /// How many.
    pub count: u64,
}

/// An outgoing message and where it stands.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DeliveryIs {
    /// To whom.
    pub to: Option<Pattern>,
    /// `pending`, `sending`, `sent`, `delivered`, `read`, `unknown`, `failed`, `dead` or `dropped`.
    pub state: Option<Pattern>,
    /// Why.
    pub reason: Option<Pattern>,
    /// The stable code of why.
    pub code: Option<Pattern>,
    /// How often it was tried.
    pub tries: Option<u64>,
    /// When it is tried next.
    pub due: Option<Moment>,
    /// How many such messages; at least one where absent.
    pub count: Option<u64>,
}
