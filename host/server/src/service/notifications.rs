//! What employees are told inside the CRM, read for answers.

use stagewright_core::drive::Failure;
use stagewright_core::id::TenantId;
use stagewright_core::model::notification::Notification;

use super::Service;
use super::queries::{Listed, Order, Page};

impl Service {
    /// A page of an employee's notifications, newest first: all of them, or only those that are
    /// `unread` or are not.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn notifications(
        &self,
        tenant: TenantId,
        user: &str,
        unread: Option<bool>,
        page: &Page,
    ) -> Result<Listed<Notification>, Failure> {
        let wanted =
            |one: &Notification| unread.is_none_or(|unread| unread == one.read_at.is_none());
        self.list(&Notification::range(tenant, user), page, Order::NewestFirst, wanted).await
    }
}
