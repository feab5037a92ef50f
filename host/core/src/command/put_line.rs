//! Sets up an open line.

use super::put_pipeline::{check_id, check_name};
use super::records::{check_version, require_link};
use super::{ingest, items};
use crate::context::OpContext;
use crate::limits::LIST_MAX;
use crate::model::channel::Line;
use crate::model::record::RecordRef;
use crate::refusal::Refusal;
use crate::schema::built_in;
use crate::tx::{Halt, Tx};

/// Creates or replaces a line. One that creates items has to know for whom.
///
/// # Errors
/// `line.invalid`, `line.no-responsible`, `record.dangling-link`, `record.inactive-user`,
/// `pipeline.unknown`, `record.stale`.
pub fn decide(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    id: &str,
    line: Line,
    expected: Option<u64>,
) -> Result<(Line, u64), Halt> {
    let line = Line { id: id.to_owned(), ..line };
    check_id("line.invalid", "id", id)?;
    check_name("line.invalid", "name", &line.name)?;
    if line.queue.len() > LIST_MAX {
        return Err(Refusal::invalid(
            "line.invalid",
            "queue",
            format!("{LIST_MAX} employees are allowed"),
        )
        .into());
    }

    let key = Line::key(ctx.tenant, id);
    let version = tx.get::<Line>(&key)?.map_or(0, |(_, version)| version);
    check_version(expected, version)?;

    // All at once: a queue may be longer than a decision has rounds.
    let users = line.default_responsible.iter().chain(&line.queue);
    tx.want(
        &users.map(|user| RecordRef::new(built_in::USER, user).key(ctx.tenant)).collect::<Vec<_>>(),
    )?;

    if let Some(user) = &line.default_responsible {
        require_link(tx, ctx, built_in::USER, user, "default_responsible")?;
    }
    for (place, user) in line.queue.iter().enumerate() {
        require_link(tx, ctx, built_in::USER, user, &format!("queue[{place}]"))?;
    }
    if let Some(calendar) = &line.calendar {
        require_link(tx, ctx, "calendar", calendar, "calendar")?;
    }

    if let Some(kind) = line.creates.kind() {
        let named = line.pipeline.clone().unwrap_or_default();
        if named.is_empty() {
            return Err(Refusal::invalid(
                "line.invalid",
                "pipeline",
                "name the pipeline that new items enter",
            )
            .into());
        }

        let pipeline = items::pipeline_of(tx, ctx, &named).map_err(at_pipeline)?;
        if pipeline.kind != kind {
            let message =
                format!("pipeline `{named}` is for {}s; choose one for {kind}s", pipeline.kind);
            return Err(Refusal::invalid("pipeline.wrong-kind", "pipeline", message).into());
        }

        if ingest::responsible_of(tx, ctx, &line)?.is_none() {
            let message = "nobody would be responsible for what this line creates; set \
                default_responsible or fill the queue";
            return Err(
                Refusal::invalid("line.no-responsible", "default_responsible", message).into()
            );
        }
    }

    let version = tx.put(key, &line)?;
    Ok((line, version))
}

fn at_pipeline(halt: Halt) -> Halt {
    match halt {
        Halt::Refused(refusal) => Halt::Refused(refusal.at("pipeline")),
        other => other,
    }
}
