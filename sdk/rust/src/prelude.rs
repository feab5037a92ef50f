//! Everything a plugin usually needs: `use stagewright_sdk::prelude::*;`.

pub use serde_json::{self, Value, json};

pub use crate::{
    Activity, Assignment, Authenticity, Call, Channel, ChecklistItem, Delivery, Done, Event,
    Failure, InboundEvent, Incoming, Job, MadeTasks, Message, Outcome, Record, RecordRef, Reply,
    Request, Response, Results, Robot, Run, Secret, Settings, Shift, Step, Task, Template, Text,
    Trigger, Verdict, done, duration_ms, log, plugin, secret_equals, secret_signed, skip,
};
