//! How an error is told: in words and with its stable code.

use stagewright_app::config::ConfigError;
use stagewright_app::{KeyError, ServerError, StartError};
use stagewright_trials::demo::DemoError;

use super::remote::RemoteError;
use super::serve::ServeError;
use super::storage::VerifyError;

/// An error as its user is told it: what was tried, why it did not work, what to do, and the stable
/// code.
#[must_use]
pub(crate) fn told(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        // Some errors quote their cause already.
        if !text.contains(&cause) {
            text.push_str(&format!(": {cause}"));
        }
    }

    match code(error) {
        Some(code) if !text.contains(&format!("({code})")) => format!("{text} ({code})"),
        _ => text,
    }
}

fn code(error: &anyhow::Error) -> Option<&'static str> {
    let codes = [
        error.downcast_ref().map(ServerError::code),
        error.downcast_ref().map(StartError::code),
        error.downcast_ref().map(KeyError::code),
        error.downcast_ref().map(ConfigError::code),
        error.downcast_ref().map(ServeError::code),
        error.downcast_ref().map(VerifyError::code),
        error.downcast_ref().map(RemoteError::code),
        error.downcast_ref().and_then(DemoError::code),
    ];

    codes.into_iter().flatten().next()
}
