//! The words of a plugin's catalogue: which kinds of settings and results there are.
//!
//! The host checks what is saved by these words, the SDK's macros refuse any other at compile time.
//! The list stands here, once, in a crate without dependencies that both can have
//! (`host/docs/adr/0012`). `wit/README.md` says what each kind holds.

mod kinds;
mod word;

pub use kinds::{ResultKind, SettingKind};
pub use word::Word;
