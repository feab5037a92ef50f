//! The attempt's log. An admin reads it, so write sentences; it is kept even when the attempt
//! fails.

use crate::host;

/// For the plugin's author; shown on request.
pub fn debug(message: impl AsRef<str>) {
    host::log_write("debug", message.as_ref());
}

/// What was done and why.
pub fn info(message: impl AsRef<str>) {
    host::log_write("info", message.as_ref());
}

/// Something an admin may want to change.
pub fn warn(message: impl AsRef<str>) {
    host::log_write("warn", message.as_ref());
}

/// What went wrong.
pub fn error(message: impl AsRef<str>) {
    host::log_write("error", message.as_ref());
}
