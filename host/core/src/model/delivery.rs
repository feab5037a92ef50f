//! Outgoing messages and where each stands.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::id::TenantId;
use crate::key::{Key, Table};
use crate::model::conversation::EarlyStatus;
use crate::model::record::RecordRef;
use crate::row::Row;
use crate::time::Timestamp;

/// Where a delivery stands. `host/docs/DELIVERIES.md` has the table of who moves it from where to
/// where.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// Waiting for its turn or its next try.
    Pending,
    /// A request may be under way. Durable before the request leaves.
    Sending,
    /// The provider took it.
    Sent,
    /// It reached the device.
    Delivered,
    /// It was read.
    Read,
    /// Its answer was lost: it may or may not have arrived.
    Unknown,
    /// The provider refused it for good.
    Failed,
    /// Tries ran out.
    Dead,
    /// Not sent: too late, or its stage was left, or a person discarded it.
    Dropped,
}

impl DeliveryState {
    /// Whether the next message of the same lane may go.
    #[must_use]
    pub fn is_ended(self) -> bool {
        !matches!(self, Self::Pending | Self::Sending)
    }

    /// How far a message is known to have come: the provider has dealt with it, the device has it,
    /// it was read. A status moves a delivery forward on this way and never back, so that the order
    /// in which statuses come does not matter.
    #[must_use]
    pub fn progress(self) -> u8 {
        match self {
            Self::Pending | Self::Sending | Self::Unknown | Self::Dead | Self::Dropped => 0,
            Self::Sent | Self::Failed => 1,
            Self::Delivered => 2,
            Self::Read => 3,
        }
    }
}

/// One outgoing message.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Delivery {
    /// Its id: the idempotency key towards the provider.
    pub id: String,
    /// The channel it goes through.
    pub channel: String,
    /// The lane that keeps its order: the conversation, or channel and address.
    pub lane: String,
    /// To whom, on the channel.
    pub to: String,
    /// What is sent: `text`, `template` and whatever else the sender gave.
    pub content: Map<String, Value>,
    /// Where it stands.
    pub state: DeliveryState,
    /// Why, for states that want a reason.
    pub reason: Option<String>,
    /// Stable code of the last error.
    pub code: Option<String>,
    /// The provider's id for it.
    pub external_id: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When its state last changed.
    pub updated_at: Timestamp,
    /// When it is tried next, while pending.
    pub due_at: Option<Timestamp>,
    /// Its due row's time and lane number, to find the row again.
    pub due_row: Option<(Timestamp, u64)>,
    /// Whether it waits until sending, or its channel's plugin, is resumed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub held: bool,
    /// Requests that left or may have left.
    pub tries: u32,
    /// When a person had it sent again; a `failed` of a message from before that says nothing about
    /// the one after it.
    #[serde(default)]
    pub retried_at: Option<Timestamp>,
    /// Statuses that came while a request was under way. They are applied when it has ended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub early: Vec<EarlyStatus>,
    /// Not to be sent after this.
    pub not_after: Option<Timestamp>,
    /// The item it is about, on whose timeline it is shown.
    pub item: Option<RecordRef>,
    /// Drop it unless the item is still in this stage epoch.
    pub only_in_epoch: Option<u64>,
    /// The conversation it belongs to.
    pub conversation: Option<String>,
    /// The run and step that asked for it.
    pub step: Option<(String, String)>,
    /// Who asked for it, for people.
    pub author: Option<String>,
}

impl Row for Delivery {
    const NAME: &'static str = "delivery";
}

impl Delivery {
    /// Where a delivery is kept.
    #[must_use]
    pub fn key(tenant: TenantId, id: &str) -> Key {
        Key::new(tenant, Table::Delivery, &[id])
    }

    /// Where a delivery lane is kept.
    #[must_use]
    pub fn lane_key(tenant: TenantId, lane: &str) -> Key {
        Key::new(tenant, Table::DeliveryLane, &[lane])
    }
}

/// The order of one lane's deliveries: only the first has a due row.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct DeliveryLane {
    /// The number of the newest delivery.
    pub seq: u64,
    /// Deliveries that are not ended, in order.
    pub waiting: Vec<String>,
    /// When somebody last wrote to us from there: messengers allow free text for some time after
    /// that.
    #[serde(default)]
    pub last_inbound_at: Option<Timestamp>,
}

impl Row for DeliveryLane {
    const NAME: &'static str = "delivery lane";
}
