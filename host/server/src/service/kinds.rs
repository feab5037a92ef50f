//! Kinds of record, read for answers: what tenants set up, and what is there without a row.

use stagewright_core::drive::Failure;
use stagewright_core::id::TenantId;
use stagewright_core::key::{Key, Table};
use stagewright_core::model::kind::Kind;
use stagewright_core::refusal::Refusal;
use stagewright_core::schema;

use super::Service;
use super::queries::{Listed, Order, Page};

impl Service {
    /// A kind and its version, which is 0 for a built-in one to which nothing was added.
    ///
    /// # Errors
    /// `not-found`.
    pub async fn kind(&self, tenant: TenantId, id: &str) -> Result<(Kind, u64), Failure> {
        let built_in = !schema::is_own(id) && schema::fields(id).is_ok();

        match self.find(&Kind::key(tenant, id)).await? {
            Some(found) => Ok(found),
            None if built_in => Ok((untouched(id), 0)),
            None => Err(Failure::Refused(Refusal::not_found("kind"))),
        }
    }

    /// The built-in kinds with what the tenant added to them, and their versions.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn built_in_kinds(&self, tenant: TenantId) -> Result<Vec<(Kind, u64)>, Failure> {
        let mut kinds = Vec::new();
        for (id, ..) in schema::KINDS {
            kinds.push(self.kind(tenant, id).await?);
        }
        Ok(kinds)
    }

    /// A page of the kinds that the tenant made, by id.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn own_kinds(&self, tenant: TenantId, page: &Page) -> Result<Listed<Kind>, Failure> {
        let own = |kind: &Kind| schema::is_own(&kind.id);
        self.list(&Key::new(tenant, Table::Kind, &[]), page, Order::Forward, own).await
    }
}

/// A built-in kind to which nothing was added.
fn untouched(id: &str) -> Kind {
    Kind { id: id.to_owned(), name: id.to_owned(), fields: Vec::new() }
}
