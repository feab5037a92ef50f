//! Sets up a pipeline.

use super::fields_of;
use super::records::check_version;
use crate::context::OpContext;
use crate::limits::{ID_CHARS_MAX, NAME_CHARS_MAX, STAGES_MAX};
use crate::model::automation::Bindings;
use crate::model::pipeline::Pipeline;
use crate::refusal::Refusal;
use crate::schema;
use crate::tx::{Halt, Tx};

/// Creates or replaces a pipeline. A stage that carries a published automation cannot be taken
/// away.
///
/// # Errors
/// `pipeline.invalid`, `pipeline.stage-in-use`, `pipeline.kind-fixed`, `record.unknown-kind`,
/// `record.stale`.
pub fn decide(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    id: &str,
    pipeline: Pipeline,
    expected: Option<u64>,
) -> Result<(Pipeline, u64), Halt> {
    let pipeline = Pipeline { id: id.to_owned(), ..pipeline };
    check(&pipeline)?;
    if schema::is_own(&pipeline.kind) {
        fields_of(tx, ctx.tenant, &pipeline.kind)?;
    }

    let key = Pipeline::key(ctx.tenant, id);
    let before = tx.get::<Pipeline>(&key)?;
    check_version(expected, before.as_ref().map_or(0, |(_, version)| *version))?;

    if let Some((before, _)) = &before
        && before.kind != pipeline.kind
    {
        let message = format!(
            "this pipeline is for {}s; make another one for {}s",
            before.kind, pipeline.kind
        );
        return Err(Refusal::invalid("pipeline.kind-fixed", "kind", message).into());
    }

    // A precondition: an automation that is published at this moment keeps its stage.
    let bindings = tx.get_or_default::<Bindings>(&Bindings::key(ctx.tenant, id))?;
    if let Some(stage) = bindings.stages.keys().find(|stage| pipeline.stage(stage).is_none()) {
        let message =
            format!("stage `{stage}` carries a published automation; empty and publish that first");
        return Err(Refusal::invalid("pipeline.stage-in-use", "stages", message).into());
    }

    let version = tx.put(key, &pipeline)?;
    Ok((pipeline, version))
}

fn check(pipeline: &Pipeline) -> Result<(), Refusal> {
    let invalid =
        |field: &str, message: String| Err(Refusal::invalid("pipeline.invalid", field, message));

    check_id("pipeline.invalid", "id", &pipeline.id)?;
    if !schema::is_item(&pipeline.kind) {
        return invalid(
            "kind",
            format!(
                "`{}` does not move through a pipeline; write lead, deal or a kind of your own",
                pipeline.kind
            ),
        );
    }

    check_name("pipeline.invalid", "name", &pipeline.name)?;
    if pipeline.stages.is_empty() || pipeline.stages.len() > STAGES_MAX {
        return invalid("stages", format!("a pipeline has 1 to {STAGES_MAX} stages"));
    }

    for (place, stage) in pipeline.stages.iter().enumerate() {
        let field = format!("stages[{place}]");
        check_id("pipeline.invalid", &format!("{field}.id"), &stage.id)?;
        check_name("pipeline.invalid", &format!("{field}.name"), &stage.name)?;
        if pipeline.stages.iter().take(place).any(|other| other.id == stage.id) {
            return invalid(&format!("{field}.id"), format!("stage `{}` is there twice", stage.id));
        }
    }

    Ok(())
}

/// Checks an id that a client chose.
pub(super) fn check_id(code: &'static str, field: &str, id: &str) -> Result<(), Refusal> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
    let starts_well = id.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    if starts_well && id.chars().all(plain) && id.len() <= ID_CHARS_MAX {
        return Ok(());
    }

    let message = format!(
        "an id is up to {ID_CHARS_MAX} of a-z, 0-9, - and _, and begins with a letter or digit"
    );
    Err(Refusal::invalid(code, field, message))
}

/// Checks a name for people.
pub(super) fn check_name(code: &'static str, field: &str, name: &str) -> Result<(), Refusal> {
    if !name.trim().is_empty() && name.chars().count() <= NAME_CHARS_MAX {
        return Ok(());
    }
    Err(Refusal::invalid(code, field, format!("write a name of up to {NAME_CHARS_MAX} characters")))
}
