//! Every function that changes something, asked by real WebAssembly: granted, not granted, and
//! refused by a rule.

use stagewright_core::call::{Blame, CallLimits, RobotAnswer, RobotCall};
use stagewright_core::scope::Scope;
use stagewright_core::seams::Plugins;

use super::guests::Takes::{TargetAndText, Text};
use super::guests::{Import, Takes, calling};
use super::host::{Host, call, host, scope_granting};

pub(super) const fn import(
    interface: &'static str,
    function: &'static str,
    takes: Takes,
    gives: &'static str,
) -> Import {
    Import { interface, function, takes, gives }
}

const UPDATE: Import = import("records/change", "update", TargetAndText, "");
const MOVE: Import = import("records/change", "move", TargetAndText, "bool");
const ASSIGN: Import = import("records/change", "assign", TargetAndText, "string");
const CREATE: Import = import("work/tasks", "create", Text, "string");
const COMPLETE: Import = import("work/tasks", "complete", Text, "(list string)");
const SCHEDULE: Import = import("work/activities", "schedule", Text, "string");
const HISTORY: Import = import("history/history", "write", Text, "string");
const NOTIFY: Import = import("notify/notify", "send", Text, "(list string)");
const UNTIL: Import = import("wait/wait", "until", Text, "");
const SHIFT: Import = import("calendar/calendar", "shift", Text, "string");

/// What is called, the permission it needs, what does it with the words of its effect, and what a
/// rule refuses with which code.
type Case = (Import, &'static str, (&'static str, &'static str), (&'static str, &'static str));

const CASES: [Case; 8] = [
    (
        UPDATE,
        "records.write:deal",
        (r#"{"title":"Wall"}"#, "changed title"),
        (r#"{"titel":"Wall"}"#, "plugin.invalid"),
    ),
    (MOVE, "records.move:deal", ("won", "moved to won"), ("nowhere", "plugin.invalid")),
    (
        ASSIGN,
        "records.assign:deal",
        (r#"{"users":["u1"]}"#, "responsible: Olga"),
        (r#"{"users":["u9"]}"#, "plugin.conflict"),
    ),
    (
        CREATE,
        "tasks.create",
        (r#"{"title":"Call"}"#, "task created: Call"),
        (r#"{"description":"?"}"#, "plugin.invalid"),
    ),
    (COMPLETE, "tasks.complete", ("{}", "tasks completed: 0"), ("[", "plugin.invalid")),
    (
        SCHEDULE,
        "activities.write",
        (
            r#"{"type":"call","subject":"Call","due":"2026-11-22T12:00:00Z"}"#,
            "call planned: Call, due 2026-11-22T12:00:00.000Z",
        ),
        (r#"{"type":"walk","subject":"Walk"}"#, "plugin.invalid"),
    ),
    (
        HISTORY,
        "history.write",
        (r#"{"text":"Late","author":"u1"}"#, "history: Late"),
        (r#"{"text":"Late","author":"u9"}"#, "plugin.invalid"),
    ),
    (
        NOTIFY,
        "notify.send",
        (r#"{"to":["u1"],"text":"Look"}"#, "notified: Olga"),
        (r#"{"to":[],"text":"Look"}"#, "plugin.invalid"),
    ),
];

/// Has a robot ask for one thing, which may have so many effects under these grants.
pub(super) async fn run(
    host: &Host,
    import: Import,
    said: &str,
    scopes: &[&str],
    effects: u32,
) -> RobotAnswer {
    let limits = CallLimits { effects, ..CallLimits::ROBOT };
    run_in(host, import, said, scope_granting(scopes, &limits)).await
}

pub(super) async fn run_in(host: &Host, import: Import, said: &str, scope: Scope) -> RobotAnswer {
    let guest = calling(import, said);
    host.has(&guest);
    host.runtime.robot(RobotCall { scope, ..call(&guest.hash, CallLimits::ROBOT) }).await
}

/// The code that the one thing is refused with, or "ok".
pub(super) async fn code(host: &Host, import: Import, said: &str, scopes: &[&str]) -> String {
    run(host, import, said, scopes, 10)
        .await
        .outcome
        .map_or_else(|failure| failure.code, |_| "ok".to_owned())
}

#[tokio::test]
async fn what_is_granted_is_recorded_and_said_in_words() {
    let host = host();
    for (import, permission, (said, words), _) in CASES {
        let answer = run(&host, import, said, &[permission], 10).await;
        assert!(answer.outcome.is_ok(), "{import:?}: {:?}", answer.outcome);

        let recorded = answer.scope.into_recorded();
        assert_eq!(recorded.effects, [words], "{import:?}");
        assert_eq!(recorded.commit.is_empty(), import.function == "complete", "{import:?}");
    }
}

#[tokio::test]
async fn what_is_not_granted_is_denied() {
    let host = host();
    let others: Vec<&str> = CASES.iter().map(|(_, permission, ..)| *permission).collect();

    for (import, permission, (said, _), _) in CASES {
        let others: Vec<&str> =
            others.iter().copied().filter(|other| other != &permission).collect();

        assert_eq!(
            code(&host, import, said, &others).await,
            "plugin.permission-denied",
            "{import:?}"
        );
    }
}

#[tokio::test]
async fn what_a_rule_refuses_is_refused() {
    let host = host();
    for (import, permission, _, (said, refused)) in CASES {
        assert_eq!(code(&host, import, said, &[permission]).await, refused, "{import:?}");
    }
}

#[tokio::test]
async fn a_call_that_may_have_no_effects_has_none() {
    let host = host();
    for (import, permission, (said, _), _) in CASES {
        let failure = run(&host, import, said, &[permission], 0).await.outcome.unwrap_err();
        assert_eq!(failure.code, "limit.effects", "{import:?}");
    }
}

#[tokio::test]
async fn a_robot_waits_for_the_moment_it_names() {
    let host = host();

    let recorded = run(&host, UNTIL, "2026-11-22T10:00:00Z", &[], 1).await.scope.into_recorded();

    assert_eq!(
        recorded.until.map(|at| at.to_string()).as_deref(),
        Some("2026-11-22T10:00:00.000Z")
    );
    assert_eq!(recorded.effects, ["waits until 2026-11-22T10:00:00.000Z"]);

    for wrong in ["soon", "2036-11-22T10:00:00Z"] {
        assert_eq!(code(&host, UNTIL, wrong, &[]).await, "plugin.invalid", "{wrong}");
    }
}

#[tokio::test]
async fn moments_are_computed_and_what_is_none_is_refused() {
    let host = host();

    for good in ["{}", r#"{"from":"2026-11-22T10:00:00Z","add":"-1d12h","working":"none"}"#] {
        assert_eq!(code(&host, SHIFT, good, &[]).await, "ok", "{good}");
    }
    // There is no calendar to count with.

    for wrong in [
        r#"{"add":"soon"}"#,
        r#"{"from":"noon"}"#,
        r#"{"working":"count"}"#,
        r#"{"working":"never"}"#,
        "2h",
    ] {
        assert_eq!(code(&host, SHIFT, wrong, &[]).await, "plugin.invalid", "{wrong}");
    }
}

#[tokio::test]
async fn a_refusal_that_a_robot_passes_on_is_not_its_fault() {
    let host = host();

    let mut blamed = Vec::new();

    for (import, permission, _, (said, _)) in CASES {
        let failure = run(&host, import, said, &[permission], 10).await.outcome.unwrap_err();
        blamed.push((import.function, failure.blame));

        let ungranted = run(&host, import, said, &[], 10).await.outcome.unwrap_err();
        assert_eq!(ungranted.blame, Blame::Caller, "{import:?}: {}", ungranted.message);
    }

    // What a guest wrote in no JSON is its own fault: nobody's settings say that.
    let own = |function: &str| if function == "complete" { Blame::Plugin } else { Blame::Caller };

    assert!(blamed.iter().all(|(function, blame)| *blame == own(function)), "{blamed:?}");
}
