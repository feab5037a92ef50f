//! How much a call may use.

use serde::{Deserialize, Serialize};

/// The limits of one call. Each has its own error code.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CallLimits {
    /// The guest's own work, in wasmtime's fuel. `limit.fuel`.
    pub fuel: u64,
    /// The whole call, host calls included, in milliseconds. `limit.time`.
    pub wall_ms: u64,
    /// Summed over all of the guest's memories, in bytes. `limit.memory`.
    pub memory_bytes: u64,
    /// Summed over all of the guest's tables. `limit.table`.
    pub table_elements: u64,
    /// Calls of imported functions. `limit.host-calls`.
    pub host_calls: u32,
    /// Recorded effects. `limit.effects`.
    pub effects: u32,
    /// Log text in bytes; more is cut with a mark.
    pub log_bytes: u32,
    /// The guest's answer, in bytes. `limit.output`.
    pub output_bytes: u32,
}

impl CallLimits {
    /// A robot's limits where its manifest and the admin say nothing.
    pub const ROBOT: Self = Self {
        fuel: 1_000_000_000,
        wall_ms: 15_000,
        memory_bytes: 64 << 20,
        table_elements: 50_000,
        host_calls: 1_000,
        effects: 200,
        log_bytes: 256 << 10,
        output_bytes: 64 << 10,
    };

    /// A trigger's limits.
    pub const TRIGGER: Self =
        Self { fuel: 100_000_000, wall_ms: 1_000, host_calls: 200, effects: 0, ..Self::ROBOT };

    /// A channel's limits; its answers carry whole requests.
    pub const CHANNEL: Self =
        Self { wall_ms: 5_000, effects: 0, output_bytes: 4 << 20, ..Self::ROBOT };
}
