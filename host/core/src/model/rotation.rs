//! Whose turn it is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::TenantId;
use crate::key::{Key, Table};
use crate::row::Row;

/// Who had a turn when, for one robot that gives each employee a turn.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Rotation {
    /// By employee, the number of the latest turn. Who is not here has had none.
    pub turns: BTreeMap<String, u64>,
}

impl Row for Rotation {
    const NAME: &'static str = "rotation";
}

impl Rotation {
    /// Where the turns of a robot of an automation are kept.
    #[must_use]
    pub fn key(tenant: TenantId, automation: &str, robot: &str) -> Key {
        Key::new(tenant, Table::Rotation, &[automation, robot])
    }

    /// Gives a turn to whoever of `users` has waited longest, the first of them where several have;
    /// none where there is nobody.
    pub fn next(&mut self, users: &[String]) -> Option<String> {
        let waited = users.iter().min_by_key(|user| self.turns.get(*user).copied().unwrap_or(0))?;
        let latest = self.turns.values().max().copied().unwrap_or(0);

        self.turns.insert(waited.clone(), latest + 1);
        Some(waited.clone())
    }

    /// Forgets those who are not among `users` any more.
    pub fn keep(&mut self, users: &[String]) {
        self.turns.retain(|user, _| users.contains(user));
    }
}
