//! What a robot is told: the settings rendered with the item as it is now.

use serde_json::{Map, Value, json};

use crate::call::{Build, CallContext};
use crate::command::tenant;
use crate::context::{Actor, OpContext};
use crate::directory;
use crate::model::automation::{AutomationVersion, RobotSpec};
use crate::model::conversation::Conversation;
use crate::model::plugin::{Grant, Plugin, RobotInfo};
use crate::model::record::{Lane, Record};
use crate::model::run::Run;
use crate::refusal::Refusal;
use crate::settings;
use crate::template;
use crate::tx::{Halt, Tx};

/// A step that is ready to be called.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What is called.
    pub build: Build,
    /// What it is told.
    pub context: CallContext,
    /// The circumstances its effects are decided under.
    pub ctx: OpContext,
    /// The item.
    pub item: Record,
    /// What the tenant granted the plugin.
    pub grant: Grant,
    /// The item's stage epoch.
    pub epoch: u64,
}

/// What a due step turned out to be.
#[derive(Debug)]
pub enum Planned {
    /// Call the plugin.
    Call(Box<Plan>),
    /// The item has an event that is to be dispatched first.
    NotYet,
    /// Its effects are committed and its moment has come: it is done without a call.
    Finish,
    /// It is over already; its due row is a leftover.
    Over,
    /// It cannot be called: a code and a sentence.
    Impossible(String, String),
}

/// Prepares the call of a due step. Everything is read late: templates, roles and the plugin's active build.
///
/// # Errors
/// What reading may say.
pub fn plan(tx: &mut Tx<'_>, ctx: &OpContext, run_id: &str, step_id: &str) -> Result<Planned, Halt> {
    let Some((run, _)) = tx.get::<Run>(&Run::key(ctx.tenant, run_id))? else { return Ok(Planned::Over) };
    let Some((_, step)) = run.step(step_id).filter(|(_, step)| !step.state.is_over()) else { return Ok(Planned::Over) };
    tx.want(&[
        run.item.lane_key(ctx.tenant),
        run.item.key(ctx.tenant),
        Plugin::key(&step.plugin),
        Grant::key(ctx.tenant, &step.plugin),
        crate::model::tenant::Tenant::key(ctx.tenant),
    ])?;
    let lane = tx.peek::<Lane>(&run.item.lane_key(ctx.tenant))?.map(|(lane, _)| lane).unwrap_or_default();
    if lane.seq > lane.dispatched {
        return Ok(Planned::NotYet);
    }
    if step.committed {
        return Ok(Planned::Finish);
    }
    let Some((item, _)) = tx.peek::<Record>(&run.item.key(ctx.tenant))?.filter(|(item, _)| item.deleted_at.is_none()) else {
        return Ok(Planned::Impossible("item.deleted".into(), "the item is deleted".into()));
    };
    let spec = spec_of(tx, ctx, &run, step_id)?;
    let Some((plugin, _)) = tx.peek::<Plugin>(&Plugin::key(&spec.plugin))? else {
        let message = format!("plugin `{}` is not installed; install its bundle with POST /v1/plugins", spec.plugin);
        return Ok(Planned::Impossible("plugin.missing".into(), message));
    };
    let Some(info) = plugin.catalogue.robots.iter().find(|robot| robot.id == spec.robot) else {
        let message = format!(
            "version {} of `{}` has no robot `{}`; install a version that has it, or publish the automation without it",
            plugin.version, spec.plugin, spec.robot
        );
        return Ok(Planned::Impossible("plugin.no-such-robot".into(), message));
    };
    let Some((grant, _)) = tx.peek::<Grant>(&Grant::key(ctx.tenant, &spec.plugin))? else {
        let message = format!("this tenant has not enabled `{0}`; PUT /v1/plugins/{0}/grants does", spec.plugin);
        return Ok(Planned::Impossible("plugin.not-enabled".into(), message));
    };
    let filled = match fill_in(tx, ctx, &run, &item, info, &spec)? {
        Ok(filled) => filled,
        Err(message) => return Ok(Planned::Impossible("template.failed".into(), message)),
    };
    let epoch = item.stage_epoch;
    let tenant = tenant(tx, ctx)?;
    let context = CallContext {
        step_id: format!("{run_id}/{step_id}"),
        attempt: step.tries + 1,
        offer: spec.robot.clone(),
        target: Some(run.item.clone()),
        settings: filled,
        now: ctx.now,
        time_zone: tenant.time_zone,
        language: tenant.language,
    };
    let build = build_of(&plugin, plugin.limits.robot);
    Ok(Planned::Call(Box::new(Plan { build, context, ctx: step_context(ctx, &run, &spec), item, grant, epoch })))
}

/// The build of a plugin that is active now.
pub(in crate::command) fn build_of(plugin: &Plugin, limits: crate::call::CallLimits) -> Build {
    Build { plugin: plugin.id.clone(), version: plugin.version.clone(), component: plugin.component.clone(), limits }
}

/// The robot as it was configured in the version the run started with.
pub(super) fn spec_of(tx: &Tx<'_>, ctx: &OpContext, run: &Run, step_id: &str) -> Result<RobotSpec, Halt> {
    if let Some(spec) = &run.invoked {
        return Ok(spec.clone());
    }
    let (automation, version) = run.automation.clone().unwrap_or_default();
    let key = AutomationVersion::key(ctx.tenant, &automation, version);
    let found = tx.peek::<AutomationVersion>(&key)?.ok_or_else(|| Refusal::not_found("automation version"))?;
    let spec = found.0.automation.robots.iter().find(|robot| robot.id == step_id).cloned();
    Ok(spec.ok_or_else(|| Refusal::not_found("robot"))?)
}

/// Who acts, and what led to it: the path grows by this robot. The ids of its effects are the same in every attempt.
fn step_context(ctx: &OpContext, run: &Run, spec: &RobotSpec) -> OpContext {
    let automation = run.automation.as_ref().map(|(id, _)| id.clone()).unwrap_or_default();
    let mut cause = run.cause.clone();
    cause.chain.push(format!("{automation}/{}", spec.id));
    cause.run = Some(run.id.clone());
    OpContext {
        actor: Actor::Automation { automation, robot: spec.id.clone() },
        on_behalf_of: run.on_behalf_of.clone(),
        cause,
        ..ctx.clone()
    }
}

/// The settings with defaults, templates rendered.
fn fill_in(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    run: &Run,
    item: &Record,
    info: &RobotInfo,
    spec: &RobotSpec,
) -> Result<Result<Map<String, Value>, String>, Halt> {
    let mut filled = settings::with_defaults(&info.settings, &spec.settings);
    let asks_for = |word: &str| spec.settings.values().any(|value| value.to_string().contains(word));
    let responsible = item.text("responsible");
    let person =
        if asks_for("responsible") && !responsible.is_empty() && directory::user_record(tx, ctx.tenant, responsible)?.is_some() {
            directory::profile(tx, ctx.tenant, responsible)?
        } else {
            Value::Null
        };
    let conversation = match item.text("conversation") {
        id if asks_for("conversation") && !id.is_empty() => {
            tx.peek::<Conversation>(&Conversation::key(ctx.tenant, id))?.map_or(Value::Null, |(found, _)| conversation_view(&found))
        }
        _ => Value::Null,
    };
    let robots: Map<String, Value> = run.steps.iter().map(|step| (step.id.clone(), Value::Object(step.results.clone()))).collect();
    let values = json!({"item": item.template_view(), "robots": robots, "responsible": person, "conversation": conversation, "now": ctx.now});
    for setting in info.settings.iter().filter(|setting| setting.kind == "template") {
        if let Some(value) = filled.get_mut(&setting.key) {
            match rendered(value, &values) {
                Ok(text) => *value = text,
                Err(reason) => return Ok(Err(format!("{}: {reason}", setting.key))),
            }
        }
    }
    Ok(Ok(filled))
}

/// What templates see as `conversation`.
fn conversation_view(conversation: &Conversation) -> Value {
    json!({
        "id": conversation.id, "address": conversation.address, "display_name": conversation.display_name,
        "channel": conversation.channel, "last_client_message_at": conversation.last_client_message_at,
    })
}

fn rendered(value: &Value, values: &Value) -> Result<Value, String> {
    match value {
        Value::String(text) => template::render(text, values).map(Value::String),
        Value::Array(list) => list.iter().map(|value| rendered(value, values)).collect::<Result<_, _>>().map(Value::Array),
        other => Ok(other.clone()),
    }
}
