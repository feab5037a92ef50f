//! Sets up a work group.

use super::put_pipeline::{check_id, check_name};
use super::records::{check_version, require_link};
use crate::context::OpContext;
use crate::limits::{LIST_MAX, TEXT_CHARS_MAX};
use crate::model::group::Group;
use crate::model::record::RecordRef;
use crate::refusal::Refusal;
use crate::schema::built_in;
use crate::tx::{Halt, Tx};

/// Creates or replaces a group. A member who was deactivated later may stay; new members have to be
/// active.
///
/// # Errors
/// `group.invalid`, `record.dangling-link`, `record.inactive-user`, `record.stale`.
pub fn decide(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    id: &str,
    group: Group,
    expected: Option<u64>,
) -> Result<(Group, u64), Halt> {
    let mut group = Group { id: id.to_owned(), ..group };
    check(&group)?;

    let mut members: Vec<String> = Vec::new();
    group.members.into_iter().for_each(|member| {
        if !members.contains(&member) {
            members.push(member);
        }
    });
    group.members = members;

    let key = Group::key(ctx.tenant, id);
    // All at once: a group may have more members than a decision has rounds.
    let people =
        group.members.iter().map(|member| RecordRef::new(built_in::USER, member).key(ctx.tenant));
    tx.want(&people.chain([key.clone()]).collect::<Vec<_>>())?;

    let before = tx.get::<Group>(&key)?;
    check_version(expected, before.as_ref().map_or(0, |(_, version)| *version))?;
    let stays = |member: &String| {
        before.as_ref().is_some_and(|(before, _)| before.members.contains(member))
    };

    for (place, member) in group.members.iter().enumerate().filter(|(_, member)| !stays(member)) {
        require_link(tx, ctx, built_in::USER, member, &format!("members[{place}]"))?;
    }

    let version = tx.put(key, &group)?;
    Ok((group, version))
}

fn check(group: &Group) -> Result<(), Refusal> {
    check_id("group.invalid", "id", &group.id)?;
    check_name("group.invalid", "name", &group.name)?;
    if group.members.len() > LIST_MAX {
        return Err(Refusal::invalid(
            "group.invalid",
            "members",
            format!("a group has at most {LIST_MAX} members"),
        ));
    }

    if group.description.chars().count() > TEXT_CHARS_MAX {
        let message = format!("a description has at most {TEXT_CHARS_MAX} characters");
        return Err(Refusal::invalid("group.invalid", "description", message));
    }

    Ok(())
}
