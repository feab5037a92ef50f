//! Who is called: the robot of the plugin's active version, as the tenant has enabled it.

use crate::call::{Build, CallLimits};
use crate::context::OpContext;
use crate::model::automation::RobotSpec;
use crate::model::plugin::{Grant, Plugin, RobotInfo};
use crate::tx::{Halt, Tx};

/// A robot that can be called.
pub(super) struct Callee<'a> {
    /// What is called.
    pub(super) build: Build,
    /// The robot as its plugin describes it.
    pub(super) info: &'a RobotInfo,
    /// What the tenant granted the plugin.
    pub(super) grant: Grant,
}

/// Why a robot cannot be called.
pub(super) struct Hindrance {
    /// Stable code.
    pub(super) code: &'static str,
    /// For people, with what helps.
    pub(super) message: String,
}

/// The robot that a step calls, of its plugin as far as that is installed, or why there is none.
pub(super) fn find_callee<'a>(
    tx: &Tx<'_>,
    ctx: &OpContext,
    spec: &RobotSpec,
    plugin: Option<&'a Plugin>,
) -> Result<Result<Callee<'a>, Hindrance>, Halt> {
    let id = &spec.plugin;
    let Some(plugin) = plugin else {
        let message =
            format!("plugin `{id}` is not installed; install its bundle with POST /v1/plugins");
        return Ok(Err(Hindrance { code: "plugin.missing", message }));
    };

    let Some(info) = plugin.robot(&spec.robot) else { return Ok(Err(lack_robot(plugin, spec))) };

    let Some((grant, _)) = tx.peek::<Grant>(&Grant::key(ctx.tenant, id))? else {
        let message =
            format!("this tenant has not enabled `{id}`; PUT /v1/plugins/{id}/grants does");
        return Ok(Err(Hindrance { code: "plugin.not-enabled", message }));
    };

    let build = build_of(plugin, plugin.limits.robot);
    Ok(Ok(Callee { build, info, grant }))
}

/// The plugin's active version does not offer the robot, as an earlier one did.
fn lack_robot(plugin: &Plugin, spec: &RobotSpec) -> Hindrance {
    let message = format!(
        "version {} of `{}` has no robot `{}`; install a version that has it, or publish the \
         automation without it",
        plugin.version, spec.plugin, spec.robot
    );

    Hindrance { code: "plugin.no-such-robot", message }
}

/// The build of a plugin that is active now.
pub(in crate::command) fn build_of(plugin: &Plugin, limits: CallLimits) -> Build {
    Build {
        plugin: plugin.id.clone(),
        version: plugin.version.clone(),
        component: plugin.component.clone(),
        limits,
    }
}
