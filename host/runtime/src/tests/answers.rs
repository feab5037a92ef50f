//! What guests answer, and what becomes of it.

use serde_json::json;

use stagewright_core::call::{Blame, CallLimits, Retry, TriggerCall, Verdict};
use stagewright_core::seams::Plugins;

use super::guests::{robot, robot_saying, text};
use super::host::{build, call, context, host, result, scope};

#[tokio::test]
async fn a_robot_reads_its_item_through_the_scope() {
    let answer = host().run(&robot(text!("read"), &[])).await;

    assert_eq!(result(&answer, "id"), "D1");
    assert_eq!(
        result(&answer, "fields"),
        json!({"title": "Roof", "pipeline": "sales", "stage": "new"})
    );
    assert_eq!(answer.usage.host_calls, 1);
}

#[tokio::test]
async fn a_robot_without_a_grant_is_told_so_and_may_go_on() {
    let host = host();
    let guest = robot(text!("read"), &[]);
    host.has(&guest);
    let mut ungranted = call(&guest.hash, CallLimits::ROBOT);
    ungranted.scope = stagewright_core::scope::Scope::default();

    // The default scope runs for no item, and that is said first.
    let failure = host.runtime.robot(ungranted).await.outcome.unwrap_err();

    assert_eq!(
        (failure.code.as_str(), failure.blame),
        ("plugin.invalid", Blame::Plugin),
        "its message is not the host's"
    );
}

#[tokio::test]
async fn effects_come_back_with_the_scope() {
    let answer = host().run(&robot(text!("observe"), &[("times", 1)])).await;
    assert!(answer.outcome.is_ok(), "{:?}", answer.outcome);

    let recorded = answer.scope.into_recorded();
    assert_eq!(recorded.effects, ["observers added: Olga"]);
    assert!(!recorded.commit.is_empty());
}

#[tokio::test]
async fn a_robots_own_failure_keeps_its_code_and_its_wait() {
    let failure = host().run(&robot_saying(text!("refuse"), "no-stock")).await.outcome.unwrap_err();

    assert_eq!((failure.code.as_str(), failure.message.as_str()), ("plugin.no-stock", "no-stock"));
    assert_eq!((failure.blame, failure.retry), (Blame::Plugin, Retry::After(7_000)));
}

#[tokio::test]
async fn a_code_that_is_none_counts_as_failed() {
    let failure =
        host().run(&robot_saying(text!("refuse"), "No stock!")).await.outcome.unwrap_err();
    assert_eq!((failure.code.as_str(), failure.message.as_str()), ("plugin.failed", "No stock!"));
}

#[tokio::test]
async fn results_that_are_no_object_are_a_bad_answer() {
    let host = host();

    for wrong in ["[1]", "{", "", "null"] {
        let code = host.code(&robot_saying(text!("text"), wrong), CallLimits::ROBOT).await;
        assert_eq!(code, "plugin.bad-answer", "{wrong}");
    }

    assert_eq!(
        host.code(&robot_saying(text!("text"), r#"{"a":1}"#), CallLimits::ROBOT).await,
        "ok"
    );
}

#[tokio::test]
async fn a_trigger_fires() {
    let host = host();
    let guest = robot(text!("nothing"), &[]);
    host.has(&guest);

    let limits = CallLimits::TRIGGER;
    let call = TriggerCall {
        build: build(&guest.hash, limits),
        context: context(),
        event: json!({"kind": "item.changed"}),
        scope: scope(&limits),
    };

    assert_eq!(host.runtime.trigger(call).await.verdict, Ok(Verdict::Fire));
}

#[tokio::test]
async fn a_component_is_not_called_for_what_it_does_not_export() {
    let host = host();
    let idle = super::guests::component(text!("idle"));
    let failure = host.run(&idle).await.outcome.unwrap_err();

    assert_eq!((failure.code.as_str(), failure.blame), ("plugin.missing", Blame::Plugin));
}
