//! What is said to the user.

use std::io::Write;

/// Says something to the user. Where nobody listens any more, as behind `| head`, there is nothing
/// to be done about it.
pub(crate) fn out(text: &str) {
    let _nobody_listens = writeln!(std::io::stdout(), "{text}");
}

/// The same on standard error.
pub(crate) fn err(text: &str) {
    let _nobody_listens = writeln!(std::io::stderr(), "{text}");
}
