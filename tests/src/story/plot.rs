//! What happens in a story, and where it is disturbed.

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Story {
    /// A client writes and nobody answers: after 30 minutes the employee gets a reminder and the
    /// supervisor becomes an observer.
    NobodyAnswers,
    /// A client writes and an employee accepts within 30 minutes: the deal moves on, the client is
    /// thanked, nobody is reminded.
    AnsweredInTime,
}

/// Where a host dies: before or after its so-many-th commit is durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Death {
    /// It is as if the commit had never been asked for.
    Before(u64),
    /// It is durable, and nobody hears of it.
    After(u64),
}
