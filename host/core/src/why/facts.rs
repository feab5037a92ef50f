//! What an answer rests on.

use std::collections::BTreeMap;

use crate::model::automation::{Automation, AutomationVersion, RobotSpec, TriggerSpec};
use crate::model::event::{Candidate, Decisions};
use crate::model::pauses::Pauses;
use crate::model::pipeline::Pipeline;
use crate::model::plugin::Plugin;
use crate::model::record::{Lane, Record};
use crate::model::run::{Run, Step};
use crate::time::Timestamp;

/// An automation as it is edited and as it runs.
#[derive(Debug)]
pub(super) struct Standing {
    /// The draft.
    pub(super) draft: Automation,
    /// The published version.
    pub(super) version: Option<AutomationVersion>,
}

impl Standing {
    /// A robot of the published version.
    pub(super) fn robot(&self, id: &str) -> Option<&RobotSpec> {
        self.version
            .as_ref()
            .and_then(|version| version.automation.robots.iter().find(|robot| robot.id == id))
    }

    /// A trigger of the published version.
    pub(super) fn trigger(&self, id: &str) -> Option<&TriggerSpec> {
        self.version
            .as_ref()
            .and_then(|version| version.automation.triggers.iter().find(|trigger| trigger.id == id))
    }
}

/// What is known of a plugin here.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// As it is installed.
    pub(super) plugin: Option<Plugin>,
    /// Whether the tenant enabled it.
    pub(super) enabled: bool,
}

impl Known {
    /// Whether it can send messages.
    pub(super) fn sends(&self) -> bool {
        self.plugin
            .iter()
            .flat_map(|plugin| &plugin.imports)
            .any(|function| function.starts_with("stagewright:messaging/"))
    }
}

/// Versions by the id of their automation and their number.
pub(super) type Versions = BTreeMap<(String, u32), AutomationVersion>;

/// Everything that answers about one item rest on.
#[derive(Debug)]
pub(super) struct Facts {
    /// The moment of the question.
    pub(super) now: Timestamp,
    /// The tenant's time zone.
    pub(super) time_zone: String,
    /// The item; deleted ones too.
    pub(super) item: Record,
    /// Its lane.
    pub(super) lane: Lane,
    /// Its pipeline.
    pub(super) pipeline: Pipeline,
    /// What is paused.
    pub(super) pauses: Pauses,
    /// What stands on the pipeline, in its order, then what is asked about and stands elsewhere.
    pub(super) automations: Vec<Standing>,
    /// Its newest runs, newest first.
    pub(super) runs: Vec<Run>,
    /// Its newest decisions, newest first.
    pub(super) decisions: Vec<Decisions>,
    /// Versions that runs belong to.
    pub(super) versions: Versions,
    /// The plugins of everything that is configured.
    pub(super) plugins: BTreeMap<String, Known>,
}

impl Facts {
    /// The runs of an automation, newest first.
    pub(super) fn runs_of<'a>(&'a self, standing: &'a Standing) -> impl Iterator<Item = &'a Run> {
        self.runs
            .iter()
            .filter(|run| run.automation.as_ref().is_some_and(|(id, _)| *id == standing.draft.id))
    }

    /// The newest run of an automation in which a robot took part.
    pub(super) fn newest_step<'a>(
        &'a self,
        standing: &'a Standing,
        robot: &str,
    ) -> Option<(&'a Run, usize, &'a Step)> {
        self.runs_of(standing)
            .find_map(|run| run.step(robot).map(|(place, step)| (run, place, step)))
    }

    /// The decisions on a trigger, or on a stage's robots as a whole, newest first.
    pub(super) fn decided<'a>(
        &'a self,
        standing: &'a Standing,
        trigger: Option<&'a str>,
    ) -> impl Iterator<Item = (&'a Decisions, &'a Candidate)> {
        self.decisions.iter().flat_map(move |decisions| {
            let of = move |candidate: &&Candidate| {
                candidate.automation == standing.draft.id && candidate.trigger.as_deref() == trigger
            };
            decisions.candidates.iter().filter(of).map(move |candidate| (decisions, candidate))
        })
    }

    /// A robot as it was configured in the version that a run belongs to.
    pub(super) fn spec_of<'a>(&'a self, run: &Run, robot: &str) -> Option<&'a RobotSpec> {
        let version = self.versions.get(run.automation.as_ref()?)?;
        version.automation.robots.iter().find(|spec| spec.id == robot)
    }

    /// What is known of a plugin.
    pub(super) fn plugin(&self, id: &str) -> Option<&Known> {
        self.plugins.get(id)
    }

    /// A stage's name for people.
    pub(super) fn stage_name<'a>(&'a self, id: &'a str) -> &'a str {
        self.pipeline.stage(id).map_or(id, |(_, stage)| stage.name.as_str())
    }

    /// Whether something happened to the item that has not been looked at.
    pub(super) fn is_behind(&self) -> bool {
        self.lane.seq > self.lane.dispatched
    }
}
