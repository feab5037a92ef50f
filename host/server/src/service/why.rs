//! Why robots and triggers did or did not do something to an item.

use stagewright_core::drive::Failure;
use stagewright_core::id::TenantId;
use stagewright_core::model::record::{Record, RecordRef};
use stagewright_core::why::{About, Answer, Asked, why};

use super::Service;

impl Service {
    /// The answers about what is asked, each in one sentence.
    ///
    /// # Errors
    /// `not-found`, `why.unknown`, `record.not-an-item`.
    pub async fn why(
        &self,
        tenant: TenantId,
        item: &RecordRef,
        asked: &Asked,
    ) -> Result<Vec<Answer>, Failure> {
        let now = self.clock.now();
        self.query(|tx| why(tx, tenant, now, item, asked)).await
    }

    /// The answers about the robots of the stage that an item stands on; none for a record without
    /// a pipeline.
    pub(super) async fn why_here(
        &self,
        tenant: TenantId,
        record: &Record,
    ) -> Result<Vec<Answer>, Failure> {
        if record.text("pipeline").is_empty() {
            return Ok(Vec::new());
        }

        let mut answers = self.why(tenant, &record.key, &Asked::default()).await?;
        answers
            .retain(|answer| answer.about == About::Robot && answer.stage == record.text("stage"));
        Ok(answers)
    }
}
