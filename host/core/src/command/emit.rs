//! Events and timeline entries, written with the command that causes them.

use serde_json::{Map, Value};

use crate::context::{Actor, AutomationMode, OpContext};
use crate::key::{Key, Queue};
use crate::model::due::Due;
use crate::model::event::Event;
use crate::model::record::{Lane, RecordRef};
use crate::model::timeline::Entry;
use crate::time::Timestamp;
use crate::tx::{Halt, Tx};

/// An event to be.
#[derive(Clone, Debug)]
pub struct Draft<'a> {
    /// Its kind.
    pub kind: &'a str,
    /// What it happened to.
    pub subject: RecordRef,
    /// When the provider or client says it happened.
    pub occurred_at: Option<Timestamp>,
    /// Facts, frozen now.
    pub payload: Value,
}

/// Writes an event and, for every item it affects, the due row that has it matched: numbered in the
/// item's lane, and never stamped before an event that is already there. What neither automation
/// nor the host's own work does counts as activity of the items, also where it starts no
/// automation. Gives the event's id.
///
/// # Errors
/// What reading may say.
pub fn emit(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    draft: Draft<'_>,
    items: &[RecordRef],
) -> Result<String, Halt> {
    tx.want(&items.iter().map(|item| item.lane_key(ctx.tenant)).collect::<Vec<_>>())?;

    let id = tx.new_id(ctx, "event");
    let event = Event {
        id: id.clone(),
        kind: draft.kind.to_owned(),
        at: ctx.now,
        occurred_at: draft.occurred_at,
        actor: ctx.actor.clone(),
        on_behalf_of: ctx.on_behalf_of.clone(),
        subject: draft.subject,
        cause: ctx.cause.clone(),
        payload: as_map(draft.payload),
    };
    tx.put(Event::key(ctx.tenant, &id), &event)?;

    let is_activity = !matches!(ctx.actor, Actor::Automation { .. } | Actor::System);
    let suppressed = ctx.automation == AutomationMode::Suppress;

    // A command that starts no automation still ends the silence of the items that it concerns (ADR
    // 0008).
    for item in items.iter().filter(|_| is_activity || !suppressed) {
        let lane_key = item.lane_key(ctx.tenant);
        let mut lane = tx.get_or_default::<Lane>(&lane_key)?;
        if is_activity {
            lane.active_at = lane.active_at.max(ctx.now);
        }

        if suppressed {
            tx.put(lane_key, &lane)?;
            continue;
        }

        // Commands commit in another order than they were stamped in. The due row has to sort
        // behind that of the event before it.
        lane.seq += 1;
        lane.at = lane.at.max(ctx.now);
        let due = Due::Dispatch { event: id.clone(), item: item.clone(), seq: lane.seq };
        tx.put(
            Key::due(
                Queue::Dispatch,
                ctx.tenant,
                lane.at,
                lane.seq,
                &format!("{id}/{}", item.lane()),
            ),
            &due,
        )?;
        tx.put(lane_key, &lane)?;
    }

    Ok(id)
}

/// Writes an entry on an item's timeline, after those that are there. It writes the item's lane, so
/// a lane that is read before is not to be written after.
///
/// # Errors
/// A value that does not encode.
pub fn note(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    item: &RecordRef,
    kind: &str,
    text: String,
    data: Value,
) -> Result<(), Halt> {
    let id = tx.new_id(ctx, "entry");
    let entry = Entry {
        id,
        at: ctx.now,
        kind: kind.to_owned(),
        text,
        actor: ctx.actor.clone(),
        author: ctx.author().map(str::to_owned),
        data: as_map(data),
    };

    let lane_key = item.lane_key(ctx.tenant);
    let mut lane = tx.get_or_default::<Lane>(&lane_key)?;
    lane.notes += 1;
    tx.put(Entry::key(ctx.tenant, item, lane.notes), &entry)?;
    tx.put(lane_key, &lane)?;
    Ok(())
}

/// The object in a value; empty for any other.
pub(super) fn as_map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
