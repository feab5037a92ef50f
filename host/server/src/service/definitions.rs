//! What admins set up under an id of their own, read for answers: one of it, or a page by id.

use stagewright_core::drive::Failure;
use stagewright_core::id::TenantId;
use stagewright_core::key::{Key, Table};
use stagewright_core::model::calendar::Calendar;
use stagewright_core::model::channel::{Channel, Line};
use stagewright_core::model::group::Group;
use stagewright_core::model::pipeline::Pipeline;
use stagewright_core::row::Row;

use super::Service;
use super::queries::{Listed, Order, Page};

impl Service {
    /// A work group and its version.
    ///
    /// # Errors
    /// `not-found`.
    pub async fn group(&self, tenant: TenantId, id: &str) -> Result<(Group, u64), Failure> {
        self.fetch(&Group::key(tenant, id)).await
    }

    /// A page of the work groups.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn groups(&self, tenant: TenantId, page: &Page) -> Result<Listed<Group>, Failure> {
        self.definitions(tenant, Table::Group, page).await
    }

    /// A business calendar and its version.
    ///
    /// # Errors
    /// `not-found`.
    pub async fn calendar(&self, tenant: TenantId, id: &str) -> Result<(Calendar, u64), Failure> {
        self.fetch(&Calendar::key(tenant, id)).await
    }

    /// A page of the business calendars.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn calendars(
        &self,
        tenant: TenantId,
        page: &Page,
    ) -> Result<Listed<Calendar>, Failure> {
        self.definitions(tenant, Table::Calendar, page).await
    }

    /// An open line and its version.
    ///
    /// # Errors
    /// `not-found`.
    pub async fn line(&self, tenant: TenantId, id: &str) -> Result<(Line, u64), Failure> {
        self.fetch(&Line::key(tenant, id)).await
    }

    /// A page of the open lines.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn lines(&self, tenant: TenantId, page: &Page) -> Result<Listed<Line>, Failure> {
        self.definitions(tenant, Table::Line, page).await
    }

    /// A pipeline and its version.
    ///
    /// # Errors
    /// `not-found`.
    pub async fn pipeline(&self, tenant: TenantId, id: &str) -> Result<(Pipeline, u64), Failure> {
        self.fetch(&Pipeline::key(tenant, id)).await
    }

    /// A page of the pipelines.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn pipelines(
        &self,
        tenant: TenantId,
        page: &Page,
    ) -> Result<Listed<Pipeline>, Failure> {
        self.definitions(tenant, Table::Pipeline, page).await
    }

    /// A channel and its version.
    ///
    /// # Errors
    /// `not-found`.
    pub async fn channel(&self, tenant: TenantId, id: &str) -> Result<(Channel, u64), Failure> {
        self.fetch(&Channel::key(tenant, id)).await
    }

    /// A page of the channels.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn channels(
        &self,
        tenant: TenantId,
        page: &Page,
    ) -> Result<Listed<Channel>, Failure> {
        self.definitions(tenant, Table::Channel, page).await
    }

    /// A page of a table whose rows have nothing but their id in the key.
    async fn definitions<T: Row + Send>(
        &self,
        tenant: TenantId,
        table: Table,
        page: &Page,
    ) -> Result<Listed<T>, Failure> {
        self.list(&Key::new(tenant, table, &[]), page, Order::Forward, |_| true).await
    }
}
