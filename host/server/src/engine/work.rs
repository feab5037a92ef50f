//! One piece of due work, from its row to its commit.

use std::sync::Arc;

use stagewright_core::drive::Failure;
use stagewright_core::id::TenantId;
use stagewright_core::key::Key;
use stagewright_core::model::due::Due;
use stagewright_core::seams::{Clock, Connector, Plugins, Store};

use super::answers::Answers;
use crate::secrets::Vault;

/// What the engine works with. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Worker {
    /// Where rows are.
    pub store: Arc<dyn Store>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Who runs plugin code.
    pub plugins: Arc<dyn Plugins>,
    /// Who speaks to servers outside.
    pub connector: Arc<dyn Connector>,
    /// Who opens secrets on their way out.
    pub vault: Vault,
    /// What servers answered to steps that are not committed yet.
    pub answers: Answers,
}

/// What a piece of work came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Came {
    /// Its row is spent, or was when it was looked at.
    Done,
    /// Other work of its lane comes first; its row is still there.
    NotYet,
}

impl Worker {
    /// Does one piece of work. Its due row is spent by the commit that does it, so work that comes
    /// to nothing is found again.
    ///
    /// # Errors
    /// [`Failure`] where the store could not do it.
    pub(super) async fn perform(
        &self,
        tenant: TenantId,
        key: &Key,
        due: &Due,
    ) -> Result<Came, Failure> {
        match due {
            Due::Dispatch { event, item, .. } => self.dispatch(tenant, key, event, item).await?,
            Due::Step { run, step, .. } => return self.step(tenant, key, run, step).await,
            Due::Idle { item } => return self.idle(tenant, key, item).await,
            Due::Delivery { id, .. } => self.deliver(tenant, key, id).await?,
            Due::Job { id } => self.job(tenant, key, id).await?,
            Due::Receipt { of, at } => self.forget_receipt(tenant, key, of, *at).await?,
        }

        Ok(Came::Done)
    }
}
