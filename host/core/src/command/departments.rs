//! Departments stand in a tree.

use crate::context::OpContext;
use crate::directory;
use crate::limits::DEPARTMENTS_MAX;
use crate::model::record::{Record, RecordRef};
use crate::refusal::Refusal;
use crate::schema::built_in;
use crate::tx::{Halt, Tx};

/// Refuses a parent that stands below the department itself, or so deep that the department or one
/// below it would stand too deep. Every department on the way up becomes a precondition, so that
/// two who close a circle at the same time do not both succeed.
///
/// # Errors
/// `department.cycle`, `department.too-deep`, and what reading may say.
pub(super) fn check(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    before: Option<&Record>,
    after: &Record,
) -> Result<(), Halt> {
    let mut next = after.text("parent").to_owned();
    if after.key.kind != "department"
        || next.is_empty()
        || before.is_some_and(|before| next == before.text("parent"))
    {
        return Ok(());
    }

    // Asked for at once: there may be more than a decision has rounds.
    let above = directory::departments_above(tx, ctx.tenant, &next)?;
    tx.want(&above.iter().map(|department| department.key.key(ctx.tenant)).collect::<Vec<_>>())?;

    let levels = match before {
        Some(_) => levels(&directory::departments(tx, ctx.tenant)?, &after.key.id),
        None => 1,
    };

    let mut path = Vec::new();
    while !next.is_empty() && path.len() < DEPARTMENTS_MAX {
        let key = RecordRef::new(built_in::DEPARTMENT, &next).key(ctx.tenant);
        let Some((found, _)) =
            tx.get::<Record>(&key)?.filter(|(found, _)| found.deleted_at.is_none())
        else {
            break;
        };

        path.push(next.clone());
        if next == after.key.id {
            let message = format!(
                "the department would stand below itself: {}; choose another parent",
                path.join(" below ")
            );
            return Err(Refusal::invalid("department.cycle", "fields.parent", message).into());
        }
        found.text("parent").clone_into(&mut next);
    }

    if path.len() + levels > DEPARTMENTS_MAX {
        let message =
            format!("departments stand at most {DEPARTMENTS_MAX} deep; choose a parent further up");
        return Err(Refusal::invalid("department.too-deep", "fields.parent", message).into());
    }

    Ok(())
}

/// How many levels a department and those below it have.
fn levels(all: &[Record], top: &str) -> usize {
    let (mut level, mut levels) = (vec![top], 0);
    // A circle from before circles were refused ends at the limit.
    while !level.is_empty() && levels <= DEPARTMENTS_MAX {
        level = all
            .iter()
            .filter(|found| level.contains(&found.text("parent")))
            .map(|found| found.key.id.as_str())
            .collect();
        levels += 1;
    }

    levels
}
