//! Events fired from outside.

mod fire;

pub(super) use fire::{answer_event, fire_event};
