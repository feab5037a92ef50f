//! Conversations.

use serde_json::Value;

use super::difference::{Difference, text};
use crate::scenario::grammar::{ConversationIs, Conversations};
use crate::scenario::world::World;

/// Compares one conversation.
pub(super) async fn see(
    world: &World,
    expected: &ConversationIs,
) -> Result<Result<(), Difference>, String> {
    let id = world.conversation_of(&expected.of.value).await?;
    let view = world
        .admin()
        .get(&format!("/v1/conversations/{id}"))
        .await
        .map_err(|e| e.to_string())?
        .body;
    let named = |pointer: &str| {
        view.pointer(pointer).and_then(Value::as_str).map(|id| world.names.alias(id))
    };

    let mut difference = Difference::default();
    difference.text("status", expected.status.as_ref(), text(&view, "status"));
    difference.text("line", expected.line.as_ref(), text(&view, "line"));
    let accepted_by = named("/session/accepted/by").unwrap_or_else(|| "nobody".to_owned());
    difference.text("who accepted it", expected.accepted_by.as_ref(), Some(&accepted_by));
    let item = named("/session/item/id").unwrap_or_else(|| "none".to_owned());
    difference.text("item", expected.item.as_ref(), Some(&item));

    Ok(difference.verdict())
}

/// Compares how many conversations there are.
pub(super) async fn see_count(
    world: &World,
    expected: &Conversations,
) -> Result<Result<(), Difference>, String> {
    let listed =
        world.admin().get("/v1/conversations?limit=200").await.map_err(|e| e.to_string())?;
    let found = listed.list("/items").map_err(|e| e.to_string())?.len();

    let mut difference = Difference::default();
    difference.count(
        "conversations",
        Some(expected.count),
        u64::try_from(found).unwrap_or(u64::MAX),
    );
    Ok(difference.verdict())
}
