//! Work that is done in batches, read for answers.

use stagewright_core::drive::Failure;
use stagewright_core::id::TenantId;
use stagewright_core::model::job::Job;

use super::Service;

impl Service {
    /// A job.
    ///
    /// # Errors
    /// `not-found`.
    pub async fn job(&self, tenant: TenantId, id: &str) -> Result<Job, Failure> {
        self.fetch(&Job::key(tenant, id)).await.map(|(job, _)| job)
    }
}
