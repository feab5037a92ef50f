//! What a plugin offers, as its `describe` answered at installation.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::open_word::OpenWord;
use super::{ResultKind, SettingKind};

/// Text for people by language.
pub type Texts = std::collections::BTreeMap<String, String>;

/// One setting of a robot, trigger or channel.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct SettingInfo {
    /// Key.
    pub key: String,
    /// What it holds.
    pub kind: OpenWord<SettingKind>,
    /// Name for people.
    #[serde(default)]
    pub label: Texts,
    /// Explanation for people.
    #[serde(default)]
    pub help: Texts,
    /// Whether it must be given.
    #[serde(default)]
    pub required: bool,
    /// What is used when it is not given.
    #[serde(default)]
    pub default: Option<Value>,
    /// Least number, or least length.
    #[serde(default)]
    pub min: Option<i64>,
    /// Greatest number, or greatest length.
    #[serde(default)]
    pub max: Option<i64>,
    /// What may be chosen.
    #[serde(default)]
    pub choices: Vec<Choice>,
    /// Whether it is a list.
    #[serde(default)]
    pub multiple: bool,
}

/// One thing to choose.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Choice {
    /// Value.
    pub value: String,
    /// Name for people.
    #[serde(default)]
    pub label: Texts,
}

/// One result of a robot.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ResultInfo {
    /// Key.
    pub key: String,
    /// What it holds.
    #[serde(default)]
    pub kind: OpenWord<ResultKind>,
    /// Name for people.
    #[serde(default)]
    pub label: Texts,
}

/// A robot type.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RobotInfo {
    /// Id in the plugin.
    pub id: String,
    /// Name for people.
    pub name: Texts,
    /// Explanation for people.
    #[serde(default)]
    pub description: Texts,
    /// The group it is shown in.
    #[serde(default)]
    pub group: String,
    /// Kinds of record it works on; empty for all.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// Settings.
    #[serde(default)]
    pub settings: Vec<SettingInfo>,
    /// Results.
    #[serde(default)]
    pub results: Vec<ResultInfo>,
}

/// A trigger type.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct TriggerInfo {
    /// Id in the plugin.
    pub id: String,
    /// Name for people.
    pub name: Texts,
    /// Explanation for people.
    #[serde(default)]
    pub description: Texts,
    /// The group it is shown in.
    #[serde(default)]
    pub group: String,
    /// Kinds of record it works on; empty for all.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// Kinds of event it wants to see.
    pub events: Vec<String>,
    /// The setting that says for how long nobody must have touched an item; the host keeps the
    /// timer and tells by `item.idle`.
    #[serde(default)]
    pub idle_after: Option<String>,
    /// Settings.
    #[serde(default)]
    pub settings: Vec<SettingInfo>,
}

/// A channel type.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ChannelInfo {
    /// Id in the plugin.
    pub id: String,
    /// Name for people.
    pub name: Texts,
    /// Explanation for people.
    #[serde(default)]
    pub description: Texts,
    /// The messenger: `whatsapp`, `json`, ...
    pub kind: String,
    /// Settings.
    #[serde(default)]
    pub settings: Vec<SettingInfo>,
    /// Secrets it needs.
    #[serde(default)]
    pub secrets: Vec<SecretInfo>,
    /// For how many hours after a client's message the messenger takes free text; always where
    /// absent.
    #[serde(default)]
    pub free_text_hours: Option<u32>,
}

/// A secret that a channel needs.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct SecretInfo {
    /// Its name.
    pub name: String,
    /// Name for people.
    #[serde(default)]
    pub label: Texts,
}

/// What a plugin offers, as its `describe` answered at installation.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Catalogue {
    /// Robots.
    #[serde(default)]
    pub robots: Vec<RobotInfo>,
    /// Triggers.
    #[serde(default)]
    pub triggers: Vec<TriggerInfo>,
    /// Channels.
    #[serde(default)]
    pub channels: Vec<ChannelInfo>,
}

#[cfg(test)]
mod tests {
    use serde::Serialize;
    use serde_json::json;

    use super::*;

    /// A catalogue as rows of earlier hosts hold it, its kinds being plain text.
    #[derive(Serialize)]
    struct AsText {
        robots: [RobotAsText; 1],
        triggers: [(); 0],
        channels: [(); 0],
    }

    #[derive(Serialize)]
    struct RobotAsText {
        id: &'static str,
        name: Texts,
        description: Texts,
        group: &'static str,
        kinds: [(); 0],
        settings: Vec<SettingAsText>,
        results: Vec<ResultAsText>,
    }

    #[derive(Serialize)]
    struct SettingAsText {
        key: &'static str,
        kind: &'static str,
        label: Texts,
        help: Texts,
        required: bool,
        default: Option<Value>,
        min: Option<i64>,
        max: Option<i64>,
        choices: [(); 0],
        multiple: bool,
    }

    #[derive(Serialize)]
    struct ResultAsText {
        key: &'static str,
        kind: &'static str,
        label: Texts,
    }

    fn setting(kind: &'static str) -> SettingAsText {
        SettingAsText {
            key: "k",
            kind,
            label: Texts::new(),
            help: Texts::new(),
            required: false,
            default: Some(json!("red")),
            min: None,
            max: Some(3),
            choices: [],
            multiple: false,
        }
    }

    fn as_text() -> AsText {
        let result = |kind| ResultAsText { key: "r", kind, label: Texts::new() };
        let robot = RobotAsText {
            id: "paint",
            name: Texts::from([("en".to_owned(), "Paint".to_owned())]),
            description: Texts::new(),
            group: "data",
            kinds: [],
            settings: ["colour", "date-field", "text", ""].map(setting).into(),
            results: ["moment", "phone", "shade", ""].map(result).into(),
        };

        AsText { robots: [robot], triggers: [], channels: [] }
    }

    fn check_kinds(catalogue: &Catalogue) {
        let robot = &catalogue.robots[0];
        let settings: Vec<_> = robot.settings.iter().map(|info| info.kind.clone()).collect();
        let results: Vec<_> = robot.results.iter().map(|info| info.kind.clone()).collect();

        assert_eq!(
            settings,
            [
                OpenWord::Other("colour".to_owned()),
                OpenWord::Known(SettingKind::DateField),
                OpenWord::Known(SettingKind::Text),
                OpenWord::default(),
            ]
        );
        assert_eq!(
            results,
            [
                OpenWord::Known(ResultKind::Moment),
                OpenWord::Known(ResultKind::Phone),
                OpenWord::Other("shade".to_owned()),
                OpenWord::default(),
            ]
        );
    }

    #[test]
    fn a_stored_catalogue_with_unknown_kinds_is_read_and_comes_back_byte_by_byte() {
        let packed = rmp_serde::to_vec_named(&as_text()).unwrap();
        let catalogue: Catalogue = rmp_serde::from_slice(&packed).unwrap();

        check_kinds(&catalogue);
        assert_eq!(rmp_serde::to_vec_named(&catalogue).unwrap(), packed);
    }

    #[test]
    fn so_does_one_in_json() {
        let text = serde_json::to_string(&as_text()).unwrap();
        let catalogue: Catalogue = serde_json::from_str(&text).unwrap();

        check_kinds(&catalogue);
        assert_eq!(serde_json::to_string(&catalogue).unwrap(), text);
    }

    #[test]
    fn a_result_without_a_kind_has_none_and_a_setting_needs_one() {
        let result: ResultInfo = serde_json::from_value(json!({"key": "r"})).unwrap();

        assert_eq!(result.kind.as_str(), "");
        assert!(serde_json::from_value::<SettingInfo>(json!({"key": "k"})).is_err());
    }
}
