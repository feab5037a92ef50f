//! Conversations and messages as clients see them.

use serde::Serialize;
use serde_json::Value;

use stagewright_core::model::conversation::{
    Accepted, Conversation, Direction, Message, Session, Status,
};
use stagewright_core::model::record::RecordRef;
use stagewright_core::time::Timestamp;

/// A conversation as clients see it.
#[derive(Debug, Serialize)]
pub(in crate::http) struct ConversationView {
    id: String,
    channel: String,
    line: Option<String>,
    address: String,
    display_name: String,
    contact: Option<String>,
    status: Status,
    active: bool,
    claimed_by: Option<String>,
    responsible: Option<String>,
    created_at: Timestamp,
    last_client_message_at: Option<Timestamp>,
    messages: u64,
    session: SessionView,
    version: u64,
}

/// A conversation's session as clients see it.
#[derive(Debug, Serialize)]
struct SessionView {
    number: u32,
    opened_at: Timestamp,
    item: Option<RecordRef>,
    accepted: Option<AcceptedView>,
    first_reply_at: Option<Timestamp>,
}

/// Who took a session into work, as clients see it.
#[derive(Debug, Serialize)]
struct AcceptedView {
    by: String,
    at: Timestamp,
}

/// A message as clients see it.
#[derive(Debug, Serialize)]
pub(in crate::http) struct MessageView {
    id: String,
    conversation: String,
    direction: Direction,
    at: Timestamp,
    occurred_at: Option<Timestamp>,
    author: Option<String>,
    external_id: Option<String>,
    body: Value,
    delivery: Option<String>,
    /// Which message of its conversation it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<u64>,
    /// The address of its file, where a client sent one.
    #[serde(skip_serializing_if = "Option::is_none")]
    media_url: Option<String>,
}

impl ConversationView {
    pub(super) fn of(conversation: Conversation, version: u64) -> Self {
        let Conversation {
            id,
            channel,
            line,
            address,
            display_name,
            contact,
            status,
            active,
            claimed_by,
            responsible,
            created_at,
            last_client_message_at,
            messages,
            session,
        } = conversation;

        Self {
            id,
            channel,
            line,
            address,
            display_name,
            contact,
            status,
            active,
            claimed_by,
            responsible,
            created_at,
            last_client_message_at,
            messages,
            session: SessionView::of(session),
            version,
        }
    }
}

impl SessionView {
    fn of(session: Session) -> Self {
        let Session { number, opened_at, item, accepted, first_reply_at } = session;
        Self { number, opened_at, item, accepted: accepted.map(AcceptedView::of), first_reply_at }
    }
}

impl AcceptedView {
    fn of(accepted: Accepted) -> Self {
        let Accepted { by, at } = accepted;
        Self { by, at }
    }
}

impl MessageView {
    /// A message that was just written, which has no number yet.
    pub(super) fn of(message: Message) -> Self {
        let Message {
            id,
            conversation,
            direction,
            at,
            occurred_at,
            author,
            external_id,
            body,
            delivery,
        } = message;

        Self {
            id,
            conversation,
            direction,
            at,
            occurred_at,
            author,
            external_id,
            body,
            delivery,
            number: None,
            media_url: None,
        }
    }

    /// A conversation's message with its number, and with the address of its file where a client
    /// sent one.
    pub(super) fn listed(message: Message, number: Option<u64>) -> Self {
        let view = Self::of(message);
        let has_file = view.external_id.is_some()
            && view.body.get("media").is_some_and(|media| !media.is_null());

        let media_url = number.filter(|_| has_file).map(|number| {
            format!("/v1/conversations/{}/messages/{number}/media", view.conversation)
        });
        Self { number, media_url, ..view }
    }
}
