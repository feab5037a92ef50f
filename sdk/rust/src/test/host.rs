//! The mock host as a test sets it up, and what a call left behind.

use serde_json::Value;

use super::mock::{MadeTask, World, during};
use super::{Effect, User};
use crate::{
    Authenticity, Call, Channel, Context, Done, Failure, HostError, Incoming, Outcome, RecordRef,
    Response, Robot, Run, Step, Trigger, Verdict,
};

/// A robot's call.
#[derive(Debug)]
pub struct Ran<R> {
    /// What it answered.
    pub outcome: Outcome<R>,
    /// What it recorded; nothing of it happens where the outcome is an error.
    pub effects: Vec<Effect>,
    /// The moments it asked for, as `calendar.shift` got them.
    pub shifts: Vec<Value>,
    /// Its log: level and message.
    pub log: Vec<(String, String)>,
}

impl<R> Ran<R> {
    /// The results, where it did its work.
    pub fn results(&self) -> Option<&R> {
        match &self.outcome {
            Ok(Done::Done(results)) => Some(results),
            Ok(Done::Skipped(_)) | Err(_) => None,
        }
    }

    /// The failure, where it failed.
    pub fn failure(&self) -> Option<&Failure> {
        self.outcome.as_ref().err()
    }

    /// The messages among the effects.
    pub fn messages(&self) -> Vec<Value> {
        let message = |effect: &Effect| match effect {
            Effect::MessageSent(message) => Some(message.clone()),
            _ => None,
        };
        self.effects.iter().filter_map(message).collect()
    }
}

/// A trigger's call.
#[derive(Debug)]
pub struct Evaluated {
    /// What it answered.
    pub verdict: Result<Verdict, Failure>,
    /// Its log: level and message.
    pub log: Vec<(String, String)>,
}

/// A host that knows what the test tells it. The step runs for the deal `D1` at noon of 2 March
/// 2026.
#[derive(Debug, Clone)]
pub struct MockHost {
    world: World,
}

impl Default for MockHost {
    fn default() -> Self {
        let world = World {
            now: "2026-03-02T12:00:00.000Z".into(),
            target: Some(RecordRef::new("deal", "D1")),
            channel_settings: serde_json::json!({}),
            public_url: "https://crm.example/hooks/t1/c1".into(),
            ..World::default()
        };
        Self { world }
    }
}

impl MockHost {
    /// A host without users and records.
    pub fn new() -> Self {
        Self::default()
    }

    /// The item that the step runs for.
    #[must_use]
    pub fn item(mut self, kind: &str, id: &str) -> Self {
        self.world.target = Some(RecordRef::new(kind, id));
        self
    }

    /// A record that may be read; `fields` is a JSON object.
    #[must_use]
    pub fn record(mut self, kind: &str, id: &str, fields: Value) -> Self {
        self.world.records.insert(RecordRef::new(kind, id), fields);
        self
    }

    /// An employee.
    #[must_use]
    pub fn user(mut self, user: User) -> Self {
        self.world.users.insert(user.id.clone(), user);
        self
    }

    /// Who holds a role. `supervisor` follows from the users where it is not set here.
    #[must_use]
    pub fn role<const N: usize>(mut self, role: &str, users: [&str; N]) -> Self {
        self.world.roles.insert(role.to_owned(), users.map(str::to_owned).to_vec());
        self
    }

    /// Somebody who already watches the item.
    #[must_use]
    pub fn observer(mut self, user: &str) -> Self {
        if let Some(item) = self.world.target.clone() {
            self.world.observers.entry(item).or_default().insert(user.to_owned());
        }
        self
    }

    /// A task of the item that another robot made.
    #[must_use]
    pub fn made_task(mut self, id: &str, pipeline: &str, stage: &str) -> Self {
        let task =
            MadeTask { id: id.to_owned(), pipeline: pipeline.to_owned(), stage: stage.to_owned() };
        self.world.made_tasks.push(task);
        self
    }

    /// Somebody who is away now.
    #[must_use]
    pub fn absent(mut self, user: &str) -> Self {
        self.world.absent.insert(user.to_owned());
        self
    }

    /// What a server outside answers. Every request takes one answer, in order; without one there
    /// is none.
    #[must_use]
    pub fn answer(mut self, status: u16, body: &str) -> Self {
        self.world.answers.push_back(Response { status, headers: Vec::new(), body: body.into() });
        self
    }

    /// The permission was not granted.
    #[must_use]
    pub fn deny(self, permission: &str) -> Self {
        let message = format!("`{permission}` is not granted; ask the admin");
        self.refuse(
            permission,
            HostError::permanent("permission-denied", message).about(permission),
        )
    }

    /// Everything that needs the permission answers `error`.
    #[must_use]
    pub fn refuse(mut self, permission: &str, error: HostError) -> Self {
        self.world.refusals.insert(permission.to_owned(), error);
        self
    }

    /// The call's time, RFC 3339 in UTC with milliseconds.
    #[must_use]
    pub fn now(mut self, now: &str) -> Self {
        now.clone_into(&mut self.world.now);
        self
    }

    /// A secret of the channel.
    #[must_use]
    pub fn secret(mut self, name: &str, value: &str) -> Self {
        self.world.secrets.insert(name.to_owned(), value.to_owned());
        self
    }

    /// The channel's settings as an admin saved them.
    #[must_use]
    pub fn channel_settings(mut self, settings: Value) -> Self {
        self.world.channel_settings = settings;
        self
    }

    fn call(&self) -> Call {
        Call {
            step_id: "step-1".into(),
            attempt: 1,
            target: self.world.target.clone(),
            now: self.world.now.clone(),
            time_zone: "UTC".into(),
            language: "en".into(),
            more: "{}".into(),
        }
    }

    /// Runs a robot with these settings.
    pub fn run<R: Robot>(&self, robot: &R) -> Ran<R::Results> {
        let (outcome, world) = during(self.world.clone(), || robot.run(&Run::new(self.call())));
        Ran { outcome, effects: world.effects, shifts: world.shifts, log: world.log }
    }

    /// Runs a robot with saved settings, defaults filled in; the results are JSON, as the host gets
    /// them.
    pub fn run_saved<R: Robot>(&self, settings: &Value) -> Ran<Value> {
        let context =
            Context { offer: R::ID.into(), settings: settings.to_string(), call: self.call() };
        let (outcome, world) = during(self.world.clone(), || crate::robot::run::<R>(context));

        Ran {
            outcome: outcome.map(parsed),
            effects: world.effects,
            shifts: world.shifts,
            log: world.log,
        }
    }

    /// Asks a trigger with saved settings about an event.
    pub fn evaluate_saved<T: Trigger>(&self, settings: &Value, event: &Value) -> Evaluated {
        let context =
            Context { offer: T::ID.into(), settings: settings.to_string(), call: self.call() };
        let (verdict, world) = during(self.world.clone(), || {
            crate::trigger::evaluate::<T>(&context, &event.to_string())
        });

        Evaluated { verdict, log: world.log }
    }

    /// Shows a channel a request.
    pub fn authenticate<C: Channel>(&self, incoming: &Incoming) -> Authenticity {
        during(self.world.clone(), || crate::channel::authenticate::<C>(incoming)).0
    }

    /// Has a channel translate a request; the events are JSON, as the host gets them.
    ///
    /// # Errors
    /// The channel's own sentence.
    pub fn receive<C: Channel>(&self, incoming: &Incoming) -> Result<Value, String> {
        let text = during(self.world.clone(), || crate::channel::receive::<C>(incoming)).0?;
        serde_json::from_str(&text).map_err(|cause| cause.to_string())
    }

    /// Asks a channel for the next thing to do for a job.
    ///
    /// # Errors
    /// The channel's own sentence.
    pub fn send<C: Channel>(
        &self,
        job: &Value,
        state: &[u8],
        last_response: Option<&Response>,
    ) -> Result<Step, String> {
        during(self.world.clone(), || {
            crate::channel::send::<C>(&job.to_string(), state, last_response)
        })
        .0
    }
}

/// The SDK wrote the text itself, so that anything but an object would be its own mistake, and a
/// test sees it as such.
fn parsed(done: Done<String>) -> Done<Value> {
    match done {
        Done::Done(results) => {
            Done::Done(serde_json::from_str(&results).unwrap_or(Value::String(results)))
        }
        Done::Skipped(reason) => Done::Skipped(reason),
    }
}
