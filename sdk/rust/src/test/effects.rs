//! How the mock host records what robots do. It checks what every host would; what only a tenant's
//! own set-up decides (stages, fields, groups, calendars) it takes as it comes.

use chrono::{DateTime, SecondsFormat, TimeDelta};
use serde_json::{Value, json};

use super::Effect;
use super::mock::{World, missing, parsed};
use crate::{HostError, RecordRef, Request, Response, duration_ms};

impl World {
    pub(crate) fn update(
        &mut self,
        target: Option<&RecordRef>,
        fields: &str,
    ) -> Result<(), HostError> {
        let target = self.permitted("records.write", target)?;
        let fields = parsed(fields)?;
        let Value::Object(changes) = &fields else {
            return Err(invalid("fields", "the fields are no JSON object"));
        };

        if let Some(Value::Object(record)) = self.records.get_mut(&target) {
            record.extend(changes.clone());
        }

        self.effects.push(Effect::Changed { target, fields });
        Ok(())
    }

    pub(crate) fn move_to(
        &mut self,
        target: Option<&RecordRef>,
        stage: &str,
    ) -> Result<bool, HostError> {
        let target = self.permitted("records.move", target)?;
        let stands = self.records.get(&target).and_then(|record| record.get("stage"));
        if stands.is_some_and(|stands| stands == stage) {
            return Ok(false);
        }

        self.effects.push(Effect::Moved { target, stage: stage.to_owned() });
        Ok(true)
    }

    pub(crate) fn assign(
        &mut self,
        target: Option<&RecordRef>,
        choice: &str,
    ) -> Result<String, HostError> {
        let target = self.permitted("records.assign", target)?;
        let choice = parsed(choice)?;
        let skips = choice.get("skip_absent") != Some(&Value::Bool(false));
        let users = texts(&choice, "users")?;

        let chosen = users.into_iter().find(|user| !skips || !self.absent.contains(user));
        let user = chosen.ok_or_else(|| {
            HostError::permanent("conflict", "nobody is available").about("assign.nobody-available")
        })?;

        self.effects.push(Effect::Assigned { target, user: user.clone(), choice });
        Ok(user)
    }

    pub(crate) fn create_task(&mut self, task: &str) -> Result<String, HostError> {
        self.allow("tasks.create")?;
        let task = parsed(task)?;
        filled(&task, "title")?;

        self.effects.push(Effect::TaskCreated(task));
        Ok(format!("task-{}", self.effects.len()))
    }

    pub(crate) fn complete_tasks(&mut self, which: &str) -> Result<Vec<String>, HostError> {
        self.allow("tasks.complete")?;
        self.reference(None)?;
        let which = parsed(which)?;
        let (pipeline, stages) =
            (which.get("pipeline").and_then(Value::as_str), texts(&which, "stages")?);

        let chosen = self.made_tasks.extract_if(.., |task| {
            pipeline.is_none_or(|pipeline| pipeline == task.pipeline)
                && (stages.is_empty() || stages.contains(&task.stage))
        });
        let completed: Vec<String> = chosen.map(|task| task.id).collect();

        if !completed.is_empty() {
            self.effects.push(Effect::TasksCompleted(completed.clone()));
        }
        Ok(completed)
    }

    pub(crate) fn schedule(&mut self, activity: &str) -> Result<String, HostError> {
        self.allow("activities.write")?;
        self.reference(None)?;
        let activity = parsed(activity)?;
        filled(&activity, "subject")?;
        moment(activity.get("due").and_then(Value::as_str).unwrap_or(""), "due")?;

        self.effects.push(Effect::ActivityScheduled(activity));
        Ok(format!("activity-{}", self.effects.len()))
    }

    pub(crate) fn write_history(&mut self, entry: &str) -> Result<String, HostError> {
        self.allow("history.write")?;
        self.reference(None)?;
        let entry = parsed(entry)?;
        filled(&entry, "text")?;

        self.effects.push(Effect::HistoryWritten(entry));
        Ok(format!("entry-{}", self.effects.len()))
    }

    pub(crate) fn notify(&mut self, notification: &str) -> Result<Vec<String>, HostError> {
        self.allow("notify.send")?;
        let notification = parsed(notification)?;
        filled(&notification, "text")?;
        let users = texts(&notification, "to")?;
        if let Some(stranger) = users.iter().find(|user| !self.users.contains_key(*user)) {
            return Err(missing("user", stranger));
        }

        self.effects.push(Effect::Notified(notification));
        Ok(users.iter().map(|user| format!("notification-{user}")).collect())
    }

    pub(crate) fn wait_until(&mut self, until: &str) -> Result<(), HostError> {
        moment(until, "moment")?;
        self.effects.push(Effect::WaitsUntil(until.to_owned()));
        Ok(())
    }

    pub(crate) fn fetch(&mut self, request: &Request) -> Result<Response, HostError> {
        let server = request
            .url
            .strip_prefix("https://")
            .and_then(|rest| rest.split('/').next())
            .unwrap_or("");
        if server.is_empty() {
            return Err(invalid("url", &format!("`{}` is not an https address", request.url)));
        }

        self.allow(&format!("http.send:{server}"))?;
        self.effects.push(Effect::Fetched(request.clone()));

        let lost = || HostError {
            retryable: true,
            ..HostError::permanent("unavailable", "no answer came in time")
        };
        self.answers.pop_front().ok_or_else(lost)
    }

    /// There are no calendars here: every hour counts. What was asked for is kept for the test.
    pub(crate) fn shift(&mut self, shift: &str) -> Result<String, HostError> {
        let shift = parsed(shift)?;
        let text = |key: &str| shift.get(key).and_then(Value::as_str);
        let from = moment(text("from").unwrap_or(&self.now), "from")?;

        let add = text("add").unwrap_or("0s");
        let (sign, length) = add.strip_prefix('-').map_or((1, add), |length| (-1, length));
        let add = duration_ms(length).map_err(|failure| invalid("add", &failure.message))?;
        let at =
            TimeDelta::try_milliseconds(sign * add).and_then(|add| from.checked_add_signed(add));
        let at = at.ok_or_else(|| invalid("add", "this is outside the calendar"))?;

        self.shifts.push(shift);
        Ok(at.to_utc().to_rfc3339_opts(SecondsFormat::Millis, true))
    }

    /// The record that a call names, if the permission is not refused.
    fn permitted(&self, family: &str, target: Option<&RecordRef>) -> Result<RecordRef, HostError> {
        let target = self.reference(target)?;
        self.allow(&format!("{family}:{}", target.kind))?;
        Ok(target)
    }
}

fn invalid(subject: &str, message: &str) -> HostError {
    HostError::permanent("invalid", message).about(subject)
}

fn filled(value: &Value, key: &str) -> Result<(), HostError> {
    let text = value.get(key).and_then(Value::as_str).unwrap_or("");
    if text.trim().is_empty() {
        Err(invalid(key, &format!("`{key}` is empty; fill it in")))
    } else {
        Ok(())
    }
}

fn texts(value: &Value, key: &str) -> Result<Vec<String>, HostError> {
    let list = value.get(key).cloned().unwrap_or_else(|| json!([]));
    serde_json::from_value(list)
        .map_err(|cause| invalid(key, &format!("`{key}` is no list of texts: {cause}")))
}

fn moment(text: &str, subject: &str) -> Result<DateTime<chrono::FixedOffset>, HostError> {
    DateTime::parse_from_rfc3339(text)
        .map_err(|cause| invalid(subject, &format!("`{text}` is no moment: {cause}")))
}
