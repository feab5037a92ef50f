//! Which published triggers listen to a kind of event.

use std::sync::Arc;

use crate::context::OpContext;
use crate::model::automation::{AutomationVersion, Binding, Bindings, Listener, TriggerSpec};
use crate::tx::{Halt, Tx};

/// A trigger with its stage and that stage's automation.
pub(crate) struct Listening<'b> {
    /// The stage it moves to.
    pub(crate) stage: String,
    /// What is published there.
    pub(crate) binding: &'b Binding,
    /// The trigger.
    pub(crate) spec: Arc<TriggerSpec>,
}

/// The published triggers of a pipeline that listen to a kind of event.
///
/// # Errors
/// What reading may say.
pub(crate) fn listening<'b>(
    tx: &Tx<'_>,
    ctx: &OpContext,
    bindings: &'b Bindings,
    kind: &str,
) -> Result<Vec<Listening<'b>>, Halt> {
    let wants = |bound: &Binding| bound.trigger_events.iter().any(|event| event == kind);
    let bound: Vec<_> = bindings.stages.iter().filter(|(_, bound)| wants(bound)).collect();

    // Rows of earlier hosts hold no triggers: their versions are asked for together, in one round.
    let key =
        |bound: &Binding| AutomationVersion::key(ctx.tenant, &bound.automation, bound.version);
    let old =
        bound.iter().filter(|(_, bound)| bound.triggers.is_empty()).map(|(_, bound)| key(bound));
    tx.want(&old.collect::<Vec<_>>())?;

    let mut found = Vec::new();
    for (stage, binding) in bound {
        let mut add = |listeners: &[Listener]| {
            let hears = |listener: &&Listener| listener.events.iter().any(|event| event == kind);
            found.extend(listeners.iter().filter(hears).map(|listener| Listening {
                stage: stage.clone(),
                binding,
                spec: Arc::clone(&listener.spec),
            }));
        };

        match binding.triggers.is_empty() {
            false => add(&binding.triggers),
            true => {
                let version = tx.peek_shared::<AutomationVersion>(&key(binding))?;
                add(&version.map(|(version, _)| version.listeners()).unwrap_or_default());
            }
        }
    }

    Ok(found)
}
