//! Tells employees something inside the CRM.

use super::records;
use crate::context::OpContext;
use crate::limits::{LIST_MAX, MESSAGE_CHARS_MAX};
use crate::model::notification::Notification;
use crate::model::record::RecordRef;
use crate::refusal::Refusal;
use crate::schema::built_in;
use crate::tx::{Halt, Tx};

/// Notifies each of `users` once, about `item` where there is one, in the name of `author` or of
/// whoever acts. Gives the ids.
///
/// # Errors
/// `notification.invalid`, `not-found` for the item, `record.dangling-link` and
/// `record.inactive-user` for a user or the author.
pub fn decide(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    item: Option<&RecordRef>,
    users: &[String],
    text: &str,
    author: Option<&str>,
) -> Result<Vec<String>, Halt> {
    let users = check(users, text)?;

    // All at once: there may be more of them than a decision has rounds.
    let people = users.iter().copied().chain(author);
    let keys = people.map(|user| RecordRef::new(built_in::USER, user).key(ctx.tenant));
    tx.want(&keys.chain(item.map(|item| item.key(ctx.tenant))).collect::<Vec<_>>())?;

    if let Some(item) = item {
        records::live(tx, ctx, item)?;
    }
    if let Some(author) = author {
        records::require_link(tx, ctx, built_in::USER, author, "author")?;
    }

    let mut ids = Vec::new();
    for user in users {
        records::require_link(tx, ctx, built_in::USER, user, "to")?;
        let notification = Notification {
            id: tx.new_id(ctx, "notification"),
            to: user.to_owned(),
            at: ctx.now,
            text: text.to_owned(),
            item: item.cloned(),
            author: author.or_else(|| ctx.author()).map(str::to_owned),
            read_at: None,
        };
        tx.put(Notification::key(ctx.tenant, user, &notification.id), &notification)?;
        ids.push(notification.id);
    }

    Ok(ids)
}

/// Marks a notification of `user` as read. Reading it again is no change.
///
/// # Errors
/// `not-found`.
pub fn read(tx: &mut Tx<'_>, ctx: &OpContext, user: &str, id: &str) -> Result<Notification, Halt> {
    let key = Notification::key(ctx.tenant, user, id);
    let (mut notification, _) = tx.require::<Notification>(&key)?;
    if notification.read_at.is_none() {
        notification.read_at = Some(ctx.now);
        tx.put(key, &notification)?;
    }
    Ok(notification)
}

/// The users without those who stand there twice.
fn check<'a>(users: &'a [String], text: &str) -> Result<Vec<&'a str>, Refusal> {
    let invalid = |field: &str, message: String| {
        Err(Refusal::invalid("notification.invalid", field, message))
    };

    let mut once: Vec<&str> = Vec::new();
    users.iter().for_each(|user| {
        if !once.contains(&user.as_str()) {
            once.push(user);
        }
    });
    if once.is_empty() || once.len() > LIST_MAX {
        return invalid("to", format!("name 1 to {LIST_MAX} employees to be notified"));
    }

    let length = text.chars().count();
    if text.trim().is_empty() || length > MESSAGE_CHARS_MAX {
        return invalid(
            "text",
            format!("write a text of up to {MESSAGE_CHARS_MAX} characters; this one has {length}"),
        );
    }

    Ok(once)
}
