//! Triggers: a condition that moves an item to the stage it is placed on.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{Call, Context, Failure, Settings, Text};

/// Whether the condition holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It does: the item moves.
    Fire,
    /// It does not, and why; shown in the decision.
    Ignore(String),
}

impl Verdict {
    /// Fires if `holds`, else gives the reason.
    pub fn fire_if(holds: bool, reason: impl FnOnce() -> String) -> Self {
        if holds { Self::Fire } else { Self::Ignore(reason()) }
    }
}

/// What happened.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Event {
    /// The event's id.
    pub id: String,
    /// For example `conversation.accepted`.
    pub kind: String,
    /// When the host learned of it: RFC 3339 in UTC.
    pub at: String,
    /// When it happened by the sender's word, if it gave one.
    pub occurred_at: Option<String>,
    /// Who did it, as JSON.
    pub actor: Value,
    /// What it happened to, as JSON.
    pub subject: Value,
    /// What the event's kind adds.
    pub payload: Map<String, Value>,
}

impl Event {
    /// A text of the payload, `""` where there is none. A dot leads deeper: `task.title`.
    pub fn text(&self, path: &str) -> &str {
        let mut keys = path.split('.');
        let first = keys.next().and_then(|key| self.payload.get(key));
        keys.fold(first, |value, key| value?.get(key)).and_then(Value::as_str).unwrap_or("")
    }

    /// What became of a field of the item, where this event, an `item.changed`, is about that.
    pub fn change(&self, field: &str) -> Option<Change> {
        let changes = self.payload.get("changes")?.as_array()?;
        let change =
            changes.iter().find(|change| change.get("field").is_some_and(|name| name == field))?;
        let shown = |key: &str| shown(change.get(key).unwrap_or(&Value::Null));
        Some(Change { before: shown("before"), after: shown("after") })
    }
}

/// What became of a field. Values are texts: what is empty is `""`, the entries of a list stand
/// with `, ` between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Before.
    pub before: String,
    /// After.
    pub after: String,
}

impl Change {
    /// Fires if the change is from and to these values; what is not given may be any.
    pub fn verdict(&self, from: Option<&str>, to: Option<&str>) -> Verdict {
        match (from, to) {
            (Some(from), _) if from != self.before => {
                Verdict::Ignore(format!("it was `{}` before, not `{from}`", self.before))
            }
            (_, Some(to)) if to != self.after => {
                Verdict::Ignore(format!("it became `{}`, not `{to}`", self.after))
            }
            _ => Verdict::Fire,
        }
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(entries) => entries.iter().map(shown).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// One trigger. The type's fields are its settings. It may read and never writes.
pub trait Trigger: Settings {
    /// The id within the plugin; stages keep it, so never change it.
    const ID: &'static str;
    /// The name in the catalogue.
    const NAME: Text;
    /// What it watches, in a sentence or two.
    const DESCRIPTION: Text;
    /// The group in the catalogue: `communication`, `informing-employees`, `employee-control`,
    /// `data`, `automation`, or one of its own.
    const GROUP: &'static str = "";
    /// The kinds of items that it works on; empty means all.
    const KINDS: &'static [&'static str] = &[];
    /// The kinds of events that it is asked about.
    const EVENTS: &'static [&'static str];
    /// The key of the setting of kind `duration` that says after how long without activity the host
    /// sends `item.idle`.
    const IDLE_AFTER: Option<&'static str> = None;

    /// Decides about one event.
    ///
    /// # Errors
    /// Whatever the admin should read; the item does not move then.
    fn evaluate(&self, cx: &Call, event: &Event) -> Result<Verdict, Failure>;
}

/// Decodes and evaluates: what the exported `evaluate` does for the trigger `T`.
///
/// # Errors
/// The trigger's failure, `bad-setting` or `bad-event`.
pub fn evaluate<T: Trigger>(context: &Context, event: &str) -> Result<Verdict, Failure> {
    let trigger = T::from_json(&context.settings)?;
    let event = serde_json::from_str(event).map_err(|cause| {
        Failure::permanent("bad-event", format!("the event is not readable: {cause}"))
    })?;
    trigger.evaluate(&context.call, &event)
}
