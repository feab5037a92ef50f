//! What must hold for an item that robots work on, once nothing is under way any more.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{bail, ensure};
use serde_json::Value;

use crate::api::{Api, Ask, list, text};

/// An item with its automation and timeline.
#[derive(Debug)]
pub(super) struct Item {
    record: Value,
    automation: Value,
    timeline: Vec<Value>,
}

impl Item {
    /// Reads an item at which nothing is under way any more.
    ///
    /// # Errors
    /// Where a run of it is not over or a message of it is still to be sent.
    pub(super) async fn at_rest(api: &Api, id: &str) -> anyhow::Result<Self> {
        let path = format!("/v1/records/deal/{id}");
        // The runs are read before timeline and record: once nothing is under way, those do not
        // change any more.
        let automation = api.done(&Ask::get(format!("{path}/automation?limit=50"))).await?;
        ensure!(is_at_rest(&automation), "it does not come to rest: {automation}");

        let timeline = api.done(&Ask::get(format!("{path}/timeline?limit=200"))).await?;
        let timeline = list(&timeline, "/items").to_vec();
        Ok(Self { record: api.done(&Ask::get(path)).await?, automation, timeline })
    }

    pub(super) fn field(&self, name: &str) -> &str {
        self.record.pointer(&format!("/fields/{name}")).and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn stands_on(&self, stage: &str) -> anyhow::Result<()> {
        ensure!(
            self.field("stage") == stage,
            "it stands on {}, not on {stage}",
            self.field("stage")
        );
        Ok(())
    }

    fn runs(&self) -> impl Iterator<Item = &Value> {
        list(&self.automation, "/runs").iter()
    }

    /// There is one run for the stage, its steps are those, and each is done. Where the item was
    /// moved on they may have been cancelled by that, the later ones first; where that came before
    /// the robots were looked for there is no run at all.
    pub(super) fn stage_run_is_whole(
        &self,
        stage: &str,
        steps: &[&str],
        all_done: bool,
    ) -> anyhow::Result<()> {
        let runs: Vec<&Value> = self
            .runs()
            .filter(|run| run.pointer("/stage").and_then(Value::as_str) == Some(stage))
            .collect();

        let run = match runs.as_slice() {
            [run] => run,
            [] if !all_done => return Ok(()),
            runs => bail!("{} runs for {stage} instead of one: {runs:?}", runs.len()),
        };

        let found: Vec<(String, String)> = list(run, "/steps")
            .iter()
            .map(|step| Ok((text(step, "/id")?, text(step, "/state")?)))
            .collect::<anyhow::Result<_>>()?;
        ensure!(
            found.iter().map(|(id, _)| id.as_str()).eq(steps.iter().copied()),
            "other steps: {found:?}"
        );

        let done = found.iter().take_while(|(_, state)| state == "done").count();
        let rest_is_cancelled = found.iter().skip(done).all(|(_, state)| state == "cancelled");
        ensure!(
            rest_is_cancelled && (done == steps.len() || !all_done),
            "the steps of {stage} ended so: {found:?}"
        );

        self.messages_of_run(run)
    }

    /// Each step that is done and sends has one message, and no other step has any.
    fn messages_of_run(&self, run: &Value) -> anyhow::Result<()> {
        let id = text(run, "/id")?;
        for step in list(run, "/steps") {
            let (step_id, state) = (text(step, "/id")?, text(step, "/state")?);
            let of_step = |delivery: &&Value| {
                delivery.pointer("/step/run").and_then(Value::as_str) == Some(&id)
                    && delivery.pointer("/step/step").and_then(Value::as_str) == Some(&step_id)
            };

            let messages = list(&self.automation, "/deliveries").iter().filter(of_step).count();
            let expected =
                usize::from(state == "done" && ["remind", "thank"].contains(&step_id.as_str()));
            ensure!(messages == expected, "step {step_id} is {state} and has {messages} messages");
        }
        Ok(())
    }

    /// There are so many runs of invoked robots, all done.
    pub(super) fn invoked_runs_are(&self, count: usize) -> anyhow::Result<()> {
        let invoked: Vec<&Value> =
            self.runs().filter(|run| run.pointer("/stage").is_none_or(Value::is_null)).collect();
        let done = |run: &&&Value| {
            list(run, "/steps")
                .iter()
                .all(|step| text(step, "/state").is_ok_and(|state| state == "done"))
        };

        ensure!(
            invoked.len() == count && invoked.iter().filter(done).count() == count,
            "{count} invoked, found {invoked:?}"
        );
        Ok(())
    }

    /// The observers are the guests, and the supervisor exactly where the robot for that is done;
    /// each is there once, and was added once.
    pub(super) fn is_observed_by(&self, supervisor: &str, guests: &[&str]) -> anyhow::Result<()> {
        let watches = self.runs().flat_map(|run| list(run, "/steps")).any(|step| {
            step.pointer("/id").and_then(Value::as_str) == Some("watch")
                && step.pointer("/state").and_then(Value::as_str) == Some("done")
        });

        let mut expected: Vec<&str> =
            guests.iter().copied().chain(watches.then_some(supervisor)).collect();
        expected.sort_unstable();
        let mut found: Vec<&str> =
            list(&self.record, "/fields/observers").iter().filter_map(Value::as_str).collect();
        found.sort_unstable();
        ensure!(found == expected, "observed by {found:?} instead of {expected:?}");

        let entries = self.timeline.iter().filter(|entry| kind(entry) == "observer_added");
        let mut added: Vec<&str> = entries
            .flat_map(|entry| list(entry, "/data/users"))
            .filter_map(Value::as_str)
            .collect();
        added.sort_unstable();
        ensure!(
            added == expected,
            "the timeline says that {added:?} were added instead of {expected:?}"
        );
        Ok(())
    }

    pub(super) fn timeline_has(&self, wanted: &str, count: usize) -> anyhow::Result<()> {
        let found = self.timeline.iter().filter(|entry| kind(entry) == wanted).count();
        ensure!(
            found == count,
            "{found} entries `{wanted}` instead of {count}: {:?}",
            self.timeline
        );
        Ok(())
    }

    /// The timeline tells of each thing once: the creation, each step that is done, each message
    /// with its end. Of the messages `replies` were not asked for by a robot.
    pub(super) fn timeline_is_sound(&self, replies: usize) -> anyhow::Result<()> {
        self.timeline_has("created", 1)?;

        let ids: BTreeSet<&str> = self
            .timeline
            .iter()
            .filter_map(|entry| entry.pointer("/id").and_then(Value::as_str))
            .collect();
        ensure!(ids.len() == self.timeline.len(), "an entry is there twice: {:?}", self.timeline);

        let mut told: BTreeMap<(String, String), u32> = BTreeMap::new();
        for entry in self.timeline.iter().filter(|entry| kind(entry) == "robot") {
            *told.entry((text(entry, "/data/run")?, text(entry, "/data/step")?)).or_default() += 1;
        }

        for run in self.runs() {
            for step in list(run, "/steps") {
                let count =
                    told.get(&(text(run, "/id")?, text(step, "/id")?)).copied().unwrap_or(0);
                let (least, most) = if text(step, "/state")? == "done" { (1, 1) } else { (0, 1) };
                ensure!((least..=most).contains(&count), "a step is told of {count} times: {step}");
            }
        }

        let messages = list(&self.automation, "/deliveries").len() + replies;
        self.timeline_has("message_out", messages)?;
        self.timeline_has("delivery", messages)
    }
}

fn kind(entry: &Value) -> &str {
    entry.pointer("/kind").and_then(Value::as_str).unwrap_or_default()
}

fn is_at_rest(automation: &Value) -> bool {
    let over = |run: &Value| run.pointer("/over").and_then(Value::as_bool) == Some(true);
    let ended = |delivery: &Value| {
        !matches!(delivery.pointer("/state").and_then(Value::as_str), Some("pending" | "sending"))
    };

    list(automation, "/runs").iter().all(over) && list(automation, "/deliveries").iter().all(ended)
}
