//! Does a batch of a job: each entry in a commit of its own, then the job moves on.

use stagewright_core::command::job::{self, One};
use stagewright_core::context::OpContext;
use stagewright_core::drive::{self, Failure};
use stagewright_core::id::TenantId;
use stagewright_core::key::Key;

use super::work::Worker;

impl Worker {
    /// Does the next batch of a job. What an entry needs is decided entry by entry, so a host that
    /// stops in between goes on where it was.
    pub(super) async fn job(&self, tenant: TenantId, key: &Key, id: &str) -> Result<(), Failure> {
        let ctx = OpContext::system(tenant, &["job", id], self.clock.now());
        let Some((job, batch)) =
            drive::query(&*self.store, |tx| job::batch(tx, &ctx, id, key)).await?
        else {
            return self.drop_row(key).await;
        };

        // A job that is started anew goes through the same entries once more. Its start is part of
        // their names, so that what is done then gets ids of its own.
        let started = job.started_at.to_string();
        let mut stopped = false;
        for entry in &batch.entries {
            let ctx = OpContext::system(tenant, &["job", id, &started, entry], self.clock.now());
            match drive::execute(&*self.store, |tx| job::one(tx, &ctx, &job, entry)).await {
                Ok(One::Done | One::Nothing) => {}
                // The entries behind have to wait too: the job remembers one place up to which all
                // is done (ADR 0009).
                Ok(One::Later) => {
                    stopped = true;
                    break;
                }
                // One entry that cannot be done must not keep the job from the others.
                Err(Failure::Refused(refusal)) => {
                    tracing::warn!(
                        %tenant, job = id, entry, %refusal,
                        "an entry of a job is left out"
                    );
                }
                Err(other) => return Err(other),
            }
        }

        let ctx = OpContext::system(tenant, &["job", id], self.clock.now());
        drive::execute(&*self.store, |tx| job::advance(tx, &ctx, id, key, &batch, stopped)).await
    }
}
