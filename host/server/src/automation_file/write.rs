//! Writing a file.

use serde::Serialize;
use serde_json::{Value, json};

use stagewright_core::command::import_automations::Import;
use stagewright_core::model::automation::{Automation, RobotSpec, TriggerSpec};
use stagewright_core::model::calendar::{Calendar, Week};
use stagewright_core::model::pipeline::{Pipeline, Stage};

use super::FORMAT;
use super::tidy::{Tidy, without};

/// Writes a file: comments that say what it is, then the pipeline, the calendars and the
/// automations in the order of its stages.
///
/// # Errors
/// A sentence where something cannot be written as YAML.
pub fn write(import: &Import) -> Result<String, String> {
    let mut automations: Vec<&Automation> = import.automations.iter().collect();
    let place =
        |automation: &Automation| import.pipeline.stage(&automation.stage).map(|(place, _)| place);
    automations.sort_by_key(|automation| (place(automation), automation.id.clone()));

    let mut calendars: Vec<&Calendar> = import.calendars.iter().collect();
    calendars.sort_by(|one, other| one.id.cmp(&other.id));

    let mut text = head(&import.pipeline);
    text.push_str(&part("format", &json!(FORMAT))?);
    text.push_str(&part("pipeline", &pipeline(&import.pipeline))?);
    text.push_str(&part("calendars", &calendars.into_iter().map(calendar).collect())?);
    text.push_str(&part("automations", &automations.into_iter().map(automation).collect())?);
    Ok(text)
}

fn head(pipeline: &Pipeline) -> String {
    // A name may hold anything but a line's end here.
    let name: String =
        pipeline.name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();

    format!(
        "# Automations of the pipeline {} ({name}): what robots do on its stages, and which \
         triggers move its {}s there.\n\
         # Read it back with `stagewright automation import`; `--dry-run` shows what that would \
         change. Ids are stable: an id that is\n\
         # there already is changed, another one is made, and what stands on the pipeline and not \
         here is left alone.\n\
         # What is not written has its default. Plugins, lines and employees that are named here \
         have to be there.\n",
        pipeline.id, pipeline.kind
    )
}

/// One key of the file and an empty line in front of it.
fn part(key: &str, value: &Value) -> Result<String, String> {
    let options = serde_saphyr::ser_options! { compact_list_indent: false };
    let one = json!({ key: value });
    let text =
        serde_saphyr::to_string_with_options(&Tidy(&one), options).map_err(|e| e.to_string())?;
    Ok(format!("\n{}\n", text.trim_end_matches('\n')))
}

fn pipeline(pipeline: &Pipeline) -> Value {
    let usual = like(&json!({"id": "", "name": ""}), |stage: Stage| json!(stage));
    let mut value = json!(pipeline);
    entries(&mut value, "stages", &usual);
    value
}

fn calendar(calendar: &Calendar) -> Value {
    let mut value = json!(calendar);
    if let Some(week) = value.get_mut("week") {
        *week = without(week.take(), &json!(Week::default()));
    }
    value
}

fn automation(automation: &Automation) -> Value {
    let mut value = json!({"id": automation.id, "stage": automation.stage});
    let plugin = json!({"id": "", "plugin": "", "robot": "", "trigger": ""});
    let of = |key: &str| json!({"id": "", "plugin": "", key: plugin.get(key)});
    let lists = [
        (
            "triggers",
            json!(automation.triggers),
            like(&of("trigger"), |trigger: TriggerSpec| json!(trigger)),
        ),
        ("robots", json!(automation.robots), like(&of("robot"), |robot: RobotSpec| json!(robot))),
    ];

    for (key, list, usual) in lists {
        if let Some(map) = value.as_object_mut().filter(|_| list != json!([])) {
            map.insert(key.to_owned(), list);
        }
        entries(&mut value, key, &usual);
    }

    value
}

/// What a thing holds that says only what it must say.
fn like<T: serde::de::DeserializeOwned + Serialize>(
    least: &Value,
    shown: impl Fn(T) -> Value,
) -> Value {
    let mut usual = serde_json::from_value::<T>(least.clone()).map_or(Value::Null, shown);

    // What must be said is always written.
    if let (Some(map), Some(least)) = (usual.as_object_mut(), least.as_object()) {
        map.retain(|key, _| !least.contains_key(key));
    }
    usual
}

/// Takes what is usual out of each entry of a list.
fn entries(value: &mut Value, list: &str, usual: &Value) {
    for entry in value.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
        *entry = without(entry.take(), usual);
    }
}
