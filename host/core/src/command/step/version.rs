//! What a run goes by: the version of its automation, and the robots as that has them.

use crate::context::OpContext;
use crate::key::Key;
use crate::model::automation::{AutomationVersion, RobotSpec};
use crate::model::run::Run;
use crate::refusal::Refusal;
use crate::tx::{Halt, Tx};

/// The robot as it was configured in the version the run started with.
pub(super) fn spec_of(
    tx: &Tx<'_>,
    ctx: &OpContext,
    run: &Run,
    step_id: &str,
) -> Result<RobotSpec, Halt> {
    if let Some(spec) = &run.invoked {
        return Ok(spec.clone());
    }

    let found = tx
        .peek_shared::<AutomationVersion>(&version_key(ctx, run))?
        .ok_or_else(|| Refusal::not_found("automation version"))?;
    let spec = found.0.automation.robots.iter().find(|robot| robot.id == step_id).cloned();

    let gone = || {
        let message =
            "the version that the run goes by has no such robot any more; publish one that has it";
        Refusal::conflict("run.robot-gone", message)
    };

    Ok(spec.ok_or_else(gone)?)
}

/// The version that a run belongs to.
pub(super) fn version_key(ctx: &OpContext, run: &Run) -> Key {
    let (automation, version) = run.automation.clone().unwrap_or_default();
    AutomationVersion::key(ctx.tenant, &automation, version)
}
