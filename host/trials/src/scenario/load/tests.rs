//! What a stranger gets wrong, and what he is told.

use std::fs;
use std::path::{Path, PathBuf};

use super::read::parse;
use super::{find, load};
use crate::scenario::grammar::{Action, Base, Entry, Moment, Scenario};

const FIXTURE: &str = "
scenario: A title
fixture:
  tenant: {time_zone: Europe/Kyiv, language: en, country: UA, start: 2026-03-02T09:00:00+02:00}
  departments:
    sales: {name: Sales, head: olena}
  users:
    ivan: {name: Ivan, department: sales}
    olena: {name: Olena, department: sales}
  channels:
    chat: {name: Chat}
steps:
";

/// A folder that is gone when the test is over.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let dir =
            std::env::temp_dir().join(format!("stagewright-load-{name}-{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        Self(dir)
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

/// The problems of a scenario with these steps, each without its folder.
fn problems(name: &str, steps: &str) -> Vec<String> {
    let folder = Folder::new(name);
    let path = folder.file("a.yaml", &format!("{FIXTURE}{steps}"));
    let found = load(&path).map(|_| Vec::new()).unwrap_or_else(|problems| problems);
    found.iter().map(|problem| problem.to_string().rsplit_once('/').unwrap().1.to_owned()).collect()
}

#[test]
fn an_unknown_key_is_an_error_with_its_place() {
    let found = problems("key", "  - att: 5m\n    expect: []\n");
    assert_eq!(found, ["a.yaml:13:5: unknown field `att`, expected one of name, at, do, expect"]);

    let found = problems("inner", "  - do:\n      - move: {record: deal, too: won}\n");
    assert_eq!(found, ["a.yaml:14:30: unknown field `too`, expected one of record, to, by"]);

    let found =
        problems("robot", "  - expect:\n      - run: {of: deal, robots: {get: {stat: done}}}\n");
    assert!(
        found[0].starts_with("a.yaml:14:40: unknown field `stat`, expected one of state"),
        "{found:?}"
    );
}

#[test]
fn an_unknown_action_names_those_there_are() {
    let found = problems("action", "  - do:\n      - moove: {record: deal}\n");
    assert!(
        found[0].starts_with("a.yaml:14:9: `moove` is no action; use one of client_writes, accept"),
        "{found:?}"
    );

    let found = problems("word", "  - do: [reboot]\n");
    assert!(found[0].contains("`reboot` is no action by itself"), "{found:?}");

    let found = problems(
        "two",
        "  - do:\n      - publish: {automation: a}\n        move: {record: deal, to: won}\n",
    );
    assert!(found[0].contains("begin another one with `- move: …`"), "{found:?}");
}

#[test]
fn a_bad_time_says_what_a_time_looks_like() {
    let found = problems("time", "  - at: 30\n    do: [restart]\n");
    assert!(
        found[0]
            .starts_with("a.yaml:13:9: `30` is no moment; write the time since the start (29m59s)"),
        "{found:?}"
    );
}

#[test]
fn a_name_that_nothing_has_is_an_error_with_those_there_are() {
    let found = problems("name", "  - do:\n      - accept: {conversation: deal, by: iwan}\n");
    assert_eq!(
        found,
        [
            "a.yaml:14:32: nothing is called `deal` by now; there is none yet",
            "a.yaml:14:42: nothing is called `iwan` by now; there are ivan, olena"
        ]
    );

    let found = problems("moment", "  - at: deal + 5m\n    do: [restart]\n");
    assert!(found[0].starts_with("a.yaml:13:9: nothing is called `deal` by now"), "{found:?}");
}

#[test]
fn a_name_of_the_wrong_kind_is_an_error() {
    let found = problems("kind", "  - do:\n      - move: {record: sales, to: won}\n");
    assert_eq!(found, ["a.yaml:14:24: `sales` stands for a department; wanted here: item"]);
}

#[test]
fn a_name_is_given_once() {
    let step =
        "  - do:\n      - client_writes: {channel: chat, from: \"+1\", text: Hi, creates: ivan}\n";
    assert!(
        problems("twice", step)[0]
            .ends_with("`ivan` is the name of a user already; choose another one")
    );
}

#[test]
fn an_unknown_field_of_a_record_is_an_error() {
    let found = problems("field", "  - do:\n      - change: {record: ivan, fields: {mobil: x}}\n");
    assert!(
        found[0].starts_with("a.yaml:14:48: a user has no field `mobil`; its fields are name"),
        "{found:?}"
    );
}

#[test]
fn a_step_without_anything_to_do_or_see_is_an_error() {
    assert!(
        problems("empty", "  - at: 5m\n")[0]
            .ends_with("this step does nothing and expects nothing; give it `do` or `expect`")
    );
}

#[test]
fn a_base_gives_what_the_file_does_not_say() {
    let folder = Folder::new("base");
    let fixture = FIXTURE.replace("scenario: A title\n", "").replace("steps:\n", "");
    folder.file("common.fixture.yaml", &fixture);
    let own = "scenario: Own\nfixture:\n  base: common.fixture.yaml\n  users:\n    ivan: \
        {name: Ivan the Second}\nsteps:\n  - do: [restart]\n";
    let path = folder.file("own.yaml", own);

    let loaded = load(&path).unwrap();

    assert_eq!(loaded.scenario.fixture.users["ivan"].value["name"].value, "Ivan the Second");
    assert!(
        loaded.scenario.fixture.users.contains_key("olena")
            && loaded.scenario.fixture.tenant.is_some()
    );
    assert_eq!(find(std::slice::from_ref(&folder.0)).unwrap(), [path]);
}

#[test]
fn a_base_that_is_not_there_is_named() {
    let folder = Folder::new("nobase");
    let path = folder.file("own.yaml", "scenario: Own\nfixture:\n  base: x.yaml\nsteps: []\n");

    assert!(load(&path).unwrap_err()[0].to_string().contains("own.yaml:3:9: there is no file"));
}

#[test]
fn an_action_takes_what_is_to_be_answered_beside_it() {
    let text = format!(
        "{FIXTURE}  - at: 2026-03-02T09:00:00Z\n    do:\n      - publish: {{automation: \
         a}}\n        refused: {{code: not-found}}\n"
    );

    let scenario: Scenario = parse(Path::new("a.yaml"), &text).unwrap();

    let entry = &scenario.steps[0].value.actions[0];
    assert!(matches!(&entry.action, Action::Publish(publish) if publish.automation == "a"));
    assert_eq!(entry.refused.as_ref().unwrap().code.as_ref().unwrap().0, "not-found");

    let Moment { base, .. } = &scenario.steps[0].value.at.as_ref().unwrap().value;
    assert!(matches!(base, Base::At(_)));
}

/// The examples of the document that describes the grammar, in order.
fn examples() -> Vec<&'static str> {
    let document = include_str!("../../../../../tests/scenarios/README.md");
    document.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

#[test]
fn the_examples_in_the_document_make_sense() {
    let folder = Folder::new("document");
    let examples = examples();

    assert_eq!(examples.len(), 4);
    assert_eq!(load(&folder.file("example.yaml", examples[0])).err(), None);

    #[derive(serde::Deserialize)]
    struct Actions {
        #[serde(rename = "do")]
        actions: Vec<Entry>,
    }
    let actions_of =
        |example: &str| parse::<Actions>(Path::new("actions.yaml"), example).unwrap().actions;

    assert!(matches!(actions_of(examples[1])[0].action, Action::ProviderAnswers(_)));
    let answered = actions_of(examples[2]);
    assert!(answered[0].refused.is_some() && answered[1].answer.is_some());
    assert!(matches!(actions_of(examples[3])[0].action, Action::Find(_)));
}
