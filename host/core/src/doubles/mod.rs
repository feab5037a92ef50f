//! Stand-ins for two of the seams, for tests: plugins that are closures, and a connector that sends
//! nothing. The store in memory and the manual clock, the doubles of the other two, are used by the
//! product as well and live with their siblings.

mod connector;
mod plugins;

pub use connector::RecordingConnector;
pub use plugins::{ScriptedPlugins, robot_answer};
