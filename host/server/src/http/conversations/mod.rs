//! `/v1/conversations`: conversations with clients, the operators' desk.

mod desk;
mod messages;
mod view;

pub(super) use desk::{accept_conversation, list_conversations, show_conversation};
pub(super) use messages::{fetch_media, list_messages, reply_to_conversation};
