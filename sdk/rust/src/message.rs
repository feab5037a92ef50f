//! A message to send through one of the tenant's channels.

use serde_json::{Map, Value, json};

/// An approved template, used outside the messenger's free-text window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// The name it was approved under.
    pub name: String,
    /// Its language, as the messenger writes it.
    pub language: String,
    /// The values of its placeholders, in order.
    pub parameters: Vec<String>,
}

/// A message. What is not set is left to the host.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Message {
    /// The phone number or address.
    pub to: String,
    /// The text.
    pub text: String,
    /// The channel's id; else the channel of the item's conversation.
    pub channel: Option<String>,
    /// The kind of channel to look for where none is given.
    pub channel_kind: Option<String>,
    /// The approved template.
    pub template: Option<Template>,
    /// RFC 3339: not sent after this.
    pub not_after: Option<String>,
    /// Not sent any more once the item has left the stage.
    pub drop_if_stage_left: bool,
}

impl Message {
    /// The message as `messaging.send` takes it; what is not set is left out.
    pub fn to_json(&self) -> Value {
        let mut message = Map::new();
        message.insert("to".into(), self.to.as_str().into());
        message.insert("text".into(), self.text.as_str().into());

        let optional = [
            ("channel", self.channel.as_deref().map(Value::from)),
            ("channel_kind", self.channel_kind.as_deref().map(Value::from)),
            ("template", self.template.as_ref().map(Template::to_json)),
            ("not_after", self.not_after.as_deref().map(Value::from)),
            ("drop_if_stage_left", self.drop_if_stage_left.then_some(Value::Bool(true))),
        ];

        message
            .extend(optional.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))));
        Value::Object(message)
    }
}

impl Template {
    fn to_json(&self) -> Value {
        json!({ "name": self.name, "language": self.language, "parameters": self.parameters })
    }
}
