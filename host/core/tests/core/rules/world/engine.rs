//! What the engine does with what is due: it dispatches events, settles steps and does jobs.

use stagewright_core::call::{Usage, Verdict};
use stagewright_core::command::job::One;
use stagewright_core::command::{dispatch, job, step};
use stagewright_core::context::OpContext;
use stagewright_core::key::{Key, Queue};
use stagewright_core::model::due::Due;
use stagewright_core::model::run::Attempt;
use stagewright_core::read::Read;

use super::{TENANT, World};

impl World {
    /// Dispatches every event that waits, each trigger saying what `verdict` says.
    pub(crate) fn dispatch(&mut self, verdict: &dyn Fn(&dispatch::Ask) -> Verdict) {
        while let Some((key, Due::Dispatch { event, item, .. })) =
            self.due(Queue::Dispatch).into_iter().next()
        {
            let ctx = OpContext::system(TENANT, &["dispatch", &event, &item.lane()], self.now);

            let (asks, mut known) = self
                .run_knowing(&ctx, &[], |tx, ctx| dispatch::plan(tx, ctx, &event, &item))
                .unwrap();

            known.extend([key.clone(), item.lane_key(TENANT)].map(Read::Row));

            let callable = asks.iter().filter(|ask| ask.call.is_ok());
            let verdicts =
                callable.map(|ask| ((ask.name.clone(), ask.version), Ok(verdict(ask)))).collect();

            self.run_knowing(&ctx, &known, |tx, ctx| dispatch::decide(tx, ctx, &key, &verdicts))
                .unwrap();
        }
    }

    /// Dispatches every event that waits; no trigger fires.
    pub(crate) fn dispatch_quietly(&mut self) {
        self.dispatch(&|_| Verdict::Ignore("not now".into()));
    }

    /// Settles the step that is due first.
    pub(crate) fn settle_first(&mut self, ending: &step::Ending) {
        let Some((_, Due::Step { run, step, .. })) = self.due(Queue::Step).into_iter().next()
        else {
            panic!("no step is due")
        };

        let attempt = Attempt {
            at: self.now,
            version: "1.2.3".into(),
            usage: Usage::default(),
            log: Vec::new(),
            error: None,
        };

        self.ok(|tx, ctx| {
            step::settle(tx, ctx, (&run, &step), ending.clone(), attempt.clone(), None)
        });
    }

    /// Does one batch of a job, as the engine does. Gives what came of each entry, and whether the
    /// job goes on.
    pub(crate) fn one_of(&mut self, id: &str) -> (Vec<One>, bool) {
        let found = self
            .due(Queue::Sweep)
            .into_iter()
            .find(|(_, due)| *due == Due::Job { id: id.to_owned() });
        let (due, _) = found.unwrap_or_else(|| panic!("job {id} is not due"));

        let Some((row, batch)) = self.as_host(|tx, ctx| job::batch(tx, ctx, id, &due)) else {
            panic!("job {id} is over")
        };

        let mut came = Vec::new();
        for entry in &batch.entries {
            came.push(self.as_host(|tx, ctx| job::one(tx, ctx, &row, entry)));
            if came.last() == Some(&One::Later) {
                break;
            }
        }

        let stopped = came.last() == Some(&One::Later);
        self.as_host(|tx, ctx| job::advance(tx, ctx, id, &due, &batch, stopped));
        (came, self.job(id).ended_at.is_none())
    }

    /// Does every job to its end, moving the clock where one waits a moment.
    pub(crate) fn work(&mut self) {
        let job = |(key, due): (Key, Due)| match due {
            Due::Job { id } => Some((key, id)),
            _ => None,
        };

        while let Some((key, id)) = self.due(Queue::Sweep).into_iter().find_map(job) {
            self.now = self.now.max(key.as_due().unwrap().due_at);
            self.one_of(&id);
        }
    }
}
