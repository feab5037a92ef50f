//! The demo: the main story, played both ways on a manual clock against a stand-in for the
//! provider.
//!
//! It is a client of the public API and nothing more. Every line it shows is read back over HTTP or
//! from the bytes that the stand-in received, so what it shows happened. `bundles` builds the
//! plugins, `setup` makes a tenant, `story` plays and checks, `host` starts what it needs;
//! `play` goes through all of it.

mod bundles;
mod error;
mod host;
mod play;
mod setup;
mod story;

pub use bundles::PLUGINS;
pub(crate) use bundles::{Built, build_bundles};
pub use error::DemoError;
pub use play::{Demo, Options};
pub(crate) use setup::first_token;
