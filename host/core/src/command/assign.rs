//! Makes one of several employees responsible for an item.

use crate::schema::built_in;
use serde::Deserialize;
use serde_json::{Map, json};

use super::{change_record, records};
use crate::context::{Actor, OpContext};
use crate::limits::LIST_MAX;
use crate::model::calendar::{Calendar, DEFAULT};
use crate::model::record::{Record, RecordRef};
use crate::model::rotation::Rotation;
use crate::refusal::Refusal;
use crate::tx::{Halt, Tx};
use crate::working_time::WorkingTime;

/// Whom to choose from, and how.
///
/// **Shape**: `{"users": ["..."], "how": "in_order", "skip_absent": true}`.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Choice {
    /// The employees, in order.
    pub users: Vec<String>,
    /// How one of them is chosen.
    #[serde(default)]
    pub how: How,
    /// Whether those who are away are passed over. Who does not work here any more is never chosen.
    #[serde(default = "yes")]
    pub skip_absent: bool,
}

fn yes() -> bool {
    true
}

/// How one of several employees is chosen.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// The first who works now, by the own calendar, else by the tenant's.
    FirstAvailable,
    /// Whoever has waited longest for a turn of this robot.
    #[default]
    InOrder,
    /// Any.
    Random,
}

/// Chooses one of the employees, makes that one responsible for the item, and gives the id.
/// `random` decides where chance does.
///
/// # Errors
/// `assign.no-users`, `assign.nobody-available`, and as for changing the record.
pub fn decide(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    item: &RecordRef,
    choice: &Choice,
    random: u64,
) -> Result<String, Halt> {
    if choice.users.is_empty() || choice.users.len() > LIST_MAX {
        let message = format!("name 1 to {LIST_MAX} employees to choose from");
        return Err(Refusal::invalid("assign.no-users", "users", message).into());
    }

    let key = rotation_key(ctx);
    let in_order = choice.how == How::InOrder;
    // All at once: there may be more of them than a decision has rounds.
    let rows = users(choice).map(|user| user.key(ctx.tenant)).chain(in_order.then(|| key.clone()));
    tx.want(&rows.chain([item.key(ctx.tenant)]).collect::<Vec<_>>())?;

    records::live(tx, ctx, item)?;
    let there = available(tx, ctx, choice)?;

    // Chance comes from outside: a decision that is made again has to choose the same (ADR 0001).
    let chosen = match choice.how {
        How::FirstAvailable => there.into_iter().next(),

        How::Random => u64::try_from(there.len())
            .ok()
            .and_then(|count| random.checked_rem(count))
            .and_then(|place| there.get(usize::try_from(place).ok()?).cloned()),

        How::InOrder => {
            // A precondition: of two robots that take a turn at once the second decides again.
            let mut rotation = tx.get_or_default::<Rotation>(&key)?;
            rotation.keep(&choice.users);
            let chosen = rotation.next(&there);
            tx.put(key, &rotation)?;
            chosen
        }
    };

    let chosen = chosen.ok_or_else(|| {
        let message = "none of these employees is available now; name more, or let those who are \
            away be chosen too";
        Refusal::conflict("assign.nobody-available", message)
    })?;

    let responsible = Map::from_iter([("responsible".to_owned(), json!(chosen))]);
    change_record::decide(tx, ctx, item, &responsible, None)?;
    Ok(chosen)
}

fn users(choice: &Choice) -> impl Iterator<Item = RecordRef> + '_ {
    choice.users.iter().map(|user| RecordRef::new(built_in::USER, user))
}

/// The turns of the robot that acts.
fn rotation_key(ctx: &OpContext) -> crate::key::Key {
    match &ctx.actor {
        Actor::Automation { automation, robot } => Rotation::key(ctx.tenant, automation, robot),
        _ => Rotation::key(ctx.tenant, "", ""),
    }
}

/// Those who can be chosen, in order and once each.
fn available(tx: &mut Tx<'_>, ctx: &OpContext, choice: &Choice) -> Result<Vec<String>, Halt> {
    let mut found = Vec::new();
    for user in users(choice) {
        let record = tx.peek::<Record>(&user.key(ctx.tenant))?.map(|(record, _)| record);
        found.extend(record.filter(|record| record.deleted_at.is_none() && record.is_on("active")));
    }

    if choice.skip_absent {
        found.retain(|user| !is_away(user, ctx));
    }
    if choice.how == How::FirstAvailable {
        found = at_work(tx, ctx, found)?;
    }

    let mut there: Vec<String> = Vec::new();
    for user in found {
        if !there.contains(&user.key.id) {
            there.push(user.key.id);
        }
    }

    Ok(there)
}

/// Whether an employee is away now: from `absent_from` on, up to `absent_until`; one of the two is
/// enough.
fn is_away(user: &Record, ctx: &OpContext) -> bool {
    let (from, until) = (user.moment("absent_from"), user.moment("absent_until"));
    (from.is_some() || until.is_some())
        && from.is_none_or(|from| from <= ctx.now)
        && until.is_none_or(|until| ctx.now < until)
}

/// Those who work now: by the own calendar, else by the tenant's. Where neither is there, everybody
/// always does.
fn at_work(tx: &Tx<'_>, ctx: &OpContext, users: Vec<Record>) -> Result<Vec<Record>, Halt> {
    let key = |user: &Record| {
        Calendar::key(
            ctx.tenant,
            Some(user.text("calendar")).filter(|id| !id.is_empty()).unwrap_or(DEFAULT),
        )
    };
    tx.want(&users.iter().map(key).collect::<Vec<_>>())?;

    let mut there = Vec::new();
    for user in users {
        let calendar = tx.peek::<Calendar>(&key(&user))?;
        if calendar.is_none_or(|(calendar, _)| {
            WorkingTime::of(&calendar).is_ok_and(|hours| hours.contains(ctx.now))
        }) {
            there.push(user);
        }
    }

    Ok(there)
}
