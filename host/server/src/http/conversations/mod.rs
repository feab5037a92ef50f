//! Conversations with clients: the operators' desk.

mod accept;
mod list;
mod media;
mod messages;
mod reply;
mod show;

pub(super) use accept::accept_conversation;
pub(super) use list::list_conversations;
pub(super) use media::fetch_media;
pub(super) use messages::list_messages;
pub(super) use reply::reply_to_conversation;
pub(super) use show::show_conversation;
