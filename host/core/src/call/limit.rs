//! The limits of one call.

/// A limit that a plugin can pass.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Limit {
    /// Instructions.
    Fuel,
    /// Time.
    Time,
    /// Memory.
    Memory,
    /// Elements of tables.
    Table,
    /// Calls to the host.
    HostCalls,
    /// Recorded effects.
    Effects,
    /// The size of the answer.
    Output,
}

impl Limit {
    const ALL: [Self; 7] = [
        Self::Fuel,
        Self::Time,
        Self::Memory,
        Self::Table,
        Self::HostCalls,
        Self::Effects,
        Self::Output,
    ];

    /// The stable code of the failure at this limit.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Fuel => "limit.fuel",
            Self::Time => "limit.time",
            Self::Memory => "limit.memory",
            Self::Table => "limit.table",
            Self::HostCalls => "limit.host-calls",
            Self::Effects => "limit.effects",
            Self::Output => "limit.output",
        }
    }

    /// The limit whose code this is.
    #[must_use]
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|limit| limit.code() == code)
    }
}
