//! Work of the engine that others did, or undid, before it was decided.

/// What a decision finds where its work is no longer there to be done.
///
/// This is no refusal: nobody asked, and nobody is told. The engine lets go of the work, or decides
/// anew.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Overtaken {
    /// The step is over, or does not wait for its moment any more.
    #[error("the step is over already")]
    StepOver,
    /// The event has been dispatched.
    #[error("the event has been dispatched already")]
    Dispatched,
    /// The automations are other ones than those whose triggers were asked.
    #[error("the automations changed meanwhile")]
    PlanStale,
}
