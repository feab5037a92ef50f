//! Who works on what: each lane has one piece of work at a time, and nobody more than their share.

use std::collections::{BTreeMap, HashMap, HashSet};

use tokio::task;

use stagewright_core::id::TenantId;
use stagewright_core::key::Key;

/// Pieces of work at once, over all tenants.
const IN_FLIGHT_MAX: usize = 256;
/// Pieces of work at once for one tenant, so that one cannot take all places.
const TENANT_IN_FLIGHT_MAX: usize = 64;

/// A piece of work under way.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    /// Whose it is.
    pub tenant: TenantId,
    /// The lane that it keeps busy.
    pub lane: String,
    /// Its due row.
    pub key: Key,
}

/// The pieces of work under way.
#[derive(Debug, Default)]
pub(super) struct Places {
    pieces: HashMap<task::Id, Piece>,
    keys: HashSet<Key>,
    busy: HashSet<(TenantId, String)>,
    by_tenant: BTreeMap<TenantId, usize>,
}

impl Places {
    /// Whether every place is taken.
    pub(super) fn are_full(&self) -> bool {
        self.pieces.len() >= IN_FLIGHT_MAX
    }

    /// Whether no place is left for this tenant.
    pub(super) fn are_full_for(&self, tenant: TenantId) -> bool {
        self.left_for(tenant) == 0
    }

    /// How many places are left for this tenant.
    pub(super) fn left_for(&self, tenant: TenantId) -> usize {
        let share = self.by_tenant.get(&tenant).copied().unwrap_or(0);
        let (all, own) = (
            IN_FLIGHT_MAX.saturating_sub(self.pieces.len()),
            TENANT_IN_FLIGHT_MAX.saturating_sub(share),
        );

        all.min(own)
    }

    /// Whether a tenant's lane has work under way.
    pub(super) fn is_busy(&self, tenant: TenantId, lane: &str) -> bool {
        self.busy.contains(&(tenant, lane.to_owned()))
    }

    /// Whether a due row is being worked on.
    pub(super) fn work_on(&self, key: &Key) -> bool {
        self.keys.contains(key)
    }

    /// Takes a place for a task.
    pub(super) fn take(&mut self, task: task::Id, piece: Piece) {
        self.keys.insert(piece.key.clone());
        self.busy.insert((piece.tenant, piece.lane.clone()));
        *self.by_tenant.entry(piece.tenant).or_default() += 1;
        self.pieces.insert(task, piece);
    }

    /// Gives the place of a task back, however it ended.
    pub(super) fn free(&mut self, task: task::Id) -> Option<Piece> {
        let piece = self.pieces.remove(&task)?;

        self.keys.remove(&piece.key);
        self.busy.remove(&(piece.tenant, piece.lane.clone()));
        if let Some(share) = self.by_tenant.get_mut(&piece.tenant) {
            *share -= 1;
            // Only tenants with work under way are listed, however many there have been.
            if *share == 0 {
                self.by_tenant.remove(&piece.tenant);
            }
        }

        Some(piece)
    }
}
