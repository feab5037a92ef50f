//! The plugins of this repository, built as the demo builds them. The first run fetches a compiler
//! where none is there and takes a minute or two.

use std::cell::RefCell;
use std::fs;
use std::path::PathBuf;

use stagewright_kit::{Bundle, build_all, check};

/// What the plugins have in common.
const LOG: &str = "log/log#write";
const RESOLVE: &str = "directory/directory#resolve";
const GET: &str = "records/read#get";
const SHIFT: &str = "calendar/calendar#shift";

/// Every plugin and the functions that it calls.
const PLUGINS: [(&str, &[&str]); 23] = [
    (
        "channel-signed-json",
        &["channel/settings#settings", LOG, "secrets/secret-check#hmac-matches"],
    ),
    (
        "channel-whatsapp-cloud",
        &[
            "channel/settings#settings",
            "clock/clock#now",
            LOG,
            "messaging/messaging#send",
            "secrets/secret-check#equals",
            "secrets/secret-check#hmac-matches",
        ],
    ),
    ("robot-add-observer", &[RESOLVE, LOG, "records/observe#add-observers"]),
    ("robot-change-responsible", &[RESOLVE, LOG, "records/change#assign"]),
    ("robot-change-stage", &[LOG, "records/change#move"]),
    ("robot-complete-task", &[LOG, "work/tasks#complete"]),
    ("robot-create-task", &[SHIFT, RESOLVE, LOG, GET, "work/tasks#create"]),
    ("robot-get-employee", &["directory/directory#profile", RESOLVE, LOG]),
    ("robot-http-request", &["http/http#fetch", LOG]),
    ("robot-modify-item", &[LOG, "records/change#update"]),
    ("robot-notify-supervisor", &[RESOLVE, LOG, "notify/notify#send"]),
    ("robot-schedule-activity", &[SHIFT, RESOLVE, LOG, GET, "work/activities#schedule"]),
    ("robot-send-message", &[LOG, "messaging/messaging#send"]),
    ("robot-send-notification", &[RESOLVE, LOG, "notify/notify#send"]),
    ("robot-wait", &[SHIFT, LOG, GET, "wait/wait#until"]),
    ("robot-write-history", &[RESOLVE, "history/history#write", LOG]),
    ("trigger-conversation-accepted", &[LOG]),
    ("trigger-field-changed", &[LOG]),
    ("trigger-incoming-webhook", &[LOG]),
    ("trigger-item-created", &[LOG]),
    ("trigger-no-activity", &[LOG]),
    ("trigger-responsible-changed", &[LOG]),
    ("trigger-task-status", &[LOG]),
];

fn folders() -> Vec<PathBuf> {
    let plugins = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../plugins");
    PLUGINS.iter().map(|(name, _)| plugins.join(name)).collect()
}

#[test]
fn every_component_imports_only_what_it_calls_and_a_second_build_compiles_nothing() {
    let folders = folders();
    let folders: Vec<_> = folders.iter().map(PathBuf::as_path).collect();

    let bundles = build_all(&folders, &|line| eprintln!("{line}")).unwrap();

    for (path, (name, expected)) in bundles.iter().zip(PLUGINS) {
        let report = check(&Bundle::open(&fs::read(path).unwrap()).unwrap());
        assert_eq!(report.findings, [], "{name}");
        let short = |(interface, function): &(String, String)| {
            format!(
                "{}#{function}",
                interface.trim_start_matches("stagewright:").trim_end_matches("@0.1.0")
            )
        };
        assert_eq!(report.imports.iter().map(short).collect::<Vec<_>>(), expected, "{name}");
    }

    let lines = RefCell::new(Vec::new());
    assert_eq!(
        build_all(&folders, &|line| lines.borrow_mut().push(line.to_owned())).unwrap(),
        bundles
    );
    assert!(lines.borrow().is_empty(), "{lines:?}");
}
