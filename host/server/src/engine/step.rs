//! Runs one step: prepares it, calls the robot, and commits its effects together with "step done".

use stagewright_core::call::{
    Blame, CallFailure, Retry, RobotAnswer, RobotCall, RobotOutcome, Usage,
};
use stagewright_core::command::job::one_run;
use stagewright_core::command::step::{self, Ending, Plan, Planned};
use stagewright_core::commit::Commit;
use stagewright_core::condition::Judged;
use stagewright_core::context::OpContext;
use stagewright_core::drive::{self, Failure};
use stagewright_core::id::TenantId;
use stagewright_core::key::Key;
use stagewright_core::limits::CONFLICTS_MAX;
use stagewright_core::model::run::Attempt;
use stagewright_core::outside::Exchange;
use stagewright_core::overtaken::Overtaken;
use stagewright_core::read::Reads;
use stagewright_core::scope::{Recorded, Scope};
use stagewright_core::seams::StoreError;

use super::work::{Came, Worker};

/// A step whose try is over but not committed yet.
struct Tried {
    ctx: OpContext,
    recorded: Recorded,
    ending: Ending,
    attempt: Attempt,
    condition: Option<Judged>,
}

impl Worker {
    /// Runs a step. Where another commit comes first, plugin code runs again on the new state: it
    /// runs at least once, its effects are committed exactly once. Servers outside are asked once
    /// for all of that.
    pub(super) async fn step(
        &self,
        tenant: TenantId,
        key: &Key,
        run: &str,
        step: &str,
    ) -> Result<Came, Failure> {
        let mut answered = self.answers.take(key);
        let came = self.step_once_free(tenant, key, (run, step), &mut answered).await;
        // A step that is done never asks for its answers again; kept, they would push out those of
        // a step that does.
        if !matches!(came, Ok(Came::Done)) {
            self.answers.keep(key, answered);
        }

        came
    }

    async fn step_once_free(
        &self,
        tenant: TenantId,
        key: &Key,
        (run, step): (&str, &str),
        answered: &mut Vec<Exchange>,
    ) -> Result<Came, Failure> {
        for _ in 0..CONFLICTS_MAX {
            // Each round takes the clock anew, since moments and hours are compared with it. The
            // command's id follows from the step alone and is the same in every round.
            let ctx = OpContext::system(tenant, &["step", run, step], self.clock.now());
            let (mut reads, nothing) = (Reads::new(), Commit::default());
            let planned = drive::resolve(&*self.store, &mut reads, &nothing, |tx| {
                step::plan(tx, &ctx, run, step)
            });

            let was_answered = !answered.is_empty();
            let tried = match planned.await?.1 {
                Planned::NotYet => return Ok(Came::NotYet),
                // By the new version the step may be due now as well; then it is planned again.
                Planned::Replaced => {
                    if self.replace(&ctx, run, step).await? {
                        continue;
                    }
                    return Ok(Came::Done);
                }
                // Planning only peeked at what holds the step back. The decision that leaves it
                // looks again, the pauses being a precondition, so that a resume that came first is
                // not missed (ADR 0009).
                held @ (Planned::Paused | Planned::OutsideHours) => {
                    let leave =
                        if matches!(held, Planned::Paused) { step::pause } else { step::postpone };
                    match drive::execute(&*self.store, |tx| leave(tx, &ctx, run, step)).await {
                        Ok(true) => return Ok(Came::Done),
                        // It was let go meanwhile, or is over.
                        Ok(false) => continue,
                        Err(Failure::Overtaken(Overtaken::StepOver)) => continue,
                        Err(other) => return Err(other),
                    }
                }
                Planned::Finish => return self.finish(&ctx, key, run, step).await,
                Planned::Over => return self.drop_row(key).await.map(|()| Came::Done),
                Planned::Impossible(code, message) => impossible(ctx, code, message),
                Planned::Skipped(reason, condition) => {
                    uncalled(ctx, Ending::Skipped(reason), condition)
                }
                Planned::Call(plan) => {
                    self.call_robot(run, step, *plan, reads, answered.clone()).await
                }
            };

            // Kept before the commit is tried: where another commit comes first, the next call is
            // given these answers, and the servers are not asked again (ADR 0005).
            answered.clone_from(&tried.recorded.exchanges);
            let asked_otherwise = was_answered && tried.recorded.sent;

            match self.settle(run, step, tried).await {
                Ok(()) => return Ok(Came::Done),
                // What it asks differs each time: it has to wait until the item is less busy, or it
                // would ask without end.
                Err(Failure::Contended) if asked_otherwise => return Err(Failure::Contended),
                Err(Failure::Contended) => {}
                Err(Failure::Overtaken(Overtaken::StepOver)) => {
                    return self.drop_row(key).await.map(|()| Came::Done);
                }
                Err(other) => return Err(other),
            }
        }

        Err(Failure::Contended)
    }

    async fn call_robot(
        &self,
        run: &str,
        step: &str,
        plan: Plan,
        reads: Reads,
        answered: Vec<Exchange>,
    ) -> Tried {
        let Plan { build, context, ctx, item, grant, epoch, condition } = plan;
        // The rows that planning read go along, so that the guest, its effects and the end of the
        // step are decided on one state.
        let scope = Scope::new(ctx.clone(), Some(item.key), grant, build.limits.effects)
            .for_step(run, step, &context.step_id, Some(epoch))
            .with_reads(reads)
            .with_answered(answered);

        let version = build.version.clone();
        let answer = self.plugins.robot(RobotCall { build, context, scope }).await;
        Tried { condition, ..tried(ctx, version, answer) }
    }

    /// Commits what a try came to: its effects and the run's progress are one commit or none.
    async fn settle(&self, run: &str, step: &str, tried: Tried) -> Result<(), Failure> {
        let Tried { ctx, recorded, ending, attempt, condition } = tried;
        // These are the rows that the guest saw. With the run loaded anew here, a change that came
        // while the guest ran would be no conflict, and effects of a state that is gone would be
        // committed (ADR 0005).
        let mut reads = recorded.reads;
        let settled = drive::resolve(&*self.store, &mut reads, &recorded.commit, |tx| {
            step::settle(
                tx,
                // A part of its own: the effects have the parts from 0 on, and no id may come
                // twice.
                &ctx.part(usize::MAX),
                (run, step),
                ending.clone(),
                attempt.clone(),
                condition.clone(),
            )
        });
        let (commit, ()) = settled.await?;

        let whole = recorded.commit.then(commit).map_err(|e| Failure::Damaged(e.to_string()))?;
        match self.store.commit(whole).await {
            Ok(()) => Ok(()),
            Err(StoreError::Conflict(_)) => Err(Failure::Contended),
            Err(other) => Err(other.into()),
        }
    }

    /// Does to a run what a version says that was published since. Gives whether the step is still
    /// due now.
    async fn replace(&self, ctx: &OpContext, run: &str, step: &str) -> Result<bool, Failure> {
        let changed = drive::execute(&*self.store, |tx| one_run(tx, ctx, run)).await?;
        let Some((_, step)) = changed.as_ref().and_then(|run| run.step(step)) else {
            return Ok(true);
        };

        // As everywhere, a step is due once its moment has passed (ADR 0004).
        Ok(!step.state.is_over() && step.due_row.is_some_and(|(at, _)| at < ctx.now))
    }

    /// Ends a step that waited with its effects committed.
    async fn finish(
        &self,
        ctx: &OpContext,
        key: &Key,
        run: &str,
        step: &str,
    ) -> Result<Came, Failure> {
        match drive::execute(&*self.store, |tx| step::finish(tx, ctx, run, step)).await {
            Ok(()) => Ok(Came::Done),
            Err(Failure::Overtaken(Overtaken::StepOver)) => {
                self.drop_row(key).await.map(|()| Came::Done)
            }
            Err(other) => Err(other),
        }
    }

    /// Removes a due row whose work is over.
    pub(super) async fn drop_row(&self, key: &Key) -> Result<(), Failure> {
        // Nothing is expected of the row: it may have gone already, and deleting what is not there
        // is no error.
        let mut commit = Commit::default();
        commit.writes.insert(key.clone(), None);
        self.store.commit(commit).await.map_err(Failure::from)
    }
}

/// What a robot's answer means. Only a robot that says ok has effects.
fn tried(ctx: OpContext, version: String, answer: RobotAnswer) -> Tried {
    let RobotAnswer { outcome, scope, usage, log } = answer;
    let recorded = scope.into_recorded();
    let attempt = Attempt { at: ctx.now, version, usage, log, error: None };

    let (recorded, ending) = match outcome {
        Ok(RobotOutcome::Done(results)) => {
            let (effects, deliveries, until) =
                (recorded.effects.clone(), recorded.deliveries.clone(), recorded.until);
            (recorded, Ending::Done { results, effects, deliveries, until })
        }
        Ok(RobotOutcome::Skipped(reason)) => (without_effects(recorded), Ending::Skipped(reason)),
        Err(failure) => (without_effects(recorded), Ending::Failed(failure)),
    };

    Tried { ctx, recorded, ending, attempt, condition: None }
}

/// What was recorded is dropped, what was read is not: the run must still be as it was when the
/// robot was called. Nor is what servers were asked.
fn without_effects(recorded: Recorded) -> Recorded {
    let Recorded { reads, exchanges, sent, .. } = recorded;
    Recorded { reads, exchanges, sent, ..Recorded::default() }
}

/// A step that could not even be called.
fn impossible(ctx: OpContext, code: String, message: String) -> Tried {
    let failure =
        CallFailure { blame: Blame::Caller, code, message, setting: None, retry: Retry::Never };
    uncalled(ctx, Ending::Failed(failure), None)
}

/// A step that ended without its robot being called.
fn uncalled(ctx: OpContext, ending: Ending, condition: Option<Judged>) -> Tried {
    let attempt = Attempt {
        at: ctx.now,
        version: String::new(),
        usage: Usage::default(),
        log: Vec::new(),
        error: None,
    };

    Tried { ctx, recorded: Recorded::default(), ending, attempt, condition }
}
