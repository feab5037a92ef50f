//! Words of enums stand in rows and in JSON as they always did.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use stagewright_core::call::{Blame, Limit};
use stagewright_core::model::ending::{CancelReason, FailureClass};
use stagewright_core::model::event::{Candidate, Outcome};
use stagewright_core::model::pauses::{Pausable, PausableKind};
use stagewright_core::model::run::{Step, StepState};

/// What is kept as `text`, read from JSON and from MessagePack; both come back as they were.
fn read<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(text: &Value) -> T {
    let from_json: T = serde_json::from_value(text.clone()).unwrap();
    assert_eq!(json!(from_json), *text);

    let packed = rmp_serde::to_vec_named(&from_json).unwrap();
    let unpacked: T = rmp_serde::from_slice(&packed).unwrap();
    assert_eq!(unpacked, from_json);

    // As a row of an earlier host has it, whose words were plain text.
    let plain = rmp_serde::to_vec_named(text).unwrap();
    assert_eq!(rmp_serde::from_slice::<T>(&plain).unwrap(), from_json);
    assert_eq!(rmp_serde::from_slice::<Value>(&packed).unwrap(), *text);

    unpacked
}

#[test]
fn steps_say_why_they_will_not_run() {
    for (word, reason) in [
        ("stage_left", CancelReason::StageLeft),
        ("item_deleted", CancelReason::ItemDeleted),
        ("previous_failed", CancelReason::PreviousFailed),
        ("version_replaced", CancelReason::VersionReplaced),
        ("by_user", CancelReason::ByUser),
    ] {
        let state = read::<StepState>(&json!({"state": "cancelled", "reason": word}));
        assert_eq!(state, StepState::Cancelled { reason });
    }

    for (word, class) in
        [("transient", FailureClass::Transient), ("permanent", FailureClass::Permanent)]
    {
        let kept = json!({"state": "failed", "class": word, "code": "plugin.x", "reason": "no"});
        let (code, reason) = ("plugin.x".to_owned(), "no".to_owned());
        assert_eq!(read::<StepState>(&kept), StepState::Failed { class, code, reason });
    }

    for (word, by) in [("automation", PausableKind::Automation), ("plugin", PausableKind::Plugin)] {
        let state = read::<StepState>(&json!({"state": "paused", "by": word}));
        assert_eq!(state, StepState::Paused { by });
    }
}

#[test]
fn candidates_say_why_they_did_not_start() {
    for (word, reason) in
        [("stage_left", CancelReason::StageLeft), ("item_deleted", CancelReason::ItemDeleted)]
    {
        let candidate = read::<Candidate>(&json!({
            "automation": "a", "version": 1, "stage": "new", "trigger": null,
            "outcome": "cancelled", "reason": word,
        }));
        assert_eq!(candidate.outcome, Outcome::Cancelled { reason });
    }
}

#[test]
fn steps_come_back_as_they_were() {
    let step = |id: &str, state: Value| {
        let mut step = json!({
            "id": id, "plugin": "p", "robot": "r", "due_at": null, "due_row": null, "keep": false,
            "note": null, "ended_at": null, "attempts": [], "tries": 0, "results": {},
            "effects": [], "deliveries": [],
        });
        step.as_object_mut().unwrap().extend(state.as_object().unwrap().clone());
        step
    };

    read::<Vec<Step>>(&json!([
        step("one", json!({"state": "cancelled", "reason": "by_user"})),
        step("two", json!({"state": "paused", "by": "plugin"})),
        step(
            "three",
            json!({
                "state": "failed", "class": "permanent", "code": "limit.fuel", "reason": "no",
            })
        ),
    ]));
}

#[test]
fn what_is_paused_and_who_is_to_blame_have_one_word_each() {
    for (word, what) in [
        ("automation", Pausable::Automation("a".to_owned())),
        ("plugin", Pausable::Plugin("a".to_owned())),
        ("sending", Pausable::Sending),
    ] {
        assert_eq!((what.word(), read::<PausableKind>(&json!(word))), (word, what.kind()));
    }

    for (word, blame) in [
        ("caller", Blame::Caller),
        ("plugin", Blame::Plugin),
        ("remote", Blame::Remote),
        ("host", Blame::Host),
    ] {
        assert_eq!(read::<Blame>(&json!(word)), blame);
    }
}

#[test]
fn a_limit_is_found_by_its_code() {
    for (code, limit) in [
        ("limit.fuel", Limit::Fuel),
        ("limit.time", Limit::Time),
        ("limit.memory", Limit::Memory),
        ("limit.table", Limit::Table),
        ("limit.host-calls", Limit::HostCalls),
        ("limit.effects", Limit::Effects),
        ("limit.output", Limit::Output),
    ] {
        assert_eq!((limit.code(), Limit::of(code)), (code, Some(limit)));
    }

    assert_eq!(Limit::of("limit.other"), None);
}
