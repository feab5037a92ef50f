//! Templates of settings.

mod preview;

pub(super) use preview::preview_template;
