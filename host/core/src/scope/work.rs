//! Work for people that a robot's call records: tasks, activities, history, notifications, and who
//! is responsible.

use crate::schema::built_in;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::effects::parsed;
use super::{Scope, Stop};
use crate::command::assign::{self, Choice};
use crate::command::attach_files::{self, Attached, Files};
use crate::command::complete_tasks::Which;
use crate::command::{complete_tasks, create_record, notify, write_history};
use crate::limits::{
    LIST_MAX, MESSAGE_CHARS_MAX, NAME_CHARS_MAX, POINT_CHARS_MAX, REASON_CHARS_MAX,
};
use crate::model::record::RecordRef;

/// Files that an effect names; of those beyond it says how many.
const FILES_NAMED_MAX: usize = 5;

/// A task as a guest gives it: its fields, and what becomes of it.
#[derive(Deserialize)]
struct NewTask {
    #[serde(default = "yes")]
    link: bool,
    #[serde(default)]
    attach_files: bool,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

fn yes() -> bool {
    true
}

/// Which tasks a guest wants completed.
#[derive(Deserialize)]
struct MadeTasks {
    #[serde(default)]
    pipeline: Option<String>,
    #[serde(default)]
    stages: Vec<String>,
}

/// An entry of the history as a guest gives it.
#[derive(Deserialize)]
struct NewEntry {
    text: String,
    #[serde(default)]
    author: Option<String>,
}

/// A notification as a guest gives it.
#[derive(Deserialize)]
struct NewNotification {
    to: Vec<String>,
    text: String,
}

impl Scope {
    /// Makes one of several users responsible and answers who it is. Serves
    /// `records.change.assign`.
    ///
    /// # Errors
    /// [`Stop`].
    pub fn assign(
        &mut self,
        target: Option<RecordRef>,
        choice: &str,
        random: u64,
    ) -> Result<String, Stop> {
        let target = self.target(target)?;
        self.allow("records.assign", &target.kind)?;
        self.room_for_effect()?;

        let choice: Choice = parsed("choice", choice)?;
        let user = self.decide(|tx, ctx| assign::decide(tx, ctx, &target, &choice, random))?;
        let name = self.look(|tx| {
            crate::command::add_observers::names(tx, &self.ctx, std::slice::from_ref(&user))
        })?;
        self.effects.push(format!("responsible: {name}"));
        Ok(user)
    }

    /// Creates a task and answers its id. Serves `work.tasks.create`.
    ///
    /// # Errors
    /// [`Stop`].
    pub fn create_task(&mut self, task: &str) -> Result<String, Stop> {
        self.allow("tasks.create", "")?;
        self.room_for_effect()?;

        let NewTask { link, attach_files, mut fields } = parsed("task", task)?;
        if link {
            fields.insert("items".to_owned(), json!([self.target(None)?]));
        }

        let mut fitted: Vec<String> = cut_field(&mut fields, "title").into_iter().collect();
        fitted.extend(fit_points(&mut fields));

        let from = if attach_files { Some(self.target(None)?) } else { None };
        let (task, attached) = self.decide(|tx, ctx| {
            let (task, _) = create_record::decide(tx, ctx, built_in::TASK, &fields)?;
            let attached = match &from {
                Some(from) => attach_files::decide(tx, ctx, from, &task.key, &Files::All)?,
                None => Attached::default(),
            };
            Ok((task, attached))
        })?;

        let said = format!("task created: {}", task.text("title"));
        self.effects.push(
            [said]
                .into_iter()
                .chain(fitted)
                .chain(left_out(&attached.full))
                .collect::<Vec<_>>()
                .join("; "),
        );

        Ok(task.key.id)
    }

    /// Completes tasks of the item that other robots made and answers their ids. Serves
    /// `work.tasks.complete`.
    ///
    /// # Errors
    /// [`Stop`].
    pub fn complete_tasks(&mut self, which: &str) -> Result<Vec<String>, Stop> {
        self.allow("tasks.complete", "")?;
        self.room_for_effect()?;

        let (item, MadeTasks { pipeline, stages }) = (self.target(None)?, parsed("which", which)?);
        let which = Which { pipeline, stages };
        let completed = self.decide(|tx, ctx| complete_tasks::decide(tx, ctx, &item, &which))?;

        self.effects.push(format!("tasks completed: {}", completed.len()));
        Ok(completed)
    }

    /// Plans an activity for the item and answers its id. Serves `work.activities.schedule`.
    ///
    /// # Errors
    /// [`Stop`].
    pub fn schedule(&mut self, activity: &str) -> Result<String, Stop> {
        self.allow("activities.write", "")?;
        self.room_for_effect()?;

        let mut fields: Map<String, Value> = parsed("activity", activity)?;
        fields.insert("item".to_owned(), json!(self.target(None)?));
        let cut = cut_field(&mut fields, "subject");

        let (activity, _) =
            self.decide(|tx, ctx| create_record::decide(tx, ctx, built_in::ACTIVITY, &fields))?;

        let due = Some(activity.text("due"))
            .filter(|due| !due.is_empty())
            .map(|due| format!(", due {due}"));
        let said = format!(
            "{} planned: {}{}",
            activity.text("type"),
            activity.text("subject"),
            due.unwrap_or_default()
        );

        self.effects.push([said].into_iter().chain(cut).collect::<Vec<_>>().join("; "));
        Ok(activity.key.id)
    }

    /// Writes into the item's history and answers the entry's id. Serves `history.write`.
    ///
    /// # Errors
    /// [`Stop`].
    pub fn write_history(&mut self, entry: &str) -> Result<String, Stop> {
        self.allow("history.write", "")?;
        self.room_for_effect()?;

        let (item, NewEntry { text, author }) = (self.target(None)?, parsed("entry", entry)?);
        let words = format!("history: {}", text.chars().take(REASON_CHARS_MAX).collect::<String>());
        let entry = write_history::Entry { text, author };
        let id = self.decide(|tx, ctx| write_history::decide(tx, ctx, &item, &entry))?;
        self.effects.push(words);
        Ok(id)
    }

    /// Notifies users and answers the notifications' ids. Serves `notify.send`.
    ///
    /// # Errors
    /// [`Stop`].
    pub fn notify(&mut self, notification: &str) -> Result<Vec<String>, Stop> {
        self.allow("notify.send", "")?;
        self.room_for_effect()?;

        let (item, NewNotification { to, mut text }) =
            (self.item.clone(), parsed("notification", notification)?);
        let cut = cut("text", &mut text, MESSAGE_CHARS_MAX);

        let ids =
            self.decide(|tx, ctx| notify::decide(tx, ctx, item.as_ref(), &to, &text, None))?;
        let names = self.look(|tx| crate::command::add_observers::names(tx, &self.ctx, &to))?;
        self.effects.push(
            [format!("notified: {names}")].into_iter().chain(cut).collect::<Vec<_>>().join("; "),
        );

        Ok(ids)
    }
}

/// Cuts a name that a guest gives to the length that names may have, and says so. A text with an
/// item's values in it grows with them, and the work is wanted in spite of that; a person who
/// writes too much is told instead.
fn cut_field(fields: &mut Map<String, Value>, name: &str) -> Option<String> {
    match fields.get_mut(name) {
        Some(Value::String(text)) => cut(name, text, NAME_CHARS_MAX),
        _ => None,
    }
}

/// Drops the points of a checklist that say nothing and cuts those that are too long, and says so:
/// a point made of the item's values may be blank, and the task is wanted in spite of that. What is
/// no point at all is left for the check of the field.
fn fit_points(fields: &mut Map<String, Value>) -> Vec<String> {
    let Some(Value::Array(points)) = fields.get_mut("checklist") else { return Vec::new() };

    let before = points.len();
    points.retain(|point| {
        point.get("text").and_then(Value::as_str).is_none_or(|text| !text.trim().is_empty())
    });
    let dropped = before - points.len();

    let texts = points.iter_mut().filter_map(|point| point.get_mut("text"));
    let shortened = texts.filter_map(|text| match text {
        Value::String(text) => cut("point", text, POINT_CHARS_MAX),
        _ => None,
    });

    let said = [
        (dropped, "blank points of the checklist left out".to_owned()),
        (shortened.count(), format!("points of the checklist cut to {POINT_CHARS_MAX} characters")),
    ];

    said.into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{what}: {count}"))
        .collect()
}

fn cut(what: &str, text: &mut String, chars_max: usize) -> Option<String> {
    if text.chars().count() <= chars_max {
        return None;
    }

    let kept: String = text.chars().take(chars_max - 1).collect();
    *text = format!("{}…", kept.trim_end());
    Some(format!("{what} cut to {chars_max} characters"))
}

/// Which of the item's files a task did not get.
fn left_out(full: &[String]) -> Option<String> {
    let named =
        full.iter().take(FILES_NAMED_MAX).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = full.len().saturating_sub(FILES_NAMED_MAX);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };

    (!full.is_empty()).then(|| {
        format!("files left out, as each is attached to {LIST_MAX} records already: {named}{more}")
    })
}
