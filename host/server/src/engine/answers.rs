//! What servers outside answered to robots whose steps are not committed yet.
//!
//! A step is called again where another commit came first, or where an event of its item has to be
//! dispatched before. The second call gets the answers of the first, so that a server is asked once
//! however busy the item is. They are kept in memory: after a crash the request is sent again, with
//! the same `Idempotency-Key`.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use stagewright_core::key::Key;
use stagewright_core::outside::Exchange;

/// Steps whose answers are kept at most. A step that went another way, with its stage for instance,
/// never asks for its answers.
const STEPS_MAX: usize = 64;

/// A step's due row and its answers.
type Answered = (Key, Vec<Exchange>);

/// The answers, oldest step first.
#[derive(Clone, Debug, Default)]
pub struct Answers(Arc<Mutex<VecDeque<Answered>>>);

impl Answers {
    /// Keeps what a step was answered, dropping the oldest step's where there are too many.
    pub(super) fn keep(&self, step: &Key, answered: Vec<Exchange>) {
        if answered.is_empty() {
            return;
        }

        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_back((step.clone(), answered));
        if kept.len() > STEPS_MAX {
            kept.pop_front();
        }
    }

    /// Takes what a step was answered before.
    pub(super) fn take(&self, step: &Key) -> Vec<Exchange> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = kept.iter().position(|(key, _)| key == step);
        place.and_then(|place| kept.remove(place)).map(|(_, answered)| answered).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use stagewright_core::id::TenantId;
    use stagewright_core::key::Table;
    use stagewright_core::outside::{ConnectError, Request};

    use super::*;

    #[test]
    fn only_the_newest_steps_answers_are_kept_and_each_is_taken_once() {
        let key =
            |number: usize| Key::new(TenantId([1; 16]), Table::Record, &[&number.to_string()]);

        let request = Request {
            method: "GET".into(),
            url: "https://a.example/".into(),
            headers: Vec::new(),
            body: Vec::new(),
        };
        let answered = vec![Exchange { request, answer: Err(ConnectError::AnswerTooLarge(1)) }];

        let answers = Answers::default();
        for number in 0..=STEPS_MAX {
            answers.keep(&key(number), answered.clone());
        }
        answers.keep(&key(1_000), Vec::new());

        assert_eq!(answers.take(&key(0)), vec![]);
        assert_eq!(answers.take(&key(1)), answered);
        assert_eq!(answers.take(&key(1)), vec![]);
    }
}
