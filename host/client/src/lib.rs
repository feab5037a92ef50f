//! A thin client of the public HTTP API, for the scenario runner and the demo. It knows paths and
//! JSON and nothing of the host's inside, so that whoever uses it sees exactly what a customer's
//! program sees.

mod answer;
mod recorder;
mod render;
mod request;

pub use answer::{Answer, ClientError, Problem};
pub use recorder::{Exchange, Recorder};
pub use render::{Numbers, render};
pub use request::Client;
