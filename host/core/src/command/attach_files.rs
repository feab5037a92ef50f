//! Attaches files to records.

use serde_json::json;

use super::{note, records};
use crate::context::OpContext;
use crate::id::TenantId;
use crate::limits::{FILES_MAX, LIST_MAX, NAME_CHARS_MAX};
use crate::model::file::File;
use crate::model::record::{IndexEntry, RecordRef};
use crate::read::Range;
use crate::refusal::Refusal;
use crate::schema;
use crate::tx::{Halt, Tx};

/// A file whose bytes are kept already.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewFile {
    /// Its name.
    pub name: String,
    /// What it says it is.
    pub mime: String,
    /// How large it is, in bytes.
    pub bytes: u64,
    /// The SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
}

/// Which of a record's files.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Files {
    /// All of them.
    All,
    /// Those with these ids.
    Ids(Vec<String>),
}

/// What became of the files that were to be attached.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Attached {
    /// The ids of those that were not attached to the record before and are now.
    pub files: Vec<String>,
    /// The names of those that were left out, as they are attached to [`LIST_MAX`] records already.
    pub full: Vec<String>,
}

/// Attaches a new file to a record.
///
/// # Errors
/// `not-found`, `file.invalid`, `file.too-many`.
pub fn attach_new(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    to: &RecordRef,
    new: &NewFile,
) -> Result<File, Halt> {
    check_name(&new.name)?;
    records::live(tx, ctx, to)?;
    check_room(tx, ctx.tenant, to)?;

    let file = File {
        id: tx.new_id(ctx, "file"),
        name: new.name.clone(),
        mime: new.mime.clone(),
        bytes: new.bytes,
        sha256: new.sha256.clone(),
        at: ctx.now,
        author: ctx.author().map(str::to_owned),
        on: Vec::new(),
    };

    attach(tx, ctx, to, &file)
}

/// Whether a file may be called that.
///
/// # Errors
/// `file.invalid`.
pub fn check_name(name: &str) -> Result<(), Refusal> {
    if name.trim().is_empty() || name.chars().count() > NAME_CHARS_MAX || name.contains(['\0', '/'])
    {
        let message = format!(
            "name the file in the query, as in ?name=roof.jpg: up to {NAME_CHARS_MAX} characters, \
             without slashes"
        );
        return Err(Refusal::invalid("file.invalid", "name", message));
    }

    Ok(())
}

/// Whether a record has room for one file more.
///
/// # Errors
/// `file.too-many`.
pub fn check_room(tx: &mut Tx<'_>, tenant: TenantId, on: &RecordRef) -> Result<(), Halt> {
    Ok(room(files_of(tx, tenant, on)?.len() + 1)?)
}

/// Attaches the files of one record to another, such as a deal's to a task made from it. The bytes
/// are kept once. A file that is attached to too many records already is left out: what else is
/// done goes on without it.
///
/// # Errors
/// `not-found` for a record or for a file that `from` does not have, `file.too-many`.
pub fn decide(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    from: &RecordRef,
    to: &RecordRef,
    which: &Files,
) -> Result<Attached, Halt> {
    tx.want(&[from.key(ctx.tenant), to.key(ctx.tenant)])?;
    records::live(tx, ctx, from)?;
    records::live(tx, ctx, to)?;

    let (there, mut ids) = (files_of(tx, ctx.tenant, to)?, files_of(tx, ctx.tenant, from)?);

    if let Files::Ids(wanted) = which {
        if wanted.iter().any(|id| !ids.contains(id)) {
            return Err(Refusal::not_found("file").into());
        }
        ids.retain(|id| wanted.contains(id));
    }

    ids.retain(|id| !there.contains(id));
    room(there.len() + ids.len())?;
    // All at once: a record may have more files than a decision has rounds.
    tx.want(&ids.iter().map(|id| File::key(ctx.tenant, id)).collect::<Vec<_>>())?;

    let mut attached = Attached::default();
    for id in ids {
        let (file, _) = tx.require::<File>(&File::key(ctx.tenant, &id))?;
        if file.on.len() < LIST_MAX {
            attach(tx, ctx, to, &file)?;
            attached.files.push(id);
        } else {
            attached.full.push(file.name);
        }
    }

    Ok(attached)
}

/// Takes a record that is deleted off its files, which makes room on them for others. Where another
/// record takes it over, that one has them from then on, as many as it has room for. Gives how many
/// those are.
pub(super) fn let_go(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    record: &RecordRef,
    to: Option<&RecordRef>,
) -> Result<usize, Halt> {
    let ids = files_of(tx, ctx.tenant, record)?;
    let there = to.map(|to| files_of(tx, ctx.tenant, to)).transpose()?.unwrap_or_default();
    tx.want(&ids.iter().map(|id| File::key(ctx.tenant, id)).collect::<Vec<_>>())?;

    let mut taken = 0;
    for id in &ids {
        let key = File::key(ctx.tenant, id);
        let (mut file, _) = tx.require::<File>(&key)?;
        file.on.retain(|on| on != record);

        if let Some(to) = to.filter(|_| !there.contains(id) && there.len() + taken < FILES_MAX) {
            file.on.push(to.clone());
            tx.put_indexed(
                &File::of_record(ctx.tenant, to),
                File::of_record_entry(ctx.tenant, to, id),
                &IndexEntry { id: id.clone() },
            )?;
            taken += 1;
        }

        tx.put(key, &file)?;
        tx.delete_indexed(
            &File::of_record(ctx.tenant, record),
            File::of_record_entry(ctx.tenant, record, id),
        );
    }

    Ok(taken)
}

/// The ids of a record's files, oldest first.
pub(super) fn files_of(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    record: &RecordRef,
) -> Result<Vec<String>, Halt> {
    // A precondition: two who attach at the same moment do not pass the limit together.
    let range = Range::first(File::of_record(tenant, record), FILES_MAX + 1);
    Ok(tx.range::<IndexEntry>(&range)?.into_iter().map(|(_, entry)| entry.id).collect())
}

fn room(count: usize) -> Result<(), Refusal> {
    if count <= FILES_MAX {
        return Ok(());
    }
    Err(Refusal::conflict("file.too-many", format!("a record has at most {FILES_MAX} files")))
}

fn attach(tx: &mut Tx<'_>, ctx: &OpContext, to: &RecordRef, file: &File) -> Result<File, Halt> {
    let mut file = file.clone();
    file.on.push(to.clone());
    tx.put(File::key(ctx.tenant, &file.id), &file)?;
    let entry = File::of_record_entry(ctx.tenant, to, &file.id);
    tx.put_indexed(&File::of_record(ctx.tenant, to), entry, &IndexEntry { id: file.id.clone() })?;

    if schema::is_item(&to.kind) {
        note(
            tx,
            ctx,
            to,
            "file_attached",
            format!("file attached: {}", file.name),
            json!({"file": file.id}),
        )?;
    }

    Ok(file)
}
