//! Inverting expectations, each part of each once: a text says something else, a number is another
//! one, present becomes absent. An expectation whose inversion still holds cannot fail, so it
//! proves nothing.
//!
//! What only chooses where to look (`of`, `number`, the kind of record) is left alone.

mod leaves;
mod lists;
mod structs;

use super::grammar::Expectation;

/// Something that can be made to say the opposite in one part.
pub(super) trait Invert: Sized {
    /// Every inversion, with the part it is of, such as `.robots.get.state`.
    fn inversions(&self) -> Vec<(String, Self)>;
}

impl Invert for Expectation {
    fn inversions(&self) -> Vec<(String, Self)> {
        fn each<T: Invert>(
            name: &str,
            of: &T,
            whole: impl Fn(T) -> Expectation,
        ) -> Vec<(String, Expectation)> {
            of.inversions()
                .into_iter()
                .map(|(part, inverted)| (format!("{name}{part}"), whole(inverted)))
                .collect()
        }

        match self {
            Self::Sent(of) => each("sent", of, Self::Sent),
            Self::Record(of) => each("record", of, Self::Record),
            Self::Records(of) => each("records", of, Self::Records),
            Self::Run(of) => each("run", of, Self::Run),
            Self::Runs(of) => each("runs", of, Self::Runs),
            Self::Decision(of) => each("decision", of, Self::Decision),
            Self::Timeline(of) => each("timeline", of, Self::Timeline),
            Self::Conversation(of) => each("conversation", of, Self::Conversation),
            Self::Conversations(of) => each("conversations", of, Self::Conversations),
            Self::Delivery(of) => each("delivery", of, Self::Delivery),
            Self::Task(of) => each("task", of, Self::Task),
            Self::Activity(of) => each("activity", of, Self::Activity),
            Self::History(of) => each("history", of, Self::History),
            Self::Notification(of) => each("notification", of, Self::Notification),
            Self::Why(of) => each("why", of, Self::Why),
        }
    }
}
