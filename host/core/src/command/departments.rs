//! Departments stand in a tree.

use crate::context::OpContext;
use crate::directory;
use crate::limits::DEPARTMENTS_MAX;
use crate::model::record::{Record, RecordRef};
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
    // Asked for at once: there may be more than a decision has rounds.
    let above = directory::departments_above(tx, ctx.tenant, &next)?;
    tx.want(&above.iter().map(|department| department.key.key(ctx.tenant)).collect::<Vec<_>>())?;
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
