//! What keeps a template from being a text.

/// Why a template has no text for an item.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unfilled {
    /// It does not work: a sentence.
    Failed(String),
    /// This reference must not be empty, and is.
    Required(String),
    /// What asked for it is to be skipped, and why.
    Skip(String),
}
