//! What a fired event came to.

use std::time::Duration;

use stagewright_core::drive::Failure;
use stagewright_core::id::TenantId;
use stagewright_core::model::event::{Candidate, Decisions, Event, Outcome};
use stagewright_core::model::record::{Lane, RecordRef};

use super::Service;
use super::queries::{Order, Page};
use crate::activity::Activity;

/// Decisions looked through for those that the event's move led to. Only what came to the same item
/// in the meantime can lie between.
const FOLLOWING_MAX: usize = 50;

/// What an event came to for its item.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct EventOutcome {
    /// Where the item was moved to, if it was.
    pub moved_to: Option<String>,
    /// Every candidate and what came of it.
    pub candidates: Vec<Candidate>,
    /// Runs that it started, those of the stage it moved the item to included.
    pub runs: Vec<String>,
}

impl Service {
    /// What the `seq`-th event of an item came to; nothing while that is not decided yet. Where a
    /// trigger moved the item, the event of that move counts too: it is what starts the new stage's
    /// robots.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn outcome(
        &self,
        tenant: TenantId,
        item: &RecordRef,
        event: &str,
        seq: u64,
    ) -> Result<Option<EventOutcome>, Failure> {
        // The lane is read before the decisions: one commit writes both, so what the lane says is
        // dispatched has its decisions there. The other way round an event could seem to have had
        // no candidates.
        let lane = self
            .find::<Lane>(&item.lane_key(tenant))
            .await?
            .map(|(lane, _)| lane)
            .unwrap_or_default();
        if lane.dispatched < seq {
            return Ok(None);
        }

        let found = self.find::<Decisions>(&Decisions::key(tenant, item, seq)).await?;
        let Some((decisions, _)) = found else { return Ok(Some(EventOutcome::default())) };
        let mut outcome = EventOutcome {
            runs: runs_of(&decisions),
            moved_to: decisions.moved_to,
            candidates: decisions.candidates,
        };

        if outcome.moved_to.is_some() {
            // The move's own event was numbered in the commit that dispatched this one, so it is at
            // most the newest.
            if lane.dispatched < lane.seq {
                return Ok(None);
            }
            outcome.runs.extend(self.runs_after(tenant, item, event).await?);
        }

        Ok(Some(outcome))
    }

    /// What an event, the `seq`-th of its item, comes to; nothing where that takes longer than
    /// `wait`. It is looked at once even where there is no time to wait.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn await_outcome(
        &self,
        activity: &Activity,
        tenant: TenantId,
        item: &RecordRef,
        (event, seq): (&str, u64),
        wait: Duration,
    ) -> Result<Option<EventOutcome>, Failure> {
        let waiting = self.decided_outcome(activity, tenant, item, event, seq);
        tokio::time::timeout(wait, waiting).await.ok().transpose()
    }

    /// Waits until the event is decided, looking again whenever the item's lane was written: every
    /// decision writes it.
    async fn decided_outcome(
        &self,
        activity: &Activity,
        tenant: TenantId,
        item: &RecordRef,
        event: &str,
        seq: u64,
    ) -> Result<EventOutcome, Failure> {
        // Watched before looking, so that a commit in between is not missed.
        let mut lane = activity.watch(item.lane_key(tenant));

        loop {
            if let Some(outcome) = self.outcome(tenant, item, event, seq).await? {
                return Ok(outcome);
            }
            lane.written().await;
        }
    }

    /// Runs that started because of an event that `event` led to directly.
    async fn runs_after(
        &self,
        tenant: TenantId,
        item: &RecordRef,
        event: &str,
    ) -> Result<Vec<String>, Failure> {
        let page = Page { limit: FOLLOWING_MAX, after: None };
        let entered = |decisions: &Decisions| decisions.kind == "item.stage_entered";
        let newest = self
            .list::<Decisions>(&Decisions::range(tenant, item), &page, Order::NewestFirst, entered)
            .await?;
        let newest: Vec<Decisions> =
            newest.rows.into_iter().map(|(_, decisions, _)| decisions).collect();

        let keys: Vec<_> =
            newest.iter().map(|decisions| Event::key(tenant, &decisions.event)).collect();
        let events = self.fetch_all::<Event>(&keys).await?;

        let led_to = |id: &str| {
            events
                .iter()
                .any(|(found, _)| found.id == id && found.cause.event.as_deref() == Some(event))
        };
        Ok(newest.iter().filter(|decisions| led_to(&decisions.event)).flat_map(runs_of).collect())
    }
}

fn runs_of(decisions: &Decisions) -> Vec<String> {
    let ran = |candidate: &Candidate| match &candidate.outcome {
        Outcome::Ran { run } => run.clone(),
        _ => None,
    };
    decisions.candidates.iter().filter_map(ran).collect()
}
