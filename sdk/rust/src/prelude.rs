//! Everything a plugin usually needs: `use stagewright_sdk::prelude::*;`.

pub use serde_json::{self, Value, json};

pub use crate::{
    Authenticity, Call, Channel, Delivery, Done, Event, Failure, InboundEvent, Incoming, Job, Message, Outcome, Record, RecordRef,
    Reply, Request, Response, Results, Robot, Run, Secret, Settings, Step, Template, Text, Trigger, Verdict, done, log, plugin,
    secret_equals, secret_signed, skip,
};
