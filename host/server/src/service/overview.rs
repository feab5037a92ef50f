//! What automation did with one item, what it will do and when, and what it did not and why.

use stagewright_core::drive::Failure;
use stagewright_core::id::TenantId;
use stagewright_core::key::Key;
use stagewright_core::model::delivery::Delivery;
use stagewright_core::model::event::Decisions;
use stagewright_core::model::pauses::Pauses;
use stagewright_core::model::record::{Record, RecordRef};
use stagewright_core::model::run::Run;
use stagewright_core::why::Answer;

use super::Service;
use super::queries::{Order, Page};

/// An item's automation, newest first.
#[derive(Clone, PartialEq, Debug)]
pub struct Overview {
    /// The item. A deleted one is shown too: that is why its steps were cancelled.
    pub record: Record,
    /// Its runs with every step.
    pub runs: Vec<Run>,
    /// Per event, every candidate and what came of it.
    pub decisions: Vec<Decisions>,
    /// The deliveries that the runs' steps asked for.
    pub deliveries: Vec<Delivery>,
    /// Why each robot of the current stage did or did not run.
    pub why: Vec<Answer>,
    /// What of the tenant is paused.
    pub pauses: Pauses,
}

impl Service {
    /// Looks at the newest `limit` runs and the newest `limit` decisions of an item.
    ///
    /// # Errors
    /// `not-found`.
    pub async fn overview(
        &self,
        tenant: TenantId,
        item: &RecordRef,
        limit: usize,
    ) -> Result<Overview, Failure> {
        let (record, _) = self.fetch::<Record>(&item.key(tenant)).await?;

        let page = Page { limit, after: None };
        let run_key =
            |entry: &stagewright_core::model::record::IndexEntry| Run::key(tenant, &entry.id);
        let runs = self
            .list_indexed::<_, Run>(&Run::of_item(tenant, item), &page, Order::NewestFirst, run_key)
            .await?;
        let decisions = self
            .list::<Decisions>(&Decisions::range(tenant, item), &page, Order::NewestFirst, |_| true)
            .await?;

        let runs: Vec<Run> = runs.rows.into_iter().map(|(_, run, _)| run).collect();
        let asked = runs.iter().flat_map(|run| &run.steps).flat_map(|step| &step.deliveries);
        let keys: Vec<Key> = asked.map(|id| Delivery::key(tenant, id)).collect();

        let pauses = self
            .find::<Pauses>(&Pauses::key(tenant))
            .await?
            .map(|(pauses, _)| pauses)
            .unwrap_or_default();
        let deliveries = self.fetch_all::<Delivery>(&keys).await?;

        let why = self.why_here(tenant, &record).await?;
        Ok(Overview {
            record,
            why,
            runs,
            decisions: decisions.rows.into_iter().map(|(_, decisions, _)| decisions).collect(),
            pauses,
            deliveries: deliveries.into_iter().map(|(delivery, _)| delivery).collect(),
        })
    }
}
