//! What stands on a pipeline, as one file.

use stagewright_core::command::export_automations;
use stagewright_core::drive::Failure;
use stagewright_core::id::TenantId;

use super::Service;
use crate::automation_file::write;

impl Service {
    /// A pipeline, the calendars that its robots may count by, and the drafts of its automations,
    /// as YAML.
    ///
    /// # Errors
    /// `not-found`.
    pub async fn export_automations(
        &self,
        tenant: TenantId,
        pipeline: &str,
    ) -> Result<String, Failure> {
        let found = self.query(|tx| export_automations::look(tx, tenant, pipeline)).await?;
        write(&found).map_err(Failure::Damaged)
    }
}
