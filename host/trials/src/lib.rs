//! Tools that try the product and are no part of it: the scenario runner, the demo, measurements.
//!
//! All of them start a real host and speak to it over HTTP, as customers' programs do.

pub mod bench;
pub mod demo;
mod measure;
pub mod scenario;
