//! The test plugin, and robots and triggers of it.

use serde_json::{Map, Value, json};

use stagewright_core::call::CallLimits;
use stagewright_core::model::plugin::{Catalogue, Plugin, PluginLimits};

use super::minute;

/// A plugin with everything in it.
pub(super) fn plugin() -> Plugin {
    let catalogue: Catalogue = serde_json::from_value(json!({
        "robots": robots(),
        "triggers": triggers(),
        "channels": [{"id": "chat", "name": {"en": "Chat"}, "kind": "chat", "settings": []}],
    }))
    .unwrap();

    let limits = PluginLimits {
        robot: CallLimits::ROBOT,
        trigger: CallLimits::TRIGGER,
        channel: CallLimits::CHANNEL,
    };

    Plugin {
        id: "test.kit".into(),
        name: "Kit".into(),
        app: String::new(),
        version: "1.2.3".into(),
        publisher: "Test".into(),
        bundle: "b".into(),
        component: "c".into(),
        permissions: Vec::new(),
        imports: Vec::new(),
        catalogue,
        limits,
        installed_at: minute(0),
    }
}

fn robots() -> Value {
    json!([
        {"id": "say", "name": {"en": "Say"},
            "settings": [{"key": "text", "kind": "template", "required": true, "max": 100}],
            "results": [{"key": "said"}, {"key": "until", "kind": "moment"}]},
        {"id": "names", "name": {"en": "Names"}, "settings": [
            {"key": "pipeline", "kind": "pipeline"},
            {"key": "stage", "kind": "stage"},
            {"key": "stages", "kind": "stage", "multiple": true},
            {"key": "field", "kind": "field"},
            {"key": "date", "kind": "date-field"},
            {"key": "group", "kind": "group"},
            {"key": "calendar", "kind": "calendar"},
            {"key": "to", "kind": "who", "multiple": true}]},
        {"id": "count", "name": {"en": "Count"}, "settings": [
            {"key": "due_working", "kind": "choice", "default": "none",
                "choices": [{"value": "none"}, {"value": "count"}]},
            {"key": "due_calendar", "kind": "calendar", "default": "tenant"}]},
        {"id": "open", "name": {"en": "Open"}, "settings": [
            {"key": "hours", "kind": "calendar", "default": "line"}]},
    ])
}

fn triggers() -> Value {
    json!([
        {"id": "accepted", "name": {"en": "Accepted"}, "events": ["conversation.accepted"],
            "settings": [{"key": "line", "kind": "line", "required": true}]},
        {"id": "called", "name": {"en": "Called"}, "events": ["webhook.received"],
            "settings": [{"key": "code", "kind": "webhook", "required": true}]},
        {"id": "changed", "name": {"en": "Changed"}, "events": ["item.changed"], "settings": []},
        {"id": "left-alone", "name": {"en": "Left alone"}, "events": ["item.idle"],
            "idle_after": "after",
            "settings": [{"key": "after", "kind": "duration", "default": "2d"}]},
    ])
}

/// A robot of the test plugin.
pub(crate) fn robot(id: &str, text: &str, more: Value) -> Value {
    let mut robot = Map::new();
    robot.insert("id".into(), json!(id));
    robot.insert("plugin".into(), json!("test.kit"));
    robot.insert("robot".into(), json!("say"));
    robot.insert("settings".into(), json!({"text": text}));

    robot.extend(more.as_object().unwrap().clone());
    Value::Object(robot)
}

/// A trigger of the test plugin.
pub(crate) fn trigger(id: &str, more: Value) -> Value {
    let mut trigger = json!({
        "id": id, "plugin": "test.kit", "trigger": "accepted", "settings": {"line": "support"},
    });

    trigger.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    trigger
}
