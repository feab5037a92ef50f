//! What went wrong: the host's refusals and the plugin's own failures.

use std::fmt;

/// The host's refusal of one call. `?` turns it into a [`Failure`] that keeps its code and whether
/// to try again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostError {
    /// `permission-denied`, `not-found`, `invalid`, `conflict`, `limit-exceeded`, `unavailable`;
    /// more may come.
    pub code: String,
    /// One sentence that says what to do.
    pub message: String,
    /// The field, setting or permission it is about.
    pub subject: Option<String>,
    /// Whether the same call may succeed later.
    pub retryable: bool,
}

impl HostError {
    /// A refusal that no later attempt changes.
    pub fn permanent(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), subject: None, retryable: false }
    }

    /// The same refusal, about `subject`.
    #[must_use]
    pub fn about(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    pub(crate) fn unreadable(what: &str, cause: &serde_json::Error) -> Self {
        Self::permanent("invalid", format!("the host's {what} is not readable: {cause}"))
    }
}

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for HostError {}

/// Why a robot or trigger could not do it. Nothing that the call recorded happens then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The plugin's own code for statistics, `[a-z][a-z0-9-]*`.
    pub code: String,
    /// One sentence for the admin.
    pub message: String,
    /// The setting at fault, if one is.
    pub setting: Option<String>,
    /// Whether to try again.
    pub retryable: bool,
    /// Not before this many seconds.
    pub retry_after_seconds: Option<u32>,
}

impl Failure {
    /// Trying again would not help.
    pub fn permanent(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
            setting: None,
            retryable: false,
            retry_after_seconds: None,
        }
    }

    /// A later attempt may succeed; the host chooses when.
    pub fn retry(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { retryable: true, ..Self::permanent(code, message) }
    }

    /// Nobody holds the role `who` now. For the supervisor the words are "no supervisor", which is
    /// the case only at the top of the organisation, and which admins look for.
    pub fn nobody(who: &str) -> Self {
        match who {
            "supervisor" => Self::permanent("no-supervisor", "no supervisor"),
            role => Self::permanent("nobody", format!("nobody is {role}")),
        }
    }

    /// The host asked for a robot or trigger that the catalogue does not have; a bug of the host or
    /// a stale automation.
    #[doc(hidden)]
    pub fn unknown_offer(id: &str) -> Self {
        Self::permanent(
            "unknown-offer",
            format!("this plugin has nothing called `{id}`; choose an offer of its catalogue"),
        )
    }

    /// A later attempt, not before `seconds` have passed.
    #[must_use]
    pub fn after(mut self, seconds: u32) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }

    /// Names the setting at fault, so that the form can mark it.
    #[must_use]
    pub fn in_setting(mut self, key: impl Into<String>) -> Self {
        self.setting = Some(key.into());
        self
    }
}

impl From<HostError> for Failure {
    fn from(error: HostError) -> Self {
        Self { retryable: error.retryable, ..Self::permanent(error.code, error.message) }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Failure {}
