//! Keeps `docs/ERRORS.md` equal to the codes in the source.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::architecture::repository;

/// Where codes are made.
const SOURCES: [&str; 10] = [
    "host/app/src",
    "host/client/src",
    "host/connector/src",
    "host/core/src",
    "host/runtime/src",
    "host/server/src",
    "host/src",
    "host/store/src",
    "host/trials/src",
    "sdk/kit/src",
];
/// Tests, what stands in for others, and the language of scenario files, whose literals are not the
/// product's.
const LEFT_OUT: [&str; 6] = [
    "/tests/",
    "/automation_file/tests.rs",
    "/conformance/",
    "/scenario/world/",
    "/scenario/load/",
    "/doubles/",
];
/// Codes of one word, and therefore nothing to search by.
const ONE_WORD: [&str; 2] = ["internal", "not-found"];
/// What has the form of a code and is something else. One that is no longer in the source has to go
/// from here too.
const NO_CODES: [&str; 50] = [
    // Kinds of event.
    "activity.completed",
    "conversation.accepted",
    "conversation.replied",
    "item.changed",
    "item.created",
    "item.idle",
    "message.received",
    "record.changed",
    "record.created",
    "record.deleted",
    "webhook.received",
    // Functions of the host, as failures name them.
    "calendar.shift",
    "clock.now",
    "clock.random-u64",
    "directory.profile",
    "directory.resolve",
    "directory.supervisor-of",
    "http.fetch",
    "log.write",
    "wait.until",
    // Permissions.
    "activities.write",
    "directory.read",
    "history.write",
    "http.send",
    "messaging.send",
    "notify.send",
    "records.assign",
    "records.move",
    "records.observe",
    "records.read",
    "records.write",
    "secrets.check",
    "tasks.complete",
    "tasks.create",
    // Fields.
    "fields.item",
    "fields.parent",
    "fields.pipeline",
    "run.after",
    "run.before",
    "run.field",
    // Files.
    "icon.svg",
    "master.key",
    "plugin.toml",
    "plugin.wasm",
    // Plugins.
    "stagewright.add-observer",
    "stagewright.conversation-accepted",
    "stagewright.get-employee",
    "stagewright.send-message",
    "stagewright.signed-json",
    "whatsapp.cloud",
];

/// The code below `dir`, without comments and the tests at the ends of files.
fn code(dir: &Path, all: &mut String) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let name = path.display().to_string();

        if path.is_dir() {
            code(&path, all);
        } else if name.ends_with(".rs") && !LEFT_OUT.iter().any(|part| name.contains(part)) {
            let text = fs::read_to_string(&path).unwrap();
            let text = text.split("#[cfg(test)]").next().unwrap();
            text.lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .for_each(|line| all.push_str(&format!("{line}\n")));
        }
    }
}

fn is_code(text: &str) -> bool {
    let word = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_lowercase())
            && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    text.split_once('.').is_some_and(|(area, what)| word(area) && word(what))
}

/// What stands between `open` and `close` and looks like a code. A field that is called,
/// `(self.clock)()`, is none.
fn between(text: &str, open: &str, close: &str) -> BTreeSet<String> {
    let beginnings = text
        .match_indices(open)
        .filter_map(|(at, _)| text.get(at + open.len()..)?.split_once(close));
    beginnings
        .filter(|(found, rest)| is_code(found) && !rest.starts_with('('))
        .map(|(found, _)| found.to_owned())
        .collect()
}

/// Everything in the source that looks like a code: a literal of its own, or `(area.what)` in a
/// message.
fn in_source() -> BTreeSet<String> {
    let mut text = String::new();
    SOURCES.iter().for_each(|dir| code(&repository().join(dir), &mut text));

    let one_word = ONE_WORD
        .into_iter()
        .filter(|word| text.contains(&format!("\"{word}\"")))
        .map(str::to_owned);

    let mut found: BTreeSet<String> = one_word.collect();
    found.extend(between(&text, "\"", "\""));
    found.extend(between(&text, " (", ")"));
    found
}

/// The codes in the first column of the tables. What a plugin calls its own failures is not the
/// host's to list.
fn listed() -> Vec<String> {
    let document = fs::read_to_string(repository().join("host/docs/ERRORS.md")).unwrap();
    let columns = document
        .lines()
        .filter(|line| line.starts_with("| `"))
        .filter_map(|line| line.split('|').nth(1));

    let codes = columns
        .flat_map(|column| column.split('`').skip(1).step_by(2))
        .filter(|code| *code != "plugin.<its own>");
    codes.map(str::to_owned).collect()
}

#[test]
fn every_code_in_the_source_is_listed_and_every_listed_one_is_in_the_source() {
    let mut found = in_source();
    let stale: Vec<&str> = NO_CODES.into_iter().filter(|other| !found.remove(*other)).collect();
    assert!(stale.is_empty(), "not in the source any more, so remove from NO_CODES: {stale:?}");

    let listed: BTreeSet<String> = listed().into_iter().collect();
    let missing: Vec<&String> = found.difference(&listed).collect();
    assert!(
        missing.is_empty(),
        "list these in host/docs/ERRORS.md, or in NO_CODES if they are something else: {missing:?}"
    );

    let gone: Vec<&String> = listed.difference(&found).collect();
    assert!(gone.is_empty(), "in host/docs/ERRORS.md and nowhere in the source: {gone:?}");
}

#[test]
fn no_code_is_listed_twice() {
    let listed = listed();
    let mut twice: Vec<&String> = listed
        .iter()
        .filter(|code| listed.iter().filter(|other| other == code).count() > 1)
        .collect();
    twice.dedup();

    assert!(twice.is_empty(), "{twice:?}");
}

#[test]
fn every_listed_code_says_what_it_means_and_what_to_do() {
    let document = fs::read_to_string(repository().join("host/docs/ERRORS.md")).unwrap();
    let rows = document.lines().filter(|line| line.starts_with("| `"));

    let poor: Vec<&str> = rows
        .filter(|row| {
            row.trim_matches('|').split('|').filter(|cell| !cell.trim().is_empty()).count() != 3
        })
        .collect();

    assert!(poor.is_empty(), "{poor:?}");
}
