//! The tenant's history.

mod count;
mod list;

use serde_json::{Value, json};

use stagewright_core::model::history::HistoryEntry;

pub(super) use count::count_history;
pub(super) use list::list_history;

/// An entry as clients see it. Its number only orders it.
pub(super) fn view(entry: &HistoryEntry) -> Value {
    let mut view = json!(entry);
    if let Some(map) = view.as_object_mut() {
        map.remove("number");
    }
    view
}
