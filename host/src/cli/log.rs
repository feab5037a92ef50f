//! The log on standard error.

use std::io::IsTerminal;

/// Writes the log to standard error, as lines for people. `STAGEWRIGHT_LOG` chooses what, such as
/// `debug` or `stagewright=trace`. The storage engine's own words are left out unless they are
/// asked for: what they mean for the host is said by the host.
pub(super) fn log(default: &str) {
    let filter = tracing_subscriber::EnvFilter::try_from_env("STAGEWRIGHT_LOG")
        .unwrap_or_else(|_unset| tracing_subscriber::EnvFilter::new(format!("{default},sled=off")));

    let _already_set = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .try_init();
}
