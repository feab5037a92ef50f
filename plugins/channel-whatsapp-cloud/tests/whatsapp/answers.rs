//! What Meta's answers mean for a delivery.

use stagewright_sdk::prelude::*;

use crate::support::{answer, ended, job, refused, requested, step};

/// How a text ends by this answer.
fn after(response: &Response) -> Delivery {
    let (_, state) = requested(step(&job(), &[], None));
    ended(step(&job(), &state, Some(response)))
}

fn is_retry(delivery: &Delivery) -> bool {
    matches!(delivery, Delivery::Retry(..))
}

#[test]
fn what_passes_is_tried_again() {
    for (status, code) in [
        (400, 1),
        (503, 2),
        (400, 4),
        (500, 131000),
        (500, 131016),
        (503, 131057),
        (400, 130429),
        (429, 130429),
        (400, 131056),
        (429, 80007),
        (503, 133004),
    ] {
        assert!(is_retry(&after(&refused(status, code))), "{status} {code}");
    }
}

#[test]
fn what_would_be_refused_again_has_failed() {
    let codes = [
        0, 3, 10, 33, 100, 190, 200, 251, 299, 368, 130472, 130497, 131005, 131008, 131009, 131021,
        131026, 131030, 131031, 131037, 131042, 131045, 131048, 131049, 131050, 131051, 131052,
        131053, 132000, 132001, 132005, 132007, 132012, 132015, 132016, 133010,
    ];

    for code in codes {
        assert!(matches!(after(&refused(400, code)), Delivery::Failed(_)), "{code}");
    }
}

#[test]
fn the_code_decides_and_not_the_status() {
    assert!(matches!(after(&refused(500, 131026)), Delivery::Failed(_)));
    assert!(matches!(after(&refused(200, 131026)), Delivery::Failed(_)));
    assert!(is_retry(&after(&refused(400, 131016))));
}

#[test]
fn a_reason_has_metas_words_the_code_and_what_to_do() {
    let Delivery::Failed(reason) = after(&refused(401, 190)) else { panic!("not failed") };

    for part in
        ["What it is called", "What exactly is wrong.", "190", "new access token", "access_token"]
    {
        assert!(reason.contains(part), "{reason}");
    }
    assert!(!reason.contains("(#190)"), "{reason}");
}

#[test]
fn a_pause_is_as_long_as_meta_asks_for() {
    let paused = |code, headers: &[(&str, &str)]| match after(&Response {
        headers: answer(0, headers, "").headers,
        ..refused(429, code)
    }) {
        Delivery::Retry(seconds, _) => seconds,
        other => panic!("{other:?}"),
    };

    assert_eq!(paused(130429, &[("retry-after", "30")]), Some(30));
    assert_eq!(paused(131056, &[("Retry-After", "90")]), Some(90));
    assert_eq!(paused(131056, &[]), Some(6));
    assert_eq!(paused(130429, &[("Retry-After", "Mon, 02 Mar 2026 12:00:00 GMT")]), None);
}

#[test]
fn without_a_code_the_status_decides() {
    assert!(matches!(
        after(&answer(429, &[("Retry-After", "7")], "")),
        Delivery::Retry(Some(7), _)
    ));
    assert!(is_retry(&after(&answer(503, &[], "<html>busy</html>"))));
    assert!(is_retry(&after(&answer(408, &[], ""))));
    assert_eq!(
        after(&answer(404, &[], "no such page")),
        Delivery::Failed("WhatsApp answered 404: no such page".into())
    );

    let moved = after(&answer(302, &[], ""));
    assert!(matches!(moved, Delivery::Failed(reason) if reason.contains("api_base")));
}

#[test]
fn a_code_that_is_new_is_sorted_by_its_status() {
    assert!(matches!(after(&refused(400, 139999)), Delivery::Failed(_)));
    assert!(matches!(after(&refused(500, 139999)), Delivery::Unknown(_)));

    let transient = answer(
        400,
        &[],
        r#"{"error": {"code": 139999, "message": "Later", "is_transient": true}}"#,
    );
    assert!(is_retry(&after(&transient)));
}

#[test]
fn an_answer_that_may_hide_a_sent_message_is_unknown() {
    for (status, body) in [
        (500, ""),
        (502, "<html>"),
        (504, "{}"),
        (200, "<html>"),
        (200, ""),
        (200, "{}"),
        (200, r#"{"messages": []}"#),
        (100, ""),
    ] {
        assert!(
            matches!(after(&answer(status, &[], body)), Delivery::Unknown(_)),
            "{status} {body}"
        );
    }
}

#[test]
fn a_long_answer_is_cut() {
    let Delivery::Failed(reason) = after(&answer(400, &[], &"x".repeat(100_000))) else {
        panic!("not failed")
    };

    assert!(reason.len() < 1_000, "{}", reason.len());
}
