//! What Meta sends to the channel: checked first, then translated.

mod authentic;
mod content;
mod notification;
mod stamp;
mod status;

pub(crate) use authentic::{APP_SECRET, VERIFY_TOKEN, authenticate};
pub(crate) use notification::receive;
