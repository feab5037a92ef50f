//! A plugin's settings: how the catalogue describes them and how a call decodes them.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use stagewright_catalogue::{SettingKind, Word};

use crate::{Failure, Text};

/// One value that a `choice` setting may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// What is saved.
    pub value: &'static str,
    /// What is shown.
    pub label: Text,
}

/// How the catalogue describes one setting. [`Settings`](crate::Settings) derives it from a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// The key in the saved settings.
    pub key: &'static str,
    /// What it holds.
    pub kind: SettingKind,
    /// The field's name on the form.
    pub label: Text,
    /// A sentence below the field.
    pub help: Option<Text>,
    /// Whether it must be filled in.
    pub required: bool,
    /// The default as JSON text.
    pub default: Option<&'static str>,
    /// The least number, or the least length of a text.
    pub min: Option<i64>,
    /// The greatest number, or the greatest length of a text.
    pub max: Option<i64>,
    /// The values of a `choice`.
    pub choices: &'static [Choice],
    /// Whether it is a list.
    pub multiple: bool,
}

impl Setting {
    fn default_value(&self) -> Option<Value> {
        self.default.and_then(|text| serde_json::from_str(text).ok())
    }

    /// A form saves an optional setting that nobody filled in as an empty text.
    fn is_untouched(&self, value: &Value) -> bool {
        !self.required && !self.multiple && self.default.is_none() && value == ""
    }

    pub(crate) fn to_json(self) -> Value {
        let mut entry = Map::new();
        entry.insert("key".into(), self.key.into());
        entry.insert("kind".into(), self.kind.as_str().into());
        entry.insert("label".into(), self.label.to_json());
        entry.insert("required".into(), self.required.into());
        entry.insert("multiple".into(), self.multiple.into());

        let optional = [
            ("help", self.help.map(Text::to_json)),
            ("default", self.default_value()),
            ("min", self.min.map(Value::from)),
            ("max", self.max.map(Value::from)),
            ("choices", self.choices_json()),
        ];

        entry
            .extend(optional.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))));
        Value::Object(entry)
    }

    fn choices_json(&self) -> Option<Value> {
        let list = self
            .choices
            .iter()
            .map(|choice| json!({ "value": choice.value, "label": choice.label.to_json() }));
        (!self.choices.is_empty()).then(|| list.collect())
    }
}

/// The settings of a robot, trigger or channel. Derive it.
pub trait Settings: Sized {
    /// What the catalogue says of the fields, in their order.
    const SETTINGS: &'static [Setting];

    /// Takes every field out of the saved settings.
    ///
    /// # Errors
    /// `bad-setting`, naming the setting.
    fn from_fields(fields: &mut Fields) -> Result<Self, Failure>;

    /// Decodes the settings of one call; keys that nobody asks for are ignored, since an older form
    /// may have saved them.
    ///
    /// # Errors
    /// `bad-setting`, naming the setting.
    fn from_json(text: &str) -> Result<Self, Failure> {
        Self::from_fields(&mut Fields::parse(text)?)
    }
}

/// Saved settings on their way into a struct.
#[derive(Debug)]
pub struct Fields(Map<String, Value>);

impl Fields {
    fn parse(text: &str) -> Result<Self, Failure> {
        serde_json::from_str(text)
            .map(Self)
            .map_err(|cause| bad("", format!("the settings are not a JSON object: {cause}")))
    }

    /// The value of one setting; where none was saved, its default.
    ///
    /// # Errors
    /// `bad-setting` where the value is missing or of another type.
    pub fn take<T: DeserializeOwned>(&mut self, setting: &Setting) -> Result<T, Failure> {
        let value = match self.0.remove(setting.key).filter(|value| !setting.is_untouched(value)) {
            None | Some(Value::Null) => setting.default_value().unwrap_or_else(|| absent(setting)),
            Some(value) => value,
        };

        let missing = value.is_null() && setting.required;
        serde_json::from_value(value).map_err(|cause| match missing {
            true => bad(setting.key, format!("fill in the setting `{}`", setting.key)),
            false => {
                bad(setting.key, format!("the setting `{}` does not fit: {cause}", setting.key))
            }
        })
    }
}

/// A list that was not saved is empty; anything else is left to the field's type, where an `Option`
/// becomes `None`.
fn absent(setting: &Setting) -> Value {
    if setting.multiple { Value::Array(Vec::new()) } else { Value::Null }
}

fn bad(key: &str, message: String) -> Failure {
    let failure = Failure::permanent("bad-setting", message);
    if key.is_empty() { failure } else { failure.in_setting(key) }
}
