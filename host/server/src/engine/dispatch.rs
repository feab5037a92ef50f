//! Dispatches an event to one item: asks the triggers, then decides, once.

use stagewright_core::call::{Blame, CallFailure, Retry, TriggerCall, Verdict};
use stagewright_core::command::dispatch::{self, Ask, Verdicts};
use stagewright_core::commit::Commit;
use stagewright_core::context::OpContext;
use stagewright_core::drive::{self, Failure};
use stagewright_core::id::TenantId;
use stagewright_core::key::Key;
use stagewright_core::limits::{CONFLICTS_MAX, TRIGGER_TRIES_MAX};
use stagewright_core::model::record::RecordRef;
use stagewright_core::overtaken::Overtaken;
use stagewright_core::read::{Read, Reads};
use stagewright_core::scope::Scope;

use super::work::Worker;

impl Worker {
    /// Matches an event exactly once. A trigger that fails is a failed decision and holds nobody
    /// up.
    pub(super) async fn dispatch(
        &self,
        tenant: TenantId,
        key: &Key,
        event: &str,
        item: &RecordRef,
    ) -> Result<(), Failure> {
        for _ in 0..CONFLICTS_MAX {
            let ctx =
                OpContext::system(tenant, &["dispatch", event, &item.lane()], self.clock.now());
            let (mut reads, nothing) = (Reads::new(), Commit::default());
            let planned = drive::resolve(&*self.store, &mut reads, &nothing, |tx| {
                dispatch::plan(tx, &ctx, event, item)
            });
            let (_, asks) = planned.await?;

            // The triggers are asked between two decisions and within neither: a plugin takes its
            // time and may answer otherwise when it is asked again, and a decision has to be
            // repeatable (ADR 0001).
            let mut verdicts = Verdicts::new();
            for ask in &asks {
                if let Some(verdict) = self.ask(&ctx, ask).await {
                    verdicts.insert((ask.name.clone(), ask.version), verdict);
                }
            }

            // What deciding reads first, together with what planning read already.
            // All of it in one round: deciding needs the rounds of planning and some of its own,
            // and a decision that runs out of them would leave the event undispatched for ever (ADR
            // 0001).
            let first = [key.clone(), item.lane_key(tenant)].map(Read::Row);
            let known: Vec<Read> = reads.into_keys().chain(first).collect();
            match drive::execute_after(&*self.store, &known, |tx| {
                dispatch::decide(tx, &ctx, key, &verdicts)
            })
            .await
            {
                Ok(dispatched) => {
                    tracing::debug!(
                        %tenant, event, item = %item.lane(), moved_to = ?dispatched.moved_to,
                        "event dispatched"
                    );
                    return Ok(());
                }
                // The automations changed between asking and deciding: ask again.
                Err(Failure::Overtaken(Overtaken::PlanStale)) => {}
                Err(Failure::Overtaken(Overtaken::Dispatched)) => return Ok(()),
                Err(other) => return Err(other),
            }
        }

        Err(Failure::Contended)
    }

    /// Calls one trigger, again where that may help.
    async fn ask(&self, ctx: &OpContext, ask: &Ask) -> Option<Result<Verdict, CallFailure>> {
        let (None, Ok(call)) = (&ask.excluded, &ask.call) else { return None };

        let mut failure = None;
        // Asked again at once, without a back-off: the event keeps its item's lane busy, and
        // whatever comes later for the item waits behind it.
        for attempt in 1..=TRIGGER_TRIES_MAX {
            let context = call.context(attempt);
            // No effects are allowed: a trigger only answers, and moving the item is for the
            // dispatch to decide.
            let scope = Scope::new(ctx.clone(), context.target.clone(), call.grant().clone(), 0);
            let (build, event) = (call.build().clone(), call.event().clone());
            let answer = self.plugins.trigger(TriggerCall { build, context, event, scope }).await;
            match answer.verdict {
                Ok(verdict) => return Some(Ok(verdict)),
                Err(error) if error.retry == Retry::Never => return Some(Err(error)),
                Err(error) => failure = Some(error),
            }
        }

        // There is at least one try, so what stands here in its place is never seen.
        Some(Err(failure.unwrap_or_else(|| CallFailure {
            blame: Blame::Host,
            code: "plugin.not-called".into(),
            message: "the trigger was not called".into(),
            setting: None,
            retry: Retry::Never,
        })))
    }
}
