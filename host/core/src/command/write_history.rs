//! Writes an entry of any text to the history.

use super::{history, records};
use crate::context::OpContext;
use crate::limits::TEXT_CHARS_MAX;
use crate::model::history::EntryType;
use crate::model::record::RecordRef;
use crate::refusal::Refusal;
use crate::schema::built_in;
use crate::tx::{Halt, Tx};

/// What is to be written.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Entry {
    /// What it says.
    pub text: String,
    /// In whose name, a user's id; that of whoever acts where it is left out.
    pub author: Option<String>,
}

/// Writes an entry of type `information` about a record and gives its id.
///
/// # Errors
/// `not-found`, `history.invalid`, `record.dangling-link` and `record.inactive-user` for the
/// author.
pub fn decide(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    item: &RecordRef,
    entry: &Entry,
) -> Result<String, Halt> {
    let length = entry.text.chars().count();
    if entry.text.trim().is_empty() || length > TEXT_CHARS_MAX {
        let message =
            format!("write a text of up to {TEXT_CHARS_MAX} characters; this one has {length}");
        return Err(Refusal::invalid("history.invalid", "text", message).into());
    }

    let (subject, _) = records::live(tx, ctx, item)?;
    if let Some(author) = &entry.author {
        records::require_link(tx, ctx, built_in::USER, author, "author")?;
    }

    let by = history::made_by(tx, ctx)?.unwrap_or_default();
    let author = entry.author.as_deref().or_else(|| ctx.author());
    history::write_by(
        tx,
        ctx,
        (EntryType::Information, by, author),
        &subject,
        entry.text.clone(),
        serde_json::json!({}),
    )
}
