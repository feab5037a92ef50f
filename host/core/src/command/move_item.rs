//! Moves an item to another stage.

use super::{items, records};
use crate::context::OpContext;
use crate::model::record::{Record, RecordRef};
use crate::refusal::Refusal;
use crate::schema;
use crate::schema::built_in;
use crate::tx::{Halt, Tx};

/// What a move came to.
#[derive(Clone, PartialEq, Debug)]
pub struct Moved {
    /// The item.
    pub item: Record,
    /// Its version.
    pub version: u64,
    /// Whether it stands elsewhere now.
    pub moved: bool,
}

/// Moves an item. Moving it to where it stands is no change and no event.
///
/// # Errors
/// `not-found`, `record.not-an-item`, `pipeline.unknown-stage`, `record.stale`, and
/// `record.dangling-link` for an unknown `on_behalf_of`.
pub fn decide(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    target: &RecordRef,
    stage: &str,
    expected: Option<u64>,
) -> Result<Moved, Halt> {
    if !schema::is_item(&target.kind) {
        let message = format!(
            "a {} stands on no stage; only leads, deals and items of own kinds move",
            target.kind
        );
        return Err(Refusal::invalid("record.not-an-item", "kind", message).into());
    }

    tx.want(&[target.key(ctx.tenant), target.lane_key(ctx.tenant)])?;
    let (mut item, version) = records::live(tx, ctx, target)?;
    records::check_version(expected, version)?;
    if let Some(user) = &ctx.on_behalf_of {
        records::require_link(tx, ctx, built_in::USER, user, "on_behalf_of")?;
    }

    let pipeline = items::pipeline_of(tx, ctx, item.text("pipeline"))?;
    let (_, stage) = items::stage_of(&pipeline, stage)?;

    if item.text("stage") == stage.id {
        return Ok(Moved { item, version, moved: false });
    }

    items::enter_stage(tx, ctx, &mut item, stage)?;
    Ok(Moved { item, version: version + 1, moved: true })
}
