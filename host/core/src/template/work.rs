//! How much work and text a template may make.

use super::Unfilled;
use crate::limits::{RENDERED_CHARS_MAX, TEMPLATE_WORK_MAX};

/// What looking at one part of a template or one entry of a list costs.
const STEP: usize = 20;

/// The work that is left. Whoever makes a text pays for its bytes before it is there, so that work
/// bounds both time and memory.
#[derive(Debug)]
pub(super) struct Work {
    left: usize,
}

impl Work {
    /// As much as a template may do.
    pub(super) fn new() -> Self {
        Self { left: TEMPLATE_WORK_MAX }
    }

    /// Pays for looking at one thing.
    ///
    /// # Errors
    /// Too much work.
    pub(super) fn step(&mut self) -> Result<(), Unfilled> {
        self.spend(STEP)
    }

    /// Pays for bytes.
    ///
    /// # Errors
    /// Too much work.
    pub(super) fn spend(&mut self, amount: usize) -> Result<(), Unfilled> {
        // Nothing is left after a refusal, since some swallow it, such as a message that repeats a
        // value.
        let left = self.left.checked_sub(amount);
        self.left = left.unwrap_or(0);

        match left {
            Some(_) => Ok(()),
            None => Err(Unfilled::Failed(
                "the template does too much work; make its loops smaller".to_owned(),
            )),
        }
    }
}

/// A text that takes no more than it may have.
#[derive(Debug, Default)]
pub(super) struct Output {
    text: String,
    chars: usize,
}

impl Output {
    /// Writes behind what is there.
    ///
    /// # Errors
    /// The text would be too long.
    pub(super) fn write(&mut self, part: &str) -> Result<(), Unfilled> {
        self.chars += part.chars().count();
        if self.chars > RENDERED_CHARS_MAX {
            let message = format!(
                "the text has more than {RENDERED_CHARS_MAX} characters once filled in; make it \
                 shorter"
            );
            return Err(Unfilled::Failed(message));
        }

        self.text.push_str(part);
        Ok(())
    }

    /// What was written.
    pub(super) fn done(self) -> String {
        self.text
    }
}
