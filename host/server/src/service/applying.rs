//! How many items an automation would be applied to.

use stagewright_core::command::job::{applicable, is_without};
use stagewright_core::context::OpContext;
use stagewright_core::drive::Failure;
use stagewright_core::id::TenantId;
use stagewright_core::model::record::{Record, records_of_kind};

use super::Service;
use super::queries::{Order, Page};

/// Records that are looked through at most.
const LOOKED_AT_MAX: usize = 20_000;
/// Records that are read at a time.
const PAGE: usize = 200;

/// What applying an automation would come to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Applying {
    /// Items that it would start for.
    pub items: usize,
    /// Records of the kind that were looked at.
    pub looked_at: usize,
    /// Whether those were all.
    pub complete: bool,
}

impl Service {
    /// Counts the items that stand on an automation's stage and for which it has not started since
    /// they came there. Looks at 20,000 records at most.
    ///
    /// # Errors
    /// `not-found`, `automation.nothing-to-apply`.
    pub async fn preview_apply(&self, tenant: TenantId, id: &str) -> Result<Applying, Failure> {
        // Nothing is written, so there is no stamp: it would hold everybody's steps back for as
        // long as this looks.
        let ctx = OpContext::system(tenant, &["preview", id], self.clock.now());
        let found = self.query(|tx| applicable(tx, &ctx, id)).await?;

        let prefix = records_of_kind(tenant, &found.version.automation.kind);
        let mut counted = Applying::default();
        let mut page = Page { limit: PAGE, after: None };

        while counted.looked_at < LOOKED_AT_MAX {
            let listed = self.list::<Record>(&prefix, &page, Order::Forward, |_| true).await?;
            counted.looked_at += listed.rows.len();
            for (_, item, _) in listed.rows.iter().filter(|(_, item, _)| found.has(item)) {
                counted.items +=
                    usize::from(self.query(|tx| is_without(tx, &ctx, id, item)).await?);
            }
            let Some(next) = listed.next else {
                counted.complete = true;
                break;
            };
            page.after = Some(next);
        }

        Ok(counted)
    }
}
