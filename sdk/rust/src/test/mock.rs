//! What the mock host knows and how it answers, as the contract says.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::{Value, json};

use super::{Effect, User};
use crate::{HostError, RecordRef, Response};

thread_local! {
    static WORLD: RefCell<World> = RefCell::new(World::default());
}

/// The state of the thread's mock host.
#[derive(Debug, Clone, Default)]
pub(crate) struct World {
    pub(crate) now: String,
    pub(crate) target: Option<RecordRef>,
    pub(crate) records: BTreeMap<RecordRef, Value>,
    pub(crate) users: BTreeMap<String, User>,
    pub(crate) roles: BTreeMap<String, Vec<String>>,
    pub(crate) observers: BTreeMap<RecordRef, BTreeSet<String>>,
    pub(crate) refusals: BTreeMap<String, HostError>,
    pub(crate) secrets: BTreeMap<String, String>,
    pub(crate) channel_settings: Value,
    pub(crate) public_url: String,
    pub(crate) made_tasks: Vec<MadeTask>,
    pub(crate) absent: BTreeSet<String>,
    pub(crate) answers: VecDeque<Response>,
    pub(crate) effects: Vec<Effect>,
    pub(crate) shifts: Vec<Value>,
    pub(crate) log: Vec<(String, String)>,
    pub(crate) drawn: u64,
}

/// A task of the item that another robot made and that is not completed.
#[derive(Debug, Clone)]
pub(crate) struct MadeTask {
    pub(crate) id: String,
    pub(crate) pipeline: String,
    pub(crate) stage: String,
}

/// Asks the thread's mock host.
pub(crate) fn with<T>(ask: impl FnOnce(&mut World) -> T) -> T {
    WORLD.with_borrow_mut(ask)
}

/// Makes `world` the thread's host for one call and gives back what became of it.
pub(crate) fn during<T>(world: World, call: impl FnOnce() -> T) -> (T, World) {
    WORLD.set(world);
    let answer = call();
    (answer, WORLD.take())
}

impl World {
    pub(super) fn allow(&self, permission: &str) -> Result<(), HostError> {
        self.refusals.get(permission).cloned().map_or(Ok(()), Err)
    }

    pub(super) fn reference(&self, target: Option<&RecordRef>) -> Result<RecordRef, HostError> {
        target.or(self.target.as_ref()).cloned().ok_or_else(|| {
            HostError::permanent("not-found", "the step runs for no item; name a target")
        })
    }

    pub(crate) fn random(&mut self) -> u64 {
        self.drawn += 1;
        self.drawn
    }

    pub(crate) fn record(&self, target: Option<&RecordRef>) -> Result<String, HostError> {
        let target = self.reference(target)?;
        self.allow(&format!("records.read:{}", target.kind))?;
        let fields = self.records.get(&target).ok_or_else(|| missing(&target.kind, &target.id))?;

        let date =
            |field: &str| fields.get(field).cloned().unwrap_or_else(|| self.now.as_str().into());
        let (created_at, updated_at) = (date("created_at"), date("updated_at"));

        let record = json!({
            "kind": target.kind, "id": target.id, "version": 1, "created_at": created_at,
            "updated_at": updated_at, "fields": fields,
        });
        Ok(record.to_string())
    }

    pub(crate) fn add_observers(
        &mut self,
        target: Option<&RecordRef>,
        users: &[String],
    ) -> Result<Vec<String>, HostError> {
        let target = self.reference(target)?;
        self.allow(&format!("records.observe:{}", target.kind))?;

        let watching = self.observers.entry(target.clone()).or_default();
        let added: Vec<String> =
            users.iter().filter(|user| watching.insert((*user).clone())).cloned().collect();

        if !added.is_empty() {
            self.effects.push(Effect::ObserversAdded { target, users: added.clone() });
        }
        Ok(added)
    }

    pub(crate) fn resolve(&self, who: &str) -> Result<Vec<String>, HostError> {
        self.allow("directory.read")?;
        if let Some(holders) = self.roles.get(who) {
            return Ok(holders.clone());
        }
        if let Some(user) = who.strip_prefix("user:") {
            return Ok(self.users.get(user).map(|user| user.id.clone()).into_iter().collect());
        }

        match who {
            "responsible" | "author" => Ok(Vec::new()),
            "observers" => Ok(self
                .target
                .as_ref()
                .and_then(|item| self.observers.get(item))
                .into_iter()
                .flatten()
                .cloned()
                .collect()),
            "supervisor" => self.supervisors(),
            _ => Err(HostError::permanent(
                "invalid",
                format!("`{who}` is no role; use one of the roles or user:<id>"),
            )
            .about(who)),
        }
    }

    fn supervisors(&self) -> Result<Vec<String>, HostError> {
        let responsible = self.roles.get("responsible").into_iter().flatten();
        responsible.map(|user| self.supervisor_of(user)).filter_map(Result::transpose).collect()
    }

    fn user(&self, id: &str) -> Result<&User, HostError> {
        self.allow("directory.read")?;
        self.users.get(id).ok_or_else(|| missing("user", id))
    }

    pub(crate) fn profile(&self, id: &str) -> Result<String, HostError> {
        self.user(id).map(|user| user.to_json().to_string())
    }

    pub(crate) fn supervisor_of(&self, id: &str) -> Result<Option<String>, HostError> {
        let supervisor = &self.user(id)?.supervisor;
        Ok((!supervisor.is_empty()).then(|| supervisor.clone()))
    }

    pub(crate) fn send(&mut self, message: &str) -> Result<String, HostError> {
        self.allow("messaging.send")?;
        let message = parsed(message)?;
        if message.get("to").and_then(Value::as_str).unwrap_or("").is_empty() {
            return Err(HostError::permanent("invalid", "the message has no recipient; set `to`")
                .about("to"));
        }

        self.effects.push(Effect::MessageSent(message));
        Ok(format!("delivery-{}", self.effects.len()))
    }
}

/// What a robot handed over.
pub(super) fn parsed(json: &str) -> Result<Value, HostError> {
    serde_json::from_str(json)
        .map_err(|cause| HostError::permanent("invalid", format!("this is not JSON: {cause}")))
}

pub(super) fn missing(kind: &str, id: &str) -> HostError {
    HostError::permanent("not-found", format!("there is no {kind} `{id}`")).about(id)
}
