//! Records, read for answers: a page of those that are looked for, and what happened to one.

use stagewright_core::drive::Failure;
use stagewright_core::id::TenantId;
use stagewright_core::key::Key;
use stagewright_core::model::record::{
    IndexEntry, Record, RecordRef, by_phone, linked_to, records_of_kind,
};
use stagewright_core::model::tenant::Tenant;
use stagewright_core::model::timeline::Entry;
use stagewright_core::phone::normalise;

use super::Service;
use super::queries::{Listed, Order, Page};

impl Service {
    /// A page of the records of a kind that `keep` keeps, newest first.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn records(
        &self,
        tenant: TenantId,
        kind: &str,
        page: &Page,
        keep: impl Fn(&Record) -> bool + Send,
    ) -> Result<Listed<Record>, Failure> {
        self.list(&records_of_kind(tenant, kind), page, Order::NewestFirst, keep).await
    }

    /// A page of the records of a kind that have a phone number, which is written as it is kept,
    /// newest first. Deleted ones are among them.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn records_with_phone(
        &self,
        tenant: TenantId,
        kind: &str,
        phone: &str,
        page: &Page,
    ) -> Result<Listed<Record>, Failure> {
        self.indexed_records(tenant, kind, &by_phone(tenant, kind, phone), page).await
    }

    /// A page of the tasks or activities (`kind`) that are linked to an item, newest first. Deleted
    /// ones are among them.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn records_linked_to(
        &self,
        tenant: TenantId,
        kind: &str,
        item: &RecordRef,
        page: &Page,
    ) -> Result<Listed<Record>, Failure> {
        self.indexed_records(tenant, kind, &linked_to(tenant, kind, item), page).await
    }

    /// A phone number as it is kept, however it is written; nothing where it is none. One without a
    /// country's code is one of the tenant's country.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn read_phone(
        &self,
        tenant: TenantId,
        phone: &str,
    ) -> Result<Option<String>, Failure> {
        let (of, _) = self.fetch::<Tenant>(&Tenant::key(tenant)).await?;
        Ok(normalise(phone, &of.country))
    }

    /// A page of an item's timeline, newest first. A deleted item's timeline stays.
    ///
    /// # Errors
    /// `not-found`.
    pub async fn timeline(
        &self,
        tenant: TenantId,
        item: &RecordRef,
        page: &Page,
    ) -> Result<Listed<Entry>, Failure> {
        self.require_kept(tenant, item).await?;
        self.list(&Entry::range(tenant, item), page, Order::NewestFirst, |_| true).await
    }

    /// Refuses a record that never was; a deleted one is still kept.
    pub(super) async fn require_kept(
        &self,
        tenant: TenantId,
        record: &RecordRef,
    ) -> Result<(), Failure> {
        self.fetch::<Record>(&record.key(tenant)).await.map(|_| ())
    }

    /// The records of a kind that an index leads to.
    async fn indexed_records(
        &self,
        tenant: TenantId,
        kind: &str,
        index: &Key,
        page: &Page,
    ) -> Result<Listed<Record>, Failure> {
        let leads_to = |entry: &IndexEntry| RecordRef::new(kind, &entry.id).key(tenant);
        self.list_indexed(index, page, Order::NewestFirst, leads_to).await
    }
}
