//! No run knows the robot, and nothing was decided about its stage.

use super::said::Said;
use crate::model::automation::AutomationVersion;
use crate::time::Timestamp;
use crate::why::facts::{Facts, Standing};
use crate::why::hindrance::plugin_hindrance;
use crate::why::{Verdict, words};

/// A robot that took part in no run of the item.
pub(super) struct RobotWithoutRun<'a> {
    pub(super) facts: &'a Facts,
    pub(super) standing: &'a Standing,
    /// The robot, as sentences begin with it.
    pub(super) who: &'a str,
    /// Its id in the automation.
    pub(super) id: &'a str,
}

impl RobotWithoutRun<'_> {
    /// Why it did not run. What holds whatever the item does is said first, what depends on the
    /// item's way last: only the first reason that applies helps whoever asks.
    pub(super) fn tell(&self) -> Said {
        let who = self.who;

        if let Some(at) = self.facts.item.deleted_at {
            let sentence = format!("{who} did not run: the item was deleted at {}", self.when(at));
            return Said::new(Verdict::ItemDeleted, Some(at), sentence);
        }

        let Some(version) = &self.standing.version else {
            let automation = &self.standing.draft.id;
            let sentence = format!(
                "{who} did not run: the automation `{automation}` has never been published"
            );
            return Said::new(Verdict::NotPublished, None, sentence);
        };

        self.tell_draft_alone(version)
            .or_else(|| self.tell_other_pipeline())
            .or_else(|| self.tell_unreached_stage(version))
            .unwrap_or_else(|| self.tell_stage_reached(version))
    }

    /// It was written since the newest publication.
    fn tell_draft_alone(&self, version: &AutomationVersion) -> Option<Said> {
        if self.standing.robot(self.id).is_some() {
            return None;
        }

        let (who, number) = (self.who, version.version);
        let sentence = format!(
            "{who} did not run: it stands in the draft alone, and version {number}, which is \
             published, is without it"
        );

        Some(Said::new(Verdict::NotPublished, None, sentence))
    }

    /// The item moves through another pipeline.
    fn tell_other_pipeline(&self) -> Option<Said> {
        let (who, its, own) = (self.who, &self.standing.draft.pipeline, &self.facts.pipeline.id);
        if its == own {
            return None;
        }

        let sentence = format!(
            "{who} did not run: it stands on the pipeline `{its}`, and the item moves through \
             `{own}`"
        );

        Some(Said::new(Verdict::OtherPipeline, None, sentence))
    }

    /// The item is on another stage.
    fn tell_unreached_stage(&self, version: &AutomationVersion) -> Option<Said> {
        let here = self.facts.item.text("stage");
        if here == self.standing.draft.stage {
            return None;
        }

        let (who, stage, here) = (self.who, self.stage(), self.facts.stage_name(here));
        let published = self.when(version.published_at);

        let sentence = format!(
            "{who} did not run: it stands on the stage {stage}, and the item, which is on {here}, \
             has not come there since it was published at {published}"
        );

        Some(Said::new(Verdict::NotReached, None, sentence))
    }

    /// The item stands on the robot's stage.
    fn tell_stage_reached(&self, version: &AutomationVersion) -> Said {
        let item = &self.facts.item;
        let entered_at = item.stage_entered_at.unwrap_or(item.created_at);
        let (who, stage, entered) = (self.who, self.stage(), self.when(entered_at));

        if self.facts.is_behind() {
            let sentence = format!(
                "{who} has not started yet: the item came to {stage} at {entered}, which is being \
                 looked at"
            );
            return Said::new(Verdict::Pending, Some(entered_at), sentence);
        }

        let plugin =
            self.standing.robot(self.id).map(|spec| spec.plugin.clone()).unwrap_or_default();
        if let Some((verdict, why)) = plugin_hindrance(self.facts, &plugin) {
            return Said::new(verdict, None, format!("{who} did not run: {why}"));
        }

        if entered_at <= version.published_at {
            let (number, automation) = (version.version, &self.standing.draft.id);
            let published = self.when(version.published_at);
            let sentence = format!(
                "{who} did not run: version {number} of `{automation}` was published at \
                 {published}, after the item had come to {stage} at {entered}; applying it to the \
                 items that are there already runs it"
            );
            return Said::new(Verdict::PublishedLater, Some(version.published_at), sentence);
        }

        let sentence = format!(
            "{who} did not run: the item was put on {stage} at {entered} without automation, as \
             imports do"
        );
        Said::new(Verdict::Suppressed, Some(entered_at), sentence)
    }

    fn when(&self, at: Timestamp) -> String {
        words::when(&self.facts.time_zone, at)
    }

    /// The robot's stage, by its name for people.
    fn stage(&self) -> &str {
        self.facts.stage_name(&self.standing.draft.stage)
    }
}
