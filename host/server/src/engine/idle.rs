//! Fires an item's timer: nobody has touched the item for a while.

use stagewright_core::command::idle::{self, Fired};
use stagewright_core::context::OpContext;
use stagewright_core::drive::{self, Failure};
use stagewright_core::id::TenantId;
use stagewright_core::key::Key;
use stagewright_core::model::record::RecordRef;

use super::work::{Came, Worker};

impl Worker {
    /// Fires the timer that lies at `key`.
    pub(super) async fn idle(
        &self,
        tenant: TenantId,
        key: &Key,
        item: &RecordRef,
    ) -> Result<Came, Failure> {
        // The timer's moment is part of the name, so that each silence that is told of is a piece
        // of work of its own.
        let due_at = key.as_due().map(|due| due.due_at.to_string()).unwrap_or_default();
        let ctx = OpContext::system(tenant, &["idle", &item.lane(), &due_at], self.clock.now());

        match drive::execute(&*self.store, |tx| idle::fire(tx, &ctx, key, item)).await? {
            Fired::NotYet => Ok(Came::NotYet),
            Fired::Told(event) => {
                tracing::debug!(
                    %tenant, event, item = %item.lane(),
                    "nobody has touched the item for a while"
                );
                Ok(Came::Done)
            }
            Fired::Quiet => Ok(Came::Done),
        }
    }
}
