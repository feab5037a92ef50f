//! Notifications: what an employee is told inside the CRM.

use serde::{Deserialize, Serialize};

use crate::id::TenantId;
use crate::key::{Key, Table};
use crate::model::record::RecordRef;
use crate::row::Row;
use crate::time::Timestamp;

/// One notification of one employee.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Notification {
    /// Its id; sorts by time.
    pub id: String,
    /// Whom it is for, a user's id.
    pub to: String,
    /// When.
    pub at: Timestamp,
    /// What it says.
    pub text: String,
    /// The record it is about.
    pub item: Option<RecordRef>,
    /// In whose name, a user's id.
    pub author: Option<String>,
    /// When it was read.
    pub read_at: Option<Timestamp>,
}

impl Row for Notification {
    const NAME: &'static str = "notification";
}

impl Notification {
    /// The range of one employee's notifications, oldest first.
    #[must_use]
    pub fn range(tenant: TenantId, user: &str) -> Key {
        Key::new(tenant, Table::Notification, &[user])
    }

    /// Where a notification is kept.
    #[must_use]
    pub fn key(tenant: TenantId, user: &str, id: &str) -> Key {
        Key::new(tenant, Table::Notification, &[user, id])
    }
}
