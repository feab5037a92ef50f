//! Who does something, why, and under which identity: what every command carries.

use serde::{Deserialize, Serialize};

use crate::id::{CommandId, TenantId};
use crate::time::Timestamp;

/// Who did it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Actor {
    /// An employee.
    User {
        /// The user's id.
        id: String,
    },
    /// A program with a token of its own.
    Client {
        /// The token's name.
        name: String,
    },
    /// A robot or trigger.
    Automation {
        /// The automation it is configured in; empty for a robot invoked over the API.
        automation: String,
        /// The robot's or trigger's id there; `plugin/robot` for a robot invoked over the API.
        robot: String,
    },
    /// A channel that brought something in.
    Channel {
        /// The channel's id.
        id: String,
    },
    /// The host itself.
    System,
}

/// Whether writes start automation. Imports choose `suppress`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AutomationMode {
    /// They do.
    #[default]
    Run,
    /// They are recorded and start nothing.
    Suppress,
}

/// What led to a write: the path of robots and triggers, oldest first, each `automation/robot`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Cause {
    /// The path.
    pub chain: Vec<String>,
    /// The event that was dispatched, if one was.
    pub event: Option<String>,
    /// The run whose step wrote it, if one did.
    pub run: Option<String>,
}

impl Cause {
    /// How many automations led here.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.chain.len()
    }
}

/// The circumstances of one command.
#[derive(Clone, Debug)]
pub struct OpContext {
    /// Whose data it works on; from the credential alone.
    pub tenant: TenantId,
    /// The command's identity, from which all its new ids derive.
    pub command_id: CommandId,
    /// Who does it.
    pub actor: Actor,
    /// In whose name it is recorded, where that is somebody else. Attribution only, never
    /// authority.
    pub on_behalf_of: Option<String>,
    /// What led to it.
    pub cause: Cause,
    /// Whether it starts automation.
    pub automation: AutomationMode,
    /// The id of the HTTP request or of the work, for logs.
    pub request_id: String,
    /// The host's time stamp of the command.
    pub now: Timestamp,
}

impl OpContext {
    /// The circumstances of the host's own work, `work` naming it so that doing it again makes the
    /// same ids.
    #[must_use]
    pub fn system(tenant: TenantId, work: &[&str], now: Timestamp) -> Self {
        Self {
            tenant,
            command_id: CommandId::derived(work),
            actor: Actor::System,
            on_behalf_of: None,
            cause: Cause::default(),
            automation: AutomationMode::Run,
            request_id: work.join("/"),
            now,
        }
    }

    /// The circumstances of the `ordinal`-th part of this command, with ids of its own.
    #[must_use]
    pub fn part(&self, ordinal: usize) -> Self {
        let command_id =
            CommandId::derived(&[&hex::encode(self.command_id.0), "part", &ordinal.to_string()]);

        Self { command_id, ..self.clone() }
    }

    /// Who acts, as it is kept for people: `user:<id>`, a client's name, or `host`.
    #[must_use]
    pub fn doer(&self) -> String {
        match &self.actor {
            Actor::User { id } => format!("user:{id}"),
            Actor::Client { name } => name.clone(),
            Actor::Automation { .. } | Actor::Channel { .. } | Actor::System => "host".to_owned(),
        }
    }

    /// Who is shown as the author: the one on whose behalf it is done, else the actor if that is a
    /// user.
    #[must_use]
    pub fn author(&self) -> Option<&str> {
        match (&self.on_behalf_of, &self.actor) {
            (Some(user), _) | (None, Actor::User { id: user }) => Some(user),
            (None, _) => None,
        }
    }
}
