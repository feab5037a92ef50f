//! Creates a record of any kind.

use crate::schema::built_in;
use serde_json::{Map, Value, json};

use super::{Draft, departments, emit, history, items, note, records, tenant, work};
use crate::context::OpContext;
use crate::model::conversation::Conversation;
use crate::model::history::EntryType;
use crate::model::record::{Record, RecordRef};
use crate::schema;
use crate::tx::{Halt, Tx};

/// Creates a record and gives it with its version. An item enters the stage named, else the
/// pipeline's first, and that starts the stage's automation exactly as a move would. A task or an
/// activity that a robot makes remembers which robot that was.
///
/// # Errors
/// What [`schema::clean`] refuses, `record.missing-field`, `record.dangling-link`,
/// `record.inactive-user`, `pipeline.unknown`, `pipeline.unknown-stage`, `activity.too-many`,
/// `department.too-deep`.
pub fn decide(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    kind: &str,
    written: &Map<String, Value>,
) -> Result<(Record, u64), Halt> {
    let known = records::fields_for(tx, ctx, kind, written, None)?;
    let tenant = tenant(tx, ctx)?;

    let mut fields = schema::clean(kind, &known, written, &tenant.country)?;
    fields.retain(|_, value| !value.is_null());
    work::fill_in(kind, &mut fields, ctx.now);

    if schema::is_item(kind) {
        place(tx, ctx, kind, &mut fields)?;
    }

    schema::complete(kind, known.iter(), &fields)?;
    records::check_links(tx, ctx, &known, &Map::new(), &fields)?;
    records::check_sense(kind, &fields)?;

    if let Some(author) = ctx.author() {
        fields.insert("created_by".into(), json!(author));
    }
    // Kept with the record: whoever completes the tasks of other robots asks for it.
    if work::is_work(kind)
        && let Some(by) = history::made_by(tx, ctx)?
    {
        fields.insert("made_by".into(), json!(by));
    }

    let is_item = schema::is_item(kind);
    let record = Record {
        key: RecordRef::new(kind, &tx.new_id(ctx, kind)),
        created_at: ctx.now,
        updated_at: ctx.now,
        stage_entered_at: is_item.then_some(ctx.now),
        stage_epoch: u64::from(is_item),
        deleted_at: None,
        merged_into: None,
        fields,
    };

    departments::check(tx, ctx, None, &record)?;

    // Before the history, which numbers the entries of all but items by the record's version.
    let version = tx.put(record.key.key(ctx.tenant), &record)?;
    records::index_phones(tx, ctx, None, &record)?;
    work::index(tx, ctx, None, &record)?;
    history::write(
        tx,
        ctx,
        EntryType::Created,
        &record,
        format!("created: {}", records::title(&record)),
        json!({}),
    )?;

    announce(tx, ctx, &record)?;
    Ok((record, version))
}

/// Puts an item that is to be on its stage.
fn place(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    kind: &str,
    fields: &mut Map<String, Value>,
) -> Result<(), Halt> {
    let named = fields.get("pipeline").and_then(Value::as_str).unwrap_or("").to_owned();
    if named.is_empty() {
        return Ok(());
    }

    let pipeline = items::pipeline_of(tx, ctx, &named)?;
    if pipeline.kind != kind {
        let message =
            format!("pipeline `{named}` is for {}s; choose one for {kind}s", pipeline.kind);
        return Err(crate::refusal::Refusal::invalid(
            "pipeline.wrong-kind",
            "fields.pipeline",
            message,
        )
        .into());
    }

    let stage = fields.get("stage").and_then(Value::as_str).unwrap_or("").to_owned();
    let first = pipeline.stages.first().map(|stage| stage.id.clone()).unwrap_or_default();
    let stage = if stage.is_empty() { first } else { stage };

    items::stage_of(&pipeline, &stage)?;
    fields.insert("stage".into(), json!(stage));
    Ok(())
}

/// Says that the record is there: to everybody, and for an item to its automation.
fn announce(tx: &mut Tx<'_>, ctx: &OpContext, record: &Record) -> Result<(), Halt> {
    let subject = record.key.clone();
    if work::is_work(&subject.kind) {
        return work::announce_created(tx, ctx, record);
    }

    if !schema::is_item(&subject.kind) {
        emit(
            tx,
            ctx,
            Draft { kind: "record.created", subject, occurred_at: None, payload: json!({}) },
            &[],
        )?;
        return Ok(());
    }

    note(
        tx,
        ctx,
        &subject,
        "created",
        format!("created: {}", record.text("title")),
        json!({"stage": record.text("stage")}),
    )?;

    let payload = json!({"stage": record.text("stage"), "epoch": record.stage_epoch});
    let items = [subject.clone()];
    emit(tx, ctx, Draft { kind: "item.created", subject, occurred_at: None, payload }, &items)?;

    // Last: an acceptance that it tells of comes behind the creation in the item's lane.
    link_conversation(tx, ctx, record)
}

/// An item made by hand from a conversation becomes its current session's item, and counts as
/// accepted where that session is.
fn link_conversation(tx: &mut Tx<'_>, ctx: &OpContext, record: &Record) -> Result<(), Halt> {
    let id = record.text("conversation");
    if id.is_empty() {
        return Ok(());
    }

    // A precondition: of two items made at once from one conversation, one becomes its session's.
    let key = Conversation::key(ctx.tenant, id);
    let (mut conversation, _) = tx.require::<Conversation>(&key)?;
    if conversation.session.item.is_some() {
        return Ok(());
    }

    conversation.session.item = Some(record.key.clone());
    tx.put(key, &conversation)?;

    if let Some(accepted) = &conversation.session.accepted {
        let payload =
            json!({"line": conversation.line, "channel": conversation.channel, "by": accepted.by});
        let subject = RecordRef::new(built_in::CONVERSATION, &conversation.id);
        let draft = Draft {
            kind: "conversation.accepted",
            subject,
            occurred_at: Some(accepted.at),
            payload,
        };
        emit(tx, ctx, draft, std::slice::from_ref(&record.key))?;
    }

    Ok(())
}
