//! Why a command is refused: a stable code, a sentence that says what to do, and which class of
//! trouble it is.

use std::fmt;

/// What kind of refusal this is. The HTTP layer alone knows the status that belongs to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RefusalKind {
    /// The request does not make sense as it stands.
    Invalid,
    /// Nobody is known by this credential.
    Unauthenticated,
    /// The actor may not do this.
    Forbidden,
    /// There is no such thing, or it belongs to another tenant.
    NotFound,
    /// The state of things does not allow it now.
    Conflict,
    /// The version the client named is not the current one.
    Stale,
    /// More than a limit allows.
    TooLarge,
    /// Too much at once; later it may work.
    Busy,
    /// The host cannot do it now, whoever asks; later it may work.
    Unavailable,
}

/// What other decisions look for in a refusal, to say more or otherwise. Codes and sentences are
/// for those outside.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reason {
    /// There is no such kind of record.
    UnknownKind,
    /// A template or condition refers to this, which is not there.
    UnknownReference(String),
}

/// A refused command.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// The class of trouble.
    pub kind: RefusalKind,
    /// Stable code, `area.what`, listed in `host/docs/ERRORS.md`.
    pub code: &'static str,
    /// One sentence for a person, saying what to do next.
    pub message: String,
    /// The field or setting at fault, as a JSON path such as `robots[1].settings.text`.
    pub field: Option<String>,
    /// Why, where other decisions look for that.
    pub reason: Option<Reason>,
}

impl Refusal {
    /// A refusal of class `kind`.
    #[must_use]
    pub fn new(kind: RefusalKind, code: &'static str, message: impl Into<String>) -> Self {
        Self { kind, code, message: message.into(), field: None, reason: None }
    }

    /// A request that makes no sense.
    #[must_use]
    pub fn invalid(
        code: &'static str,
        field: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self::new(RefusalKind::Invalid, code, message).at(field)
    }

    /// Something that is not there; another tenant's things answer exactly alike.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(
            RefusalKind::NotFound,
            "not-found",
            format!("there is no such {what}; list them to see which there are"),
        )
    }

    /// A state that does not allow the command.
    #[must_use]
    pub fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(RefusalKind::Conflict, code, message)
    }

    /// The same refusal, about `field`.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// The same refusal, for this reason.
    #[must_use]
    pub fn because(mut self, reason: Reason) -> Self {
        self.reason = Some(reason);
        self
    }

    /// The same refusal, its field inside `outer`.
    #[must_use]
    pub fn inside(mut self, outer: &str) -> Self {
        self.field = Some(match self.field {
            Some(inner) if inner.starts_with('[') => format!("{outer}{inner}"),
            Some(inner) => format!("{outer}.{inner}"),
            None => outer.to_owned(),
        });
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.field {
            Some(field) => write!(f, "{} ({}: {})", self.message, self.code, field),
            None => write!(f, "{} ({})", self.message, self.code),
        }
    }
}
