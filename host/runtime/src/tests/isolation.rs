//! Nothing of a call is left for the next one, and what goes wrong in a guest stays there.

use stagewright_core::call::{Blame, CallContext, CallLimits, Retry, RobotCall};
use stagewright_core::seams::Plugins;

use super::guests::{Guest, robot, text};
use super::host::{Mood, call, context, host, host_in, result, scope};

#[tokio::test]
async fn every_call_has_an_instance_of_its_own() {
    let host = host();
    let counter = robot(text!("counter"), &[]);
    for _ in 0..20 {
        assert_eq!(result(&host.run(&counter).await, "n"), 11);
    }
}

#[tokio::test]
async fn a_trap_is_the_plugins_fault_and_tells_its_last_error() {
    let answer = host().run(&robot(text!("panic"), &[])).await;

    let failure = answer.outcome.unwrap_err();
    assert_eq!(
        (failure.code.as_str(), failure.blame, failure.retry),
        ("plugin.trap", Blame::Plugin, Retry::After(0))
    );
    for part in ["robot test.guest/robot", "unreachable", "panics", "(no such customer)"] {
        assert!(failure.message.contains(part), "`{part}` in {}", failure.message);
    }
    assert_eq!(answer.log.len(), 1);
}

#[tokio::test]
async fn endless_recursion_is_a_trap() {
    let failure = host().run(&robot(text!("deep"), &[])).await.outcome.unwrap_err();
    assert_eq!(failure.code, "plugin.trap");
    assert!(failure.message.contains("call stack exhausted"), "{}", failure.message);
}

#[tokio::test]
async fn an_answer_outside_of_the_guests_memory_is_a_trap() {
    assert_eq!(host().code(&robot(text!("wild"), &[]), CallLimits::ROBOT).await, "plugin.trap");
}

#[tokio::test]
async fn the_host_is_as_good_as_new_after_every_kind_of_failure() {
    let host = host();
    let limits = CallLimits { wall_ms: 60, fuel: u64::MAX / 2, ..CallLimits::ROBOT };

    for _ in 0..3 {
        for bad in [
            robot(text!("panic"), &[]),
            robot(text!("deep"), &[]),
            robot(text!("spin"), &[("rounds", 0)]),
        ] {
            assert_ne!(host.code(&bad, limits).await, "ok");
            assert_eq!(host.code(&robot(text!("nothing"), &[]), CallLimits::ROBOT).await, "ok");
        }
    }
}

#[tokio::test]
async fn a_step_draws_the_same_numbers_in_every_attempt() {
    let host = host();
    let guest = robot(text!("chance"), &[]);
    host.has(&guest);

    let step = |step_id: &str, attempt| {
        let limits = CallLimits::ROBOT;
        RobotCall {
            context: CallContext { step_id: step_id.to_owned(), attempt, ..context() },
            ..call(&guest.hash, limits)
        }
    };

    let first = host.runtime.robot(step("step-1", 1)).await;
    let second = host.runtime.robot(step("step-1", 2)).await;
    let other = host.runtime.robot(step("step-2", 1)).await;

    assert_eq!(result(&first, "n"), result(&second, "n"));
    assert_ne!(result(&first, "n"), result(&other, "n"));
    assert_eq!(first.log[0].message, "2026-11-22T09:30:00.000Z");
}

#[tokio::test]
async fn a_store_that_has_stopped_is_the_hosts_fault() {
    let failure = host_in(Mood::Broken).run(&robot(text!("read"), &[])).await.outcome.unwrap_err();
    assert_eq!(
        (failure.code.as_str(), failure.blame, failure.retry),
        ("store.unavailable", Blame::Host, Retry::After(0))
    );
}

#[tokio::test]
async fn a_bug_of_the_host_ends_the_call_and_no_other() {
    let host = host_in(Mood::Panics);

    for _ in 0..5 {
        let failure = host.run(&robot(text!("read"), &[])).await.outcome.unwrap_err();
        assert_eq!((failure.code.as_str(), failure.blame), ("host.panic", Blame::Host));
        assert_eq!(host.code(&robot(text!("nothing"), &[]), CallLimits::ROBOT).await, "ok");
    }
}

#[tokio::test]
async fn a_component_that_is_nowhere_is_the_hosts_fault() {
    let limits = CallLimits::ROBOT;
    let answer = host().runtime.robot(call(&"0".repeat(64), limits)).await;
    let failure = answer.outcome.unwrap_err();

    assert_eq!((failure.code.as_str(), failure.blame), ("plugin.missing", Blame::Host));
    assert_eq!(answer.scope.into_recorded().effects, scope(&limits).into_recorded().effects);
}

#[tokio::test]
async fn bytes_that_are_not_what_their_hash_says_are_not_run() {
    let host = host();
    let wanted = robot(text!("nothing"), &[]);
    host.has(&Guest { hash: wanted.hash.clone(), ..robot(text!("counter"), &[]) });

    let failure =
        host.runtime.robot(call(&wanted.hash, CallLimits::ROBOT)).await.outcome.unwrap_err();

    assert_eq!(failure.code, "plugin.missing");
}

#[tokio::test]
async fn a_call_that_nobody_waits_for_makes_room_for_the_next() {
    let stuck = host_in(Mood::Stuck);
    let guest = robot(text!("read"), &[]);
    stuck.has(&guest);
    stuck.runtime.load(&guest.hash).await.unwrap();

    // More than may run at once, each given up while it waits for the store.
    for _ in 0..8 {
        let mut waiting = stuck
            .runtime
            .robot(call(&guest.hash, CallLimits { wall_ms: 600_000, ..CallLimits::ROBOT }));
        let poll = std::future::poll_fn(|cx| std::task::Poll::Ready(waiting.as_mut().poll(cx)));
        assert!(poll.await.is_pending());
    }

    assert_eq!(stuck.code(&robot(text!("nothing"), &[]), CallLimits::ROBOT).await, "ok");
}
