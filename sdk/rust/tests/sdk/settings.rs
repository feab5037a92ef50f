//! How saved settings become a struct.

use stagewright_sdk::Failure;
use stagewright_sdk::prelude::*;

#[derive(Debug, PartialEq, Settings)]
struct Reminder {
    #[setting(kind = "template", required)]
    #[label(en = "Text", ru = "Текст", uk = "Текст")]
    text: String,
    #[setting(default = 3)]
    #[label(en = "Times", ru = "Раз", uk = "Разів")]
    times: u32,
    #[setting(kind = "user")]
    #[label(en = "Readers", ru = "Читатели", uk = "Читачі")]
    readers: Vec<String>,
    #[setting(kind = "channel")]
    #[label(en = "Channel", ru = "Канал", uk = "Канал")]
    channel: Option<String>,
    #[setting(key = "type", default = true)]
    #[label(en = "Kind", ru = "Вид", uk = "Вид")]
    kind: bool,
}

/// Why the settings are refused; nothing where they are not.
fn failure(settings: &str) -> Option<Failure> {
    Reminder::from_json(settings).err()
}

#[test]
fn what_was_not_saved_has_its_default() {
    let expected =
        Reminder { text: "Hi".into(), times: 3, readers: Vec::new(), channel: None, kind: true };

    assert_eq!(Reminder::from_json(r#"{"text":"Hi"}"#), Ok(expected));
}

#[test]
fn null_counts_as_not_saved() {
    let settings = r#"{"text":"Hi","times":null,"readers":null,"channel":null}"#;

    assert_eq!(Reminder::from_json(settings), Reminder::from_json(r#"{"text":"Hi"}"#));
}

#[test]
fn what_was_saved_wins() {
    let settings = r#"{"text":"","times":7,"readers":["u1","u2"],"channel":"wa1","type":false}"#;

    let expected = Reminder {
        text: String::new(),
        times: 7,
        readers: vec!["u1".into(), "u2".into()],
        channel: Some("wa1".into()),
        kind: false,
    };
    assert_eq!(Reminder::from_json(settings), Ok(expected));
}

#[test]
fn keys_of_an_older_form_are_ignored() {
    assert!(Reminder::from_json(r#"{"text":"Hi","colour":"red"}"#).is_ok());
}

#[test]
fn a_required_setting_that_is_missing_is_named() {
    let expected =
        Failure::permanent("bad-setting", "fill in the setting `text`").in_setting("text");

    assert_eq!(failure("{}"), Some(expected));
}

#[test]
fn a_value_of_the_wrong_type_names_its_setting() {
    let failure = failure(r#"{"text":"Hi","times":"often"}"#).unwrap();

    assert_eq!(failure.setting.as_deref(), Some("times"));
    assert!(failure.message.contains("`times` does not fit"), "{failure}");
}

#[test]
fn settings_that_are_no_object_are_refused() {
    let failure = failure("[]").unwrap();

    assert_eq!((failure.code.as_str(), failure.setting), ("bad-setting", None));
}
