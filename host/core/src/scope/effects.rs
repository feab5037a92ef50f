//! What a robot's call records: each effect is checked against the grant, decided on the overlay,
//! and said in words.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{HostError, Scope, Stop, moment, refused, told};
use crate::call::Blame;
use crate::command::{add_observers, change_record, fields_of, move_item, send_message};
use crate::limits::DELAY_MS_MAX;
use crate::model::record::RecordRef;
use crate::schema;

impl Scope {
    /// Adds observers and answers who is new. Serves `records.observe.add-observers`.
    ///
    /// # Errors
    /// [`Stop`].
    pub fn add_observers(
        &mut self,
        target: Option<RecordRef>,
        users: &[String],
    ) -> Result<Vec<String>, Stop> {
        let target = self.target(target)?;
        self.allow("records.observe", &target.kind)?;
        self.room_for_effect()?;

        let added = self.decide(|tx, ctx| add_observers::decide(tx, ctx, &target, users))?;
        // Names are only shown, so they are no part of the decision: a user who is renamed
        // meanwhile is no conflict.
        let names = self.look(|tx| add_observers::names(tx, &self.ctx, &added))?;
        self.effects.push(if added.is_empty() {
            "already observer".to_owned()
        } else {
            format!("observers added: {names}")
        });

        Ok(added)
    }

    /// Changes fields. Serves `records.change.update`.
    ///
    /// # Errors
    /// [`Stop`].
    pub fn update(&mut self, target: Option<RecordRef>, fields: &str) -> Result<(), Stop> {
        let target = self.target(target)?;
        self.allow("records.write", &target.kind)?;
        self.room_for_effect()?;

        let known = self.look(|tx| fields_of(tx, self.ctx.tenant, &target.kind))?;
        let fields = schema::from_texts(&known, parsed("fields", fields)?);
        self.decide(|tx, ctx| change_record::decide(tx, ctx, &target, &fields, None).map(drop))?;

        let names: Vec<&str> = fields.keys().map(String::as_str).collect();
        self.effects.push(format!("changed {}", names.join(", ")));
        Ok(())
    }

    /// Moves an item and says whether it stood elsewhere. Serves `records.change.move`.
    ///
    /// # Errors
    /// [`Stop`].
    pub fn move_to(&mut self, target: Option<RecordRef>, stage: &str) -> Result<bool, Stop> {
        let target = self.target(target)?;
        self.allow("records.move", &target.kind)?;
        self.room_for_effect()?;

        let moved = self.decide(|tx, ctx| move_item::decide(tx, ctx, &target, stage, None))?.moved;
        self.effects.push(if moved {
            format!("moved to {stage}")
        } else {
            format!("stands on {stage} already")
        });

        Ok(moved)
    }

    /// Records a message and answers its delivery's id. Serves `messaging.send`.
    ///
    /// # Errors
    /// [`Stop`].
    pub fn send_message(&mut self, message: &str) -> Result<String, Stop> {
        self.allow("messaging.send", "")?;
        self.room_for_effect()?;

        let request =
            send_message::Request::parse(&parsed::<Value>("message", message)?).map_err(told)?;

        let (item, epoch, step) = (self.item.clone(), self.epoch, self.step.clone());
        let origin = send_message::Origin { item, epoch, step };
        let sent = self.decide(|tx, ctx| send_message::decide(tx, ctx, &request, &origin))?;

        self.effects.push(format!("message to {} through {}", sent.to, sent.channel));
        self.deliveries.push(sent.id.clone());
        Ok(sent.id)
    }

    /// Has the step be done at a moment that a guest gave. Serves `wait.until`.
    ///
    /// # Errors
    /// [`Stop`].
    pub fn wait(&mut self, until: &str) -> Result<(), Stop> {
        self.room_for_effect()?;

        let at = moment(until, "moment")?;
        if at.since_ms(self.ctx.now) > DELAY_MS_MAX {
            return Err(refused(
                "invalid",
                "a robot may wait for up to five years".to_owned(),
                Some("moment".to_owned()),
            ));
        }

        self.wait_until(at);
        self.effects.push(format!("waits until {at}"));
        Ok(())
    }
}

/// What a guest handed over as JSON. That it cannot be read is the guest's own fault.
pub(super) fn parsed<T: DeserializeOwned>(what: &str, json: &str) -> Result<T, Stop> {
    serde_json::from_str(json).map_err(|e| {
        let (message, subject) =
            (format!("the {what} is not readable: {e}"), Some(what.to_owned()));
        Stop::Refused(HostError {
            code: "invalid",
            message,
            subject,
            retryable: false,
            blame: Blame::Plugin,
        })
    })
}
