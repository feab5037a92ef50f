//! Plugins that are closures: what the engine's tests call instead of WebAssembly.

use std::fmt;
use std::sync::Arc;

use crate::call::{
    Blame, CallFailure, ChannelAnswer, ChannelCall, ChannelSays, LogLine, Retry, RobotAnswer,
    RobotCall, RobotOutcome, TriggerAnswer, TriggerCall, Usage, Verdict,
};
use crate::seams::{Later, Plugins};

type RobotScript = Arc<dyn Fn(RobotCall) -> Later<'static, RobotAnswer> + Send + Sync>;
type TriggerScript = Arc<dyn Fn(&TriggerCall) -> Result<Verdict, CallFailure> + Send + Sync>;
type ChannelScript = Arc<dyn Fn(&ChannelCall) -> Result<ChannelSays, CallFailure> + Send + Sync>;

/// Answers calls by script. Without one, every call fails with `plugin.missing`.
#[derive(Clone, Default)]
pub struct ScriptedPlugins {
    robot: Option<RobotScript>,
    trigger: Option<TriggerScript>,
    channel: Option<ChannelScript>,
}

impl fmt::Debug for ScriptedPlugins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScriptedPlugins").finish_non_exhaustive()
    }
}

impl ScriptedPlugins {
    /// Plugins that cannot do anything yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same, every robot answering by `script`. What it records, it records in the call's
    /// scope.
    #[must_use]
    pub fn robot<S>(self, script: S) -> Self
    where
        S: Fn(&mut RobotCall) -> Result<RobotOutcome, CallFailure> + Send + Sync + 'static,
    {
        self.robot_later(move |mut call| {
            let outcome = script(&mut call);
            Box::pin(std::future::ready(robot_answer(call, outcome)))
        })
    }

    /// The same, every robot answering by a `script` that may wait, for the store's rows or for a
    /// signal of the test.
    #[must_use]
    pub fn robot_later(
        mut self,
        script: impl Fn(RobotCall) -> Later<'static, RobotAnswer> + Send + Sync + 'static,
    ) -> Self {
        self.robot = Some(Arc::new(script));
        self
    }

    /// The same, every trigger answering by `script`.
    #[must_use]
    pub fn trigger(
        mut self,
        script: impl Fn(&TriggerCall) -> Result<Verdict, CallFailure> + Send + Sync + 'static,
    ) -> Self {
        self.trigger = Some(Arc::new(script));
        self
    }

    /// The same, every channel answering by `script`.
    #[must_use]
    pub fn on_channel(
        mut self,
        script: impl Fn(&ChannelCall) -> Result<ChannelSays, CallFailure> + Send + Sync + 'static,
    ) -> Self {
        self.channel = Some(Arc::new(script));
        self
    }
}

/// The answer to `call`, with what its scope recorded.
#[must_use]
pub fn robot_answer(call: RobotCall, outcome: Result<RobotOutcome, CallFailure>) -> RobotAnswer {
    let line =
        LogLine { level: "debug".to_owned(), message: format!("scripted {}", call.context.offer) };
    RobotAnswer { outcome, scope: call.scope, usage: Usage::default(), log: vec![line] }
}

fn unscripted(what: &str) -> CallFailure {
    CallFailure {
        blame: Blame::Host,
        code: "plugin.missing".to_owned(),
        message: format!("there is no script for a {what}; give one to ScriptedPlugins"),
        setting: None,
        retry: Retry::Never,
    }
}

impl Plugins for ScriptedPlugins {
    fn robot(&self, call: RobotCall) -> Later<'_, RobotAnswer> {
        match &self.robot {
            Some(script) => script(call),
            None => Box::pin(std::future::ready(robot_answer(call, Err(unscripted("robot"))))),
        }
    }

    fn trigger(&self, call: TriggerCall) -> Later<'_, TriggerAnswer> {
        let verdict = self
            .trigger
            .as_ref()
            .map_or_else(|| Err(unscripted("trigger")), |script| script(&call));
        Box::pin(std::future::ready(TriggerAnswer {
            verdict,
            usage: Usage::default(),
            log: Vec::new(),
        }))
    }

    fn channel(&self, call: ChannelCall) -> Later<'_, ChannelAnswer> {
        let says = self
            .channel
            .as_ref()
            .map_or_else(|| Err(unscripted("channel")), |script| script(&call));
        Box::pin(std::future::ready(ChannelAnswer {
            says,
            usage: Usage::default(),
            log: Vec::new(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Poll, Waker};

    use crate::call::{Build, CallContext, CallLimits};
    use crate::scope::Scope;
    use crate::time::Timestamp;

    use super::*;

    /// The answer of what never waits.
    fn answered<T>(mut later: Later<'_, T>) -> T {
        match later.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(answer) => answer,
            Poll::Pending => panic!("a script without waiting waits"),
        }
    }

    fn call() -> RobotCall {
        let component = String::new();
        let build = Build {
            plugin: "test.p".to_owned(),
            version: "1.0.0".to_owned(),
            component,
            limits: CallLimits::ROBOT,
        };

        let context = CallContext {
            step_id: "s".to_owned(),
            attempt: 2,
            offer: "remind".to_owned(),
            target: None,
            settings: serde_json::Map::new(),
            now: Timestamp(0),
            time_zone: "UTC".to_owned(),
            language: "en".to_owned(),
        };

        RobotCall { build, context, scope: Scope::default() }
    }

    #[test]
    fn a_robot_answers_by_its_script() {
        let plugins = ScriptedPlugins::new()
            .robot(|call| Ok(RobotOutcome::Skipped(format!("attempt {}", call.context.attempt))));
        assert_eq!(
            answered(Plugins::robot(&plugins, call())).outcome,
            Ok(RobotOutcome::Skipped("attempt 2".to_owned()))
        );
    }

    #[test]
    fn what_has_no_script_is_missing() {
        let failure =
            answered(Plugins::robot(&ScriptedPlugins::new(), call())).outcome.unwrap_err();
        assert_eq!(failure.code, "plugin.missing");
    }
}
