//! The answer of `describe`: what a plugin offers. Its schema is in `wit/README.md`.

use serde_json::{Value, json};

use crate::{Channel, ResultField, Results, Robot, Setting, Text, Trigger};

/// A catalogue in the making. [`plugin!`](crate::plugin) fills it.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    robots: Vec<Value>,
    triggers: Vec<Value>,
    channels: Vec<Value>,
}

impl Catalogue {
    /// Adds a robot.
    #[must_use]
    pub fn robot<R: Robot>(mut self) -> Self {
        let mut entry = offer(R::ID, R::NAME, R::DESCRIPTION, R::SETTINGS);
        put(&mut entry, "group", R::GROUP.into());
        put(&mut entry, "kinds", R::KINDS.to_vec().into());
        put(
            &mut entry,
            "results",
            R::Results::RESULTS.iter().copied().map(ResultField::to_json).collect(),
        );

        self.robots.push(entry);
        self
    }

    /// Adds a trigger.
    #[must_use]
    pub fn trigger<T: Trigger>(mut self) -> Self {
        let mut entry = offer(T::ID, T::NAME, T::DESCRIPTION, T::SETTINGS);
        put(&mut entry, "group", T::GROUP.into());
        put(&mut entry, "kinds", T::KINDS.to_vec().into());
        put(&mut entry, "events", T::EVENTS.to_vec().into());
        if let Some(setting) = T::IDLE_AFTER {
            put(&mut entry, "idle_after", setting.into());
        }

        self.triggers.push(entry);
        self
    }

    /// Adds the channel.
    #[must_use]
    pub fn channel<C: Channel>(mut self) -> Self {
        let mut entry = offer(C::ID, C::NAME, C::DESCRIPTION, C::SETTINGS);
        let secrets = C::SECRETS
            .iter()
            .map(|secret| json!({ "name": secret.name, "label": secret.label.to_json() }));

        put(&mut entry, "kind", C::KIND.into());
        put(&mut entry, "secrets", secrets.collect());
        if let Some(hours) = C::FREE_TEXT_HOURS {
            put(&mut entry, "free_text_hours", hours.into());
        }

        self.channels.push(entry);
        self
    }

    /// The catalogue as JSON.
    pub fn to_json(self) -> Value {
        json!({ "robots": self.robots, "triggers": self.triggers, "channels": self.channels })
    }
}

fn offer(id: &str, name: Text, description: Text, settings: &[Setting]) -> Value {
    let settings: Value = settings.iter().copied().map(Setting::to_json).collect();
    json!({
        "id": id, "name": name.to_json(), "description": description.to_json(),
        "settings": settings,
    })
}

fn put(entry: &mut Value, key: &str, value: Value) {
    if let Value::Object(fields) = entry {
        fields.insert(key.into(), value);
    }
}
