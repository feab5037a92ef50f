//! Files are written and read back.

use serde_json::{Value, json};

use stagewright_core::command::import_automations::Import;
use stagewright_core::limits::{ROBOTS_MAX, STAGES_MAX};
use stagewright_core::refusal::Refusal;

use super::{read, write};

fn sample(text: &str) -> Import {
    let pipeline = json!({"id": "sales", "kind": "deal", "name": "Sales: \"big\"", "stages": [
        {"id": "new", "name": "New"}, {"id": "won", "name": "Won", "semantics": "won"}]});

    let calendar = json!({
        "id": "default", "name": "Office", "time_zone": "Europe/Kyiv",
        "week": {"mon": ["09:00-18:00"], "fri": ["09:00-12:00", "13:00-17:00"]},
        "days": {"2026-03-16": [], "2026-03-17": ["12:00-18:00"]},
    });

    let robot = json!({
        "id": "remind", "name": text, "plugin": "a.b", "robot": "say",
        "settings": {
            "text": text, "to": ["responsible", text], "n": 5, "on": true, "none": null,
            "deep": {"yes": "no", "1": "2"}, "empty": {}, "list": [],
        },
        "run": {"before": "1d", "field": "close_at"},
        "working_time": {"mode": "shift", "calendar": "default"}, "after_previous": true,
    });

    let trigger = json!({
        "id": "taken", "plugin": "a.b", "trigger": "t", "move_as": "responsible",
        "allow_back_move": true,
    });

    let automation = |id: &str, stage: &str, robots: Value, triggers: Value| {
        json!({
            "id": id, "kind": "deal", "pipeline": "sales", "stage": stage, "robots": robots,
            "triggers": triggers,
        })
    };

    let bare = json!({"id": "bare", "plugin": "a.b", "robot": "say"});

    Import {
        pipeline: serde_json::from_value(pipeline).unwrap(),
        calendars: vec![serde_json::from_value(calendar).unwrap()],
        automations: vec![
            serde_json::from_value(automation("first", "new", json!([robot, bare]), json!([])))
                .unwrap(),
            serde_json::from_value(automation("second", "won", json!([]), json!([trigger])))
                .unwrap(),
        ],
    }
}

#[test]
fn a_file_reads_like_this() {
    let text = write(&sample("Call {{item.title}}")).unwrap();
    assert_eq!(text, include_str!("sample.yaml"), "{text}");
}

/// Texts that mean something else, or nothing, where they stand bare in YAML.
const ODD: &[&str] = &[
    "plain",
    "yes",
    "no",
    "y",
    "null",
    "~",
    "1",
    "1.5",
    "0x1f",
    "1e3",
    "12:30",
    "2026-03-16",
    "true",
    "on",
    "=",
    "<<",
    "-",
    "- a",
    "a: b",
    "a # b",
    "#a",
    "'",
    "\"",
    "a'b\"c",
    "{{item.title}}",
    "{a}",
    "[a]",
    "*a",
    "&a",
    "!a",
    "%a",
    "@a",
    "`a`",
    "|",
    ">",
    "?",
    ": ",
    "a:",
    " leading",
    "trailing ",
    "two\nlines",
    "two\nlines\n",
    "three\n\n\nlines\n\n",
    "\n",
    " \n a\n",
    "tab\there",
    "a\\b",
    "\u{7}",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "ü 💬 Привіт",
    "",
    " ",
    "...",
    "---",
    "a\r\nb",
    "\r",
    "word\n  indented\nword",
    "x\n ",
    "\tx\ny",
];

#[test]
fn what_is_written_is_read_back_and_written_the_same() {
    let long = "long ".repeat(60);
    for text in ODD.iter().copied().chain([long.as_str()]) {
        let before = sample(text);
        let written = write(&before).unwrap();
        let after =
            read(&written).unwrap_or_else(|refusal| panic!("{text:?}: {refusal}\n{written}"));

        assert_eq!(after, before, "{text:?}\n{written}");
        assert_eq!(write(&after).unwrap(), written);
    }
}

fn refused(text: &str) -> Refusal {
    read(text).unwrap_err()
}

#[test]
fn a_key_that_is_not_known_is_refused_with_its_line() {
    let text = include_str!("sample.yaml").replace("after_previous", "after_prevoius");
    let refusal = refused(&text);
    let line = 1 + text.lines().position(|line| line.contains("after_prevoius")).unwrap();

    assert_eq!(refusal.code, "import.malformed");
    assert!(refusal.message.starts_with(&format!("line {line}, column ")), "{refusal}");
    assert!(refusal.message.contains("unknown field `after_prevoius`"), "{refusal}");
}

#[test]
fn what_is_no_such_file_says_what_is_wrong() {
    assert!(refused("").message.starts_with("line 1, column 1: "), "{}", refused(""));
    assert!(refused("format: 1\n").message.contains("pipeline"), "{}", refused("format: 1\n"));
    assert!(
        refused("format: 1\nformat: 1\n").message.starts_with("line 2, column 1: "),
        "{}",
        refused("format: 1\nformat: 1\n")
    );

    for nonsense in [
        "[",
        "{",
        "a: b: c",
        "- 1",
        "5",
        "\u{0}",
        "%YAML 9",
        "&a [*a]",
        "format: 1\npipeline: 5\n",
        "\t- x",
    ] {
        assert_eq!(refused(nonsense).code, "import.malformed", "{nonsense:?}");
    }

    let newer = include_str!("sample.yaml").replace("format: 1", "format: 2");
    assert_eq!(refused(&newer).code, "import.format");
}

#[test]
fn a_file_that_grows_without_end_is_refused() {
    let mut text = "format: 1\npipeline: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let before = format!("*a{}, ", level - 1).repeat(9);
        text.push_str(&format!("k{level}: &a{level} [{}]\n", before.trim_end_matches(", ")));
    }

    assert_eq!(refused(&text).code, "import.malformed");
}

#[test]
fn the_largest_pipeline_there_may_be_is_read_back() {
    let mut import = sample("x");
    let condition =
        json!({"all": vec![json!({"field": "item.title", "is": "equals", "value": "x"}); 10]});
    let robot = json!({
        "id": "r", "plugin": "a.b", "robot": "say", "settings": {"text": "x"},
        "condition": condition,
    });
    let automation = json!({
        "id": "a", "kind": "deal", "pipeline": "sales", "stage": "new",
        "robots": vec![robot; ROBOTS_MAX], "triggers": [],
    });
    import.automations = vec![serde_json::from_value(automation).unwrap(); STAGES_MAX];

    let text = write(&import).unwrap();

    assert_eq!(read(&text).unwrap(), import);
}
