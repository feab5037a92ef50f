//! Scenario files: readable YAML that says what is there, what happens and what is expected, played
//! on the real host with real plugins and a real store, on a manual clock. What providers send
//! enters as signed bytes at `/hooks`, everything else over the HTTP API, and what leaves is read
//! from the bytes that a stand-in received.
//!
//! Start with [`run`]. `grammar` is the file as types, `load` reads and checks it, `world` is the
//! host with everything around it, `play` goes through the steps, `see` judges expectations,
//! `invert` turns them round. `tests/scenarios/README.md` describes the grammar for people.

pub mod grammar;
mod invert;
mod load;
mod play;
mod problem;
mod record;
mod report;
mod run;
mod see;
mod world;

pub use problem::Problem;
pub use report::{Failure, Outcome, Report, Verdict};
pub use run::{News, Options, RunError, run};
pub use world::StoreKind;
