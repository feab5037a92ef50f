//! What a robot's call may do: a [`Run`] is a [`Call`] that also records effects.

use std::ops::Deref;

use serde_json::{Value, json};

use crate::{
    Activity, Assignment, Call, HostError, MadeTasks, Message, RecordRef, Request, Response, Task,
    host,
};

/// One call of a robot: a [`Call`] that also records effects. They are committed together when the
/// robot answers `Ok`.
#[derive(Debug)]
pub struct Run {
    call: Call,
}

impl Deref for Run {
    type Target = Call;

    fn deref(&self) -> &Call {
        &self.call
    }
}

impl Run {
    pub(crate) fn new(call: Call) -> Self {
        Self { call }
    }

    /// Makes users observers of the item and gives back those who were none before. Needs
    /// `records.observe:<kind>`.
    ///
    /// # Errors
    /// The host's refusal.
    pub fn add_observers(&self, users: &[String]) -> Result<Vec<String>, HostError> {
        host::add_observers(None, users)
    }

    /// Makes users observers of another record.
    ///
    /// # Errors
    /// The host's refusal.
    pub fn add_observers_to(
        &self,
        target: &RecordRef,
        users: &[String],
    ) -> Result<Vec<String>, HostError> {
        host::add_observers(Some(target), users)
    }

    /// Changes fields of the item: `cx.change(&json!({ "comment": "called twice" }))`, `null`
    /// emptying one. Texts are read as the fields want them. Needs `records.write:<kind>`.
    ///
    /// # Errors
    /// The host's refusal, which names the field.
    pub fn change(&self, fields: &Value) -> Result<(), HostError> {
        host::record_update(None, &fields.to_string())
    }

    /// Changes fields of another record.
    ///
    /// # Errors
    /// The host's refusal, which names the field.
    pub fn change_record(&self, target: &RecordRef, fields: &Value) -> Result<(), HostError> {
        host::record_update(Some(target), &fields.to_string())
    }

    /// Moves the item to a stage of its pipeline and says whether it stood elsewhere. Needs
    /// `records.move:<kind>`.
    ///
    /// # Errors
    /// The host's refusal.
    pub fn move_to(&self, stage: &str) -> Result<bool, HostError> {
        host::record_move(None, stage)
    }

    /// Makes one of several users responsible for the item and gives back who it is. Needs
    /// `records.assign:<kind>`.
    ///
    /// # Errors
    /// The host's refusal; `conflict` where nobody is left to choose from.
    pub fn assign(&self, choice: &Assignment) -> Result<String, HostError> {
        host::record_assign(None, &choice.to_json())
    }

    /// Creates a task and gives back its id. Needs `tasks.create`.
    ///
    /// # Errors
    /// The host's refusal, which names the field.
    pub fn create_task(&self, task: &Task) -> Result<String, HostError> {
        host::create_task(&task.to_json())
    }

    /// Completes tasks of the item that other robots made and gives back their ids. Needs
    /// `tasks.complete`.
    ///
    /// # Errors
    /// The host's refusal.
    pub fn complete_tasks(&self, which: &MadeTasks) -> Result<Vec<String>, HostError> {
        host::complete_tasks(&which.to_json())
    }

    /// Plans an activity for the item and gives back its id. Needs `activities.write`.
    ///
    /// # Errors
    /// The host's refusal, which names the field.
    pub fn schedule(&self, activity: &Activity) -> Result<String, HostError> {
        host::schedule_activity(&activity.to_json())
    }

    /// Writes into the history of the item, on behalf of a user if one is given, and gives back the
    /// entry's id. Needs `history.write`.
    ///
    /// # Errors
    /// The host's refusal.
    pub fn write_history(&self, text: &str, author: Option<&str>) -> Result<String, HostError> {
        host::write_history(&json!({ "text": text, "author": author }).to_string())
    }

    /// Notifies users, each once, and gives back the notifications' ids. Needs `notify.send`.
    ///
    /// # Errors
    /// The host's refusal.
    pub fn notify(&self, users: &[String], text: &str) -> Result<Vec<String>, HostError> {
        host::notify(&json!({ "to": users, "text": text }).to_string())
    }

    /// Records a message and gives back the delivery's id. Needs `messaging.send`. It leaves after
    /// the step's commit.
    ///
    /// # Errors
    /// The host's refusal.
    pub fn send(&self, message: &Message) -> Result<String, HostError> {
        host::send(&message.to_json().to_string())
    }

    /// Lets the step be done only at this moment (RFC 3339): what was recorded is committed at
    /// once, and the robots after this one wait that long. The robot is not called again.
    ///
    /// # Errors
    /// The host's refusal.
    pub fn wait_until(&self, moment: &str) -> Result<(), HostError> {
        host::wait_until(moment)
    }

    /// Sends a request and waits for the answer, whatever its status. Needs `http.send:<host>`.
    /// Unlike the rest this is not recorded: the request leaves at once, and leaves again where the
    /// step fails and is tried again.
    ///
    /// # Errors
    /// The host's refusal; `unavailable` where there was no answer, though the server may have got
    /// the request.
    pub fn fetch(&self, request: &Request) -> Result<Response, HostError> {
        host::fetch(request)
    }
}
