//! What stands on a pipeline, as one file.

use std::collections::BTreeSet;

use serde_json::Value;
use stagewright_core::command::import_automations::Import;
use stagewright_core::drive::Failure;
use stagewright_core::id::TenantId;
use stagewright_core::model::automation::{Automation, CalendarMode, InWorkingTime};
use stagewright_core::model::calendar::Calendar;
use stagewright_core::model::pipeline::Pipeline;
use stagewright_core::model::record::IndexEntry;

use super::Service;
use crate::automation_file::write;

impl Service {
    /// A pipeline, the calendars that its robots count by, and the drafts of its automations, as YAML.
    ///
    /// # Errors
    /// `not-found`.
    pub async fn export_automations(&self, tenant: TenantId, pipeline: &str) -> Result<String, Failure> {
        let (pipeline, _) = self.fetch::<Pipeline>(&Pipeline::key(tenant, pipeline)).await?;
        let stages = pipeline.stages.iter().map(|stage| Automation::stage_key(tenant, &pipeline.id, &stage.id));
        let entries = self.fetch_all::<IndexEntry>(&stages.collect::<Vec<_>>()).await?;
        let keys: Vec<_> = entries.iter().map(|(entry, _)| Automation::key(tenant, &entry.id)).collect();
        let automations: Vec<Automation> =
            self.fetch_all::<Automation>(&keys).await?.into_iter().map(|(automation, _)| automation).collect();
        let named: Vec<_> = calendars(&automations).iter().map(|id| Calendar::key(tenant, id)).collect();
        let calendars = self.fetch_all::<Calendar>(&named).await?.into_iter().map(|(calendar, _)| calendar).collect();
        write(&Import { pipeline, calendars, automations }).map_err(Failure::Damaged)
    }
}

/// The ids of the calendars that robots name, by their times or in their settings. Other calendars belong to lines and people.
fn calendars(automations: &[Automation]) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for robot in automations.iter().flat_map(|automation| &automation.robots) {
        ids.extend(robot.working_time.iter().map(|rule| rule.fixed_calendar().to_owned()));
        robot.settings.iter().for_each(|(key, value)| in_settings(key, value, &mut ids));
    }
    ids
}

/// What stands in settings under the word `calendar`.
fn in_settings(key: &str, value: &Value, ids: &mut BTreeSet<String>) {
    match value {
        Value::String(id) if key.ends_with("calendar") => {
            let rule = InWorkingTime { calendar: id.clone(), mode: CalendarMode::default() };
            ids.insert(rule.fixed_calendar().to_owned());
        }
        Value::Object(map) => map.iter().for_each(|(key, value)| in_settings(key, value, ids)),
        Value::Array(list) => list.iter().for_each(|value| in_settings(key, value, ids)),
        _ => {}
    }
}
