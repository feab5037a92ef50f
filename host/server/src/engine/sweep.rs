//! Forgets what has expired.

use stagewright_core::drive::{self, Failure};
use stagewright_core::id::TenantId;
use stagewright_core::key::Key;
use stagewright_core::model::tenant::Receipt;
use stagewright_core::time::Timestamp;

use super::work::Worker;

impl Worker {
    /// Forgets a receipt, unless its key has been used anew since.
    pub(super) async fn forget_receipt(
        &self,
        tenant: TenantId,
        due_key: &Key,
        (credential, route, key): &(String, String, String),
        at: Timestamp,
    ) -> Result<(), Failure> {
        let receipt_key = Receipt::key(tenant, credential, route, key);

        drive::execute(&*self.store, |tx| {
            if tx.get::<Receipt>(&receipt_key)?.is_some_and(|(receipt, _)| receipt.expires_at <= at)
            {
                tx.delete(receipt_key.clone());
            }
            tx.delete(due_key.clone());
            Ok(())
        })
        .await
    }
}
