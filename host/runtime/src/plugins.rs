//! The runtime as the rest of the host sees it.

use serde_json::Value;

use stagewright_core::call::{
    Blame, CallFailure, CallLimits, ChannelAnswer, ChannelCall, ChannelSays, ChannelVerb, Retry,
    RobotAnswer, RobotCall, RobotOutcome, TriggerAnswer, TriggerCall, Verdict,
};
use stagewright_core::scope::Scope;
use stagewright_core::seams::{Later, Plugins};
use stagewright_core::time::Timestamp;

use super::ask::{Ask, Said};
use super::bindings::channel;
use super::call::Order;
use super::convert;
use super::failure::{bad_answer, failure};
use super::registry::Runtime;
use super::state::{CallState, ChannelFacts};

impl Plugins for Runtime {
    fn robot(&self, call: RobotCall) -> Later<'_, RobotAnswer> {
        let (component, order) = self.robot_order(call);
        Box::pin(async move {
            let title = order.title.clone();
            let done = self.perform(&component, order).await;
            let outcome = done.said.and_then(|said| robot_outcome(&title, said));
            RobotAnswer { outcome, scope: done.scope, usage: done.usage, log: done.log }
        })
    }

    fn trigger(&self, call: TriggerCall) -> Later<'_, TriggerAnswer> {
        let TriggerCall { build, context, event, scope } = call;
        let title = format!("trigger {}/{}", build.plugin, context.offer);
        let state = self.state(&build.limits, &context.step_id, context.now, scope);
        let ask = Ask::Trigger(convert::context(context), event.to_string());

        Box::pin(async move {
            let done = self
                .perform(
                    &build.component,
                    Order { title: title.clone(), limits: build.limits, ask, state },
                )
                .await;
            let verdict = done.said.and_then(|said| trigger_verdict(&title, said));
            TriggerAnswer { verdict, usage: done.usage, log: done.log }
        })
    }

    fn channel(&self, call: ChannelCall) -> Later<'_, ChannelAnswer> {
        let ChannelCall { build, settings, public_url, secrets, now, seed, verb } = call;
        let mut state = self.state(&build.limits, &seed, now, Scope::default());
        state.channel = ChannelFacts { public_url, settings, secrets };
        let (name, ask) = channel_ask(verb);
        let title = format!("channel {}/{name}", build.plugin);
        Box::pin(async move {
            let done = self
                .perform(
                    &build.component,
                    Order { title: title.clone(), limits: build.limits, ask, state },
                )
                .await;
            let says = done.said.and_then(|said| channel_says(&title, said));
            ChannelAnswer { says, usage: done.usage, log: done.log }
        })
    }
}

impl Runtime {
    /// What a robot's call comes to, and the component that it is for.
    pub(super) fn robot_order(&self, call: RobotCall) -> (String, Order) {
        let RobotCall { build, context, scope } = call;
        let title = format!("robot {}/{}", build.plugin, context.offer);
        let state = self.state(&build.limits, &context.step_id, context.now, scope);

        (
            build.component,
            Order {
                title,
                limits: build.limits,
                ask: Ask::Robot(convert::context(context)),
                state,
            },
        )
    }

    fn state(&self, limits: &CallLimits, seed: &str, now: Timestamp, scope: Scope) -> CallState {
        CallState::new(limits, seed, now, scope, self.parts.world.clone())
    }
}

fn channel_ask(verb: ChannelVerb) -> (&'static str, Ask) {
    match verb {
        ChannelVerb::Authenticate(incoming) => {
            ("authenticate", Ask::Authenticate(convert::incoming(incoming)))
        }
        ChannelVerb::Receive(incoming) => ("receive", Ask::Receive(convert::incoming(incoming))),
        ChannelVerb::Send { job, state, last_response } => (
            "send",
            Ask::Send {
                job: job.to_string(),
                state,
                last_response: last_response.map(convert::response),
            },
        ),
    }
}

fn robot_outcome(title: &str, said: Said) -> Result<RobotOutcome, CallFailure> {
    match said {
        Said::Robot(outcome) => {
            convert::outcome(outcome).map_err(|wrong| bad_answer(title, &wrong))
        }
        _ => Err(out_of_turn(title)),
    }
}

fn trigger_verdict(title: &str, said: Said) -> Result<Verdict, CallFailure> {
    match said {
        Said::Trigger(verdict) => Ok(convert::verdict(verdict)),
        _ => Err(out_of_turn(title)),
    }
}

fn channel_says(title: &str, said: Said) -> Result<ChannelSays, CallFailure> {
    let bad = |wrong: String| bad_answer(title, &wrong);
    match said {
        Said::Authenticity(channel::Authenticity::Ok(reply)) => {
            Ok(ChannelSays::Authentic(convert::reply(reply)))
        }
        Said::Authenticity(channel::Authenticity::Handshake(reply)) => {
            Ok(ChannelSays::Handshake(convert::reply(reply)))
        }
        Said::Authenticity(channel::Authenticity::Reject(reason)) => {
            Ok(ChannelSays::Reject(reason))
        }
        Said::Events(Ok(events)) => {
            convert::list(&events, "events").map(ChannelSays::Events).map_err(bad)
        }
        Said::Step(Ok(channel::Step::Request(exchange))) => {
            Ok(ChannelSays::Request(convert::exchange(exchange)))
        }
        Said::Step(Ok(channel::Step::Done(verdict))) => {
            convert::object(&verdict, "verdict").map(ChannelSays::Verdict).map_err(bad)
        }
        Said::Events(Err(reason)) => Err(channel_failed("plugin.receive", title, &reason)),
        Said::Step(Err(reason)) => Err(channel_failed("plugin.send", title, &reason)),
        _ => Err(out_of_turn(title)),
    }
}

/// A channel that could not do it says why in plain words only.
fn channel_failed(code: &str, title: &str, reason: &str) -> CallFailure {
    failure(Blame::Plugin, code, format!("{title}: {reason}"), Retry::Never)
}

/// Cannot happen: what is answered is what was asked for.
fn out_of_turn(title: &str) -> CallFailure {
    bad_answer(title, &Value::from("it answers what was not asked").to_string())
}
