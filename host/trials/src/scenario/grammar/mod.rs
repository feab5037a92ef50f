//! The grammar of scenario files as types. `tests/scenarios/README.md` describes it for people; the
//! two change together.
//!
//! Every key is known or an error; everything that may be wrong later keeps its place in the file.
//! Nothing here runs anything.

mod action;
mod entry;
mod expect;
mod file;
mod located;
mod moment;
mod pattern;
mod provider;
mod robot;
mod work;

pub use action::{
    Accept, Action, Change, ClientWrites, Create, Find, FireEvent, Invoke, Merge, Method, Publish,
    Reply, Request,
};
pub use entry::{Entry, Refused};
pub use expect::{
    ConversationIs, Conversations, DecisionIs, DeliveryIs, Expectation, Message, RecordIs, Records,
    RunIs, Runs, TimelineHas,
};
pub use file::{Fixture, Scenario, Step, TenantSpec};
pub use located::{Fields, Located, Name, Spot};
pub(in crate::scenario) use moment::is_name;
pub use moment::{Base, Moment};
pub use pattern::{Pattern, matches};
pub use provider::{ChangeChannel, Choice, ProviderReports, Reaction, Reported, SettleDelivery};
pub use robot::RobotIs;
pub use work::{ActivityIs, HistoryHas, NotificationIs, TaskIs, WhyIs};
