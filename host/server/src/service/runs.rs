//! Runs and deliveries, read for answers.

use stagewright_core::drive::Failure;
use stagewright_core::id::TenantId;
use stagewright_core::key::{Key, Table};
use stagewright_core::model::delivery::Delivery;
use stagewright_core::model::record::{IndexEntry, Record, RecordRef};
use stagewright_core::model::run::Run;

use super::Service;
use super::queries::{Listed, Order, Page};

impl Service {
    /// A run.
    ///
    /// # Errors
    /// `not-found`.
    pub async fn run(&self, tenant: TenantId, id: &str) -> Result<Run, Failure> {
        Ok(self.fetch::<Run>(&Run::key(tenant, id)).await?.0)
    }

    /// A page of the runs, newest first.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn runs(&self, tenant: TenantId, page: &Page) -> Result<Listed<Run>, Failure> {
        let prefix = Key::new(tenant, Table::Run, &[]);
        self.list(&prefix, page, Order::NewestFirst, |_| true).await
    }

    /// A page of an item's runs, newest first. A deleted item has them still.
    ///
    /// # Errors
    /// `not-found`.
    pub async fn runs_of_item(
        &self,
        tenant: TenantId,
        item: &RecordRef,
        page: &Page,
    ) -> Result<Listed<Run>, Failure> {
        self.fetch::<Record>(&item.key(tenant)).await?;

        let leads_to = |entry: &IndexEntry| Run::key(tenant, &entry.id);
        self.list_indexed(&Run::of_item(tenant, item), page, Order::NewestFirst, leads_to).await
    }

    /// A page of the deliveries that `keep` keeps, newest first.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn deliveries(
        &self,
        tenant: TenantId,
        page: &Page,
        keep: impl Fn(&Delivery) -> bool + Send,
    ) -> Result<Listed<Delivery>, Failure> {
        let prefix = Key::new(tenant, Table::Delivery, &[]);
        self.list(&prefix, page, Order::NewestFirst, keep).await
    }
}
