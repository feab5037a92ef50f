//! Departments stand in a tree.

use std::collections::BTreeMap;

use crate::context::OpContext;
use crate::key::Key;
use crate::limits::{DEPARTMENTS_MAX, DEPARTMENTS_READ_MAX};
use crate::model::record::{Record, RecordRef, records_of_kind};
use crate::read::Range;
use crate::refusal::Refusal;
use crate::tx::{Halt, Tx};

/// Refuses a parent that stands below the department itself. Every department on the way up becomes a precondition, so that two who
/// close a circle at the same time do not both succeed.
///
/// # Errors
/// `department.cycle`, `department.too-deep`, and what reading may say.
pub(super) fn check(tx: &mut Tx<'_>, ctx: &OpContext, before: &Record, after: &Record) -> Result<(), Halt> {
    let mut next = after.text("parent").to_owned();
    if after.key.kind != "department" || next.is_empty() || next == before.text("parent") {
        return Ok(());
    }
    fetch_above(tx, ctx, &next)?;
    let mut path = Vec::new();
    while !next.is_empty() {
        path.push(next.clone());
        if next == after.key.id {
            let message = format!("the department would stand below itself: {}; choose another parent", path.join(" below "));
            return Err(Refusal::invalid("department.cycle", "fields.parent", message).into());
        }
        if path.len() >= DEPARTMENTS_MAX {
            let message = format!("departments stand at most {DEPARTMENTS_MAX} deep; choose a parent further up");
            return Err(Refusal::invalid("department.too-deep", "fields.parent", message).into());
        }
        let key = RecordRef::new("department", &next).key(ctx.tenant);
        next = tx.get::<Record>(&key)?.map(|(found, _)| found.text("parent").to_owned()).unwrap_or_default();
    }
    Ok(())
}

/// Asks at once for the departments above: there may be more than a decision has rounds.
fn fetch_above(tx: &mut Tx<'_>, ctx: &OpContext, from: &str) -> Result<(), Halt> {
    let range = Range::first(records_of_kind(ctx.tenant, "department"), DEPARTMENTS_READ_MAX);
    let all: BTreeMap<String, String> =
        tx.range::<Record>(&range)?.into_iter().map(|(_, found)| (found.key.id.clone(), found.text("parent").to_owned())).collect();
    let (mut keys, mut next): (Vec<Key>, &str) = (Vec::new(), from);
    while let Some((id, parent)) = all.get_key_value(next).filter(|_| keys.len() < DEPARTMENTS_MAX) {
        keys.push(RecordRef::new("department", id).key(ctx.tenant));
        next = parent;
    }
    tx.want(&keys)
}
