//! A call of plugin code and its answer, as values.

mod build;
mod channel;
mod context;
mod failure;
mod limit;
mod limits;
mod robot;
mod trigger;
mod usage;

pub use build::Build;
pub use channel::{ChannelAnswer, ChannelCall, ChannelSays, ChannelVerb, Exchange};
pub use context::CallContext;
pub use failure::{Blame, CallFailure, Retry};
pub use limit::Limit;
pub use limits::CallLimits;
pub use robot::{RobotAnswer, RobotCall, RobotOutcome};
pub use trigger::{TriggerAnswer, TriggerCall, Verdict};
pub use usage::{LogLine, Usage};
