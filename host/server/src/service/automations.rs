//! Automations and what is paused, read for answers.

use stagewright_core::drive::Failure;
use stagewright_core::id::TenantId;
use stagewright_core::key::{Key, Table};
use stagewright_core::model::automation::Automation;
use stagewright_core::model::pauses::Pauses;

use super::Service;
use super::queries::{Listed, Order, Page};

impl Service {
    /// The draft of an automation and its version.
    ///
    /// # Errors
    /// `not-found`.
    pub async fn automation(
        &self,
        tenant: TenantId,
        id: &str,
    ) -> Result<(Automation, u64), Failure> {
        self.fetch(&Automation::key(tenant, id)).await
    }

    /// A page of the automations' drafts that `keep` keeps, by id.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn automations(
        &self,
        tenant: TenantId,
        page: &Page,
        keep: impl Fn(&Automation) -> bool + Send,
    ) -> Result<Listed<Automation>, Failure> {
        let prefix = Key::new(tenant, Table::Automation, &[]);
        self.list(&prefix, page, Order::Forward, keep).await
    }

    /// What of a tenant is paused.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn pauses(&self, tenant: TenantId) -> Result<Pauses, Failure> {
        let found = self.find::<Pauses>(&Pauses::key(tenant)).await?;
        Ok(found.map(|(pauses, _)| pauses).unwrap_or_default())
    }
}
