//! The filters of templates.

mod call;
mod empty;
mod lists;
mod local;
mod money;
mod signatures;
mod texts;

pub(super) use call::Call;
pub use local::locale;
pub(super) use local::{LANGUAGES, is_format};
pub(super) use money::DECIMALS_MAX;
pub(super) use signatures::{apply, find, unknown};
