//! What a trigger is called with. What all the calls about one event have in common is there once.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::call::{Build, CallContext};
use crate::command::step::build_of;
use crate::command::tenant;
use crate::context::OpContext;
use crate::model::automation::TriggerSpec;
use crate::model::event::Event;
use crate::model::plugin::{Grant, Plugin, SettingInfo};
use crate::model::record::{Record, RecordRef};
use crate::settings;
use crate::time::Timestamp;
use crate::tx::{Halt, Tx};

/// What a trigger is called with.
#[derive(Clone, Debug)]
pub struct Call {
    callee: Arc<Callee>,
    occasion: Arc<Occasion>,
    automation: String,
    spec: Arc<TriggerSpec>,
}

/// A type of trigger that can be called.
#[derive(Debug)]
struct Callee {
    build: Build,
    grant: Grant,
    settings: Vec<SettingInfo>,
}

/// An event and the item that it is matched for.
#[derive(Debug)]
struct Occasion {
    event_id: String,
    event: Value,
    target: RecordRef,
    now: Timestamp,
    time_zone: String,
    language: String,
}

impl Call {
    /// What is called.
    #[must_use]
    pub fn build(&self) -> &Build {
        &self.callee.build
    }

    /// What the tenant granted.
    #[must_use]
    pub fn grant(&self) -> &Grant {
        &self.callee.grant
    }

    /// The event as the contract describes it.
    #[must_use]
    pub fn event(&self) -> &Value {
        &self.occasion.event
    }

    /// What the trigger is told, at its `attempt`-th try.
    #[must_use]
    pub fn context(&self, attempt: u32) -> CallContext {
        let Occasion { event_id, target, now, time_zone, language, .. } = &*self.occasion;
        CallContext {
            step_id: format!("{event_id}/{}/{}/{}", self.automation, self.spec.id, target.id),
            attempt,
            offer: self.spec.trigger.clone(),
            target: Some(target.clone()),
            settings: settings::with_defaults(&self.callee.settings, &self.spec.settings),
            now: *now,
            time_zone: time_zone.clone(),
            language: language.clone(),
        }
    }
}

/// A type of trigger, or why it cannot be called: a code and a sentence.
type Found = Result<Arc<Callee>, (String, String)>;

/// What can be called about one event.
#[derive(Debug)]
pub(super) struct Callees {
    occasion: Arc<Occasion>,
    found: BTreeMap<(String, String), Found>,
}

impl Callees {
    /// Nothing yet.
    pub(super) fn new(
        tx: &Tx<'_>,
        ctx: &OpContext,
        event: &Event,
        item: &Record,
    ) -> Result<Self, Halt> {
        let tenant = tenant(tx, ctx)?;
        let (event_id, event, target) = (event.id.clone(), event.view(), item.key.clone());

        let occasion = Occasion {
            event_id,
            event,
            target,
            now: ctx.now,
            time_zone: tenant.time_zone,
            language: tenant.language,
        };
        Ok(Self { occasion: Arc::new(occasion), found: BTreeMap::new() })
    }

    /// The call of a trigger, or why it cannot be called: a code and a sentence.
    pub(super) fn call(
        &mut self,
        tx: &Tx<'_>,
        ctx: &OpContext,
        automation: &str,
        spec: &Arc<TriggerSpec>,
    ) -> Result<Result<Call, (String, String)>, Halt> {
        let name = (spec.plugin.clone(), spec.trigger.clone());

        // Triggers of one type are looked up once: a stage may have fifty.
        let callee = match self.found.get(&name) {
            Some(found) => found.clone(),
            None => self.found.entry(name).or_insert(callee(tx, ctx, spec)?).clone(),
        };

        let (occasion, automation, spec) =
            (Arc::clone(&self.occasion), automation.to_owned(), Arc::clone(spec));
        Ok(callee.map(|callee| Call { callee, occasion, automation, spec }))
    }
}

fn callee(tx: &Tx<'_>, ctx: &OpContext, spec: &TriggerSpec) -> Result<Found, Halt> {
    let missing = |code: &str, message: String| Ok(Err((code.to_owned(), message)));

    let Some((plugin, _)) = tx.peek_shared::<Plugin>(&Plugin::key(&spec.plugin))? else {
        return missing(
            "plugin.missing",
            format!("plugin `{}` is not installed; install its bundle", spec.plugin),
        );
    };
    let Some(info) = plugin.trigger(&spec.trigger) else {
        return missing(
            "plugin.no-such-trigger",
            format!("`{}` has no trigger `{}`", spec.plugin, spec.trigger),
        );
    };

    let Some((grant, _)) = tx.peek::<Grant>(&Grant::key(ctx.tenant, &spec.plugin))? else {
        return missing(
            "plugin.not-enabled",
            format!("this tenant has not enabled `{}`", spec.plugin),
        );
    };

    let build = build_of(&plugin, plugin.limits.trigger);
    Ok(Ok(Arc::new(Callee { build, grant, settings: info.settings.clone() })))
}
