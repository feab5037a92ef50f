//! For each limit a guest that just passes it and one that just does not.

use stagewright_core::call::{Blame, CallLimits, Retry};

use super::guests::{robot, text};
use super::host::{Mood, host, host_in};

const ROBOT: CallLimits = CallLimits::ROBOT;
const PAGE: u64 = 64 << 10;
/// The frame's own memory.
const FRAME_PAGES: u64 = 2;

#[tokio::test]
async fn fuel_that_suffices_is_enough_and_a_little_less_is_not() {
    let host = host();
    let guest = robot(text!("spin"), &[("rounds", 10_000)]);
    let needed = host.run(&guest).await.usage.fuel;
    // Fuel is looked at where loops turn and functions begin, so the last few units may be
    // overdrawn.
    let less = needed - 20;

    assert_eq!(host.code(&guest, CallLimits { fuel: needed, ..ROBOT }).await, "ok");
    let short = host.run_within(&guest, CallLimits { fuel: less, ..ROBOT }).await;

    let failure = short.outcome.unwrap_err();
    assert_eq!(
        (failure.code.as_str(), failure.blame, failure.retry),
        ("limit.fuel", Blame::Plugin, Retry::Never)
    );
    assert!(failure.message.contains(&format!("of {less} fuel")), "{}", failure.message);
    assert_eq!(short.usage.fuel, less);
}

#[tokio::test]
async fn a_guest_that_never_stops_is_stopped_at_its_deadline() {
    let host = host();
    let endless = robot(text!("spin"), &[("rounds", 0)]);
    let quick = robot(text!("spin"), &[("rounds", 1_000)]);
    let limits = CallLimits { fuel: u64::MAX / 2, wall_ms: 60, ..ROBOT };

    assert_eq!(host.code(&quick, CallLimits { wall_ms: 10_000, ..limits }).await, "ok");
    let failure = host.run_within(&endless, limits).await.outcome.unwrap_err();

    assert_eq!(
        (failure.code.as_str(), failure.blame, failure.retry),
        ("limit.time", Blame::Plugin, Retry::After(0))
    );
    assert!(failure.message.contains("60 ms"), "{}", failure.message);
}

#[tokio::test]
async fn a_host_call_that_never_returns_ends_at_the_deadline() {
    let stuck = host_in(Mood::Stuck);
    let guest = robot(text!("read"), &[]);
    let limits = CallLimits { wall_ms: 60, ..ROBOT };

    let answer = stuck.run_within(&guest, limits).await;

    let failure = answer.outcome.unwrap_err();
    assert_eq!(failure.code, "limit.time");
    assert!(failure.message.contains("records.read.get, waiting for it"), "{}", failure.message);
    assert_eq!(answer.usage.host_calls, 1);
    assert_eq!(host().code(&guest, CallLimits { wall_ms: 10_000, ..limits }).await, "ok");
}

#[tokio::test]
async fn guests_that_never_stop_do_not_keep_others_from_their_deadline() {
    let host = host();
    let endless = robot(text!("spin"), &[("rounds", 0)]);
    let limits = CallLimits { fuel: u64::MAX / 2, wall_ms: 100, ..ROBOT };

    // More of them than may run at once, each on its own deadline.
    let codes = tokio::join!(
        host.code(&endless, limits),
        host.code(&endless, limits),
        host.code(&endless, limits),
        host.code(&endless, limits),
        host.code(&endless, limits),
        host.code(&endless, limits),
    );

    assert_eq!([codes.0, codes.1, codes.2, codes.3, codes.4, codes.5], ["limit.time"; 6]);
}

#[tokio::test]
async fn all_memories_of_a_guest_count_together() {
    let host = host();
    let guest = robot(text!("memories"), &[("first", 8), ("more", 0)]);
    let needed = (FRAME_PAGES + 8) * PAGE;

    let fits = host.run_within(&guest, CallLimits { memory_bytes: needed, ..ROBOT }).await;
    let over = host.run_within(&guest, CallLimits { memory_bytes: needed - 1, ..ROBOT }).await;

    assert!(fits.outcome.is_ok(), "{:?}", fits.outcome);
    assert_eq!(fits.usage.memory_bytes, needed);
    // Neither memory alone is over the limit.
    let failure = over.outcome.unwrap_err();
    assert_eq!((failure.code.as_str(), failure.blame), ("limit.memory", Blame::Plugin));
}

#[tokio::test]
async fn memory_that_grows_over_the_limit_is_refused_and_named() {
    let host = host();
    let guest = robot(text!("memories"), &[("first", 1), ("more", 7)]);
    let needed = (FRAME_PAGES + 8) * PAGE;

    assert_eq!(host.code(&guest, CallLimits { memory_bytes: needed, ..ROBOT }).await, "ok");
    let over = host.run_within(&guest, CallLimits { memory_bytes: needed - 1, ..ROBOT }).await;

    let failure = over.outcome.unwrap_err();
    assert_eq!(failure.code, "limit.memory");
    assert!(failure.message.contains(&format!("wanted {needed} bytes")), "{}", failure.message);
    assert_eq!(over.usage.memory_bytes, (FRAME_PAGES + 1) * PAGE);
}

#[tokio::test]
async fn memory_over_the_engines_ceiling_is_refused_whatever_the_limit() {
    let guest = robot(text!("memories"), &[("first", 1), ("more", 2_048)]);
    assert_eq!(
        host().code(&guest, CallLimits { memory_bytes: 1 << 40, ..ROBOT }).await,
        "limit.memory"
    );
}

#[tokio::test]
async fn tables_count_together_from_the_start_and_as_they_grow() {
    let host = host();
    let large = robot(text!("tables"), &[("first", 1_000), ("more", 0)]);
    let growing = robot(text!("tables"), &[("first", 10), ("more", 990)]);

    for guest in [&large, &growing] {
        assert_eq!(host.code(guest, CallLimits { table_elements: 1_000, ..ROBOT }).await, "ok");
        assert_eq!(
            host.code(guest, CallLimits { table_elements: 999, ..ROBOT }).await,
            "limit.table"
        );
    }
}

#[tokio::test]
async fn one_host_call_too_many_ends_the_call() {
    let host = host();
    let guest = robot(text!("ask"), &[("times", 50)]);

    let enough = host.run_within(&guest, CallLimits { host_calls: 50, ..ROBOT }).await;
    let short = host.run_within(&guest, CallLimits { host_calls: 49, ..ROBOT }).await;

    assert!(enough.outcome.is_ok());
    assert_eq!(enough.usage.host_calls, 50);
    let failure = short.outcome.unwrap_err();
    assert_eq!((failure.code.as_str(), failure.retry), ("limit.host-calls", Retry::Never));
    assert!(
        failure.message.contains("49 host calls of 49 allowed, clock.random-u64 the last"),
        "{}",
        failure.message
    );
}

#[tokio::test]
async fn one_effect_too_many_fails_the_call() {
    let host = host();
    let guest = robot(text!("observe"), &[("times", 3)]);

    let enough = host.run_within(&guest, CallLimits { effects: 3, ..ROBOT }).await;
    let short = host.run_within(&guest, CallLimits { effects: 2, ..ROBOT }).await;

    assert!(enough.outcome.is_ok(), "{:?}", enough.outcome);
    assert_eq!(enough.scope.into_recorded().effects.len(), 3);
    assert_eq!(short.outcome.unwrap_err().code, "limit.effects");
}

#[tokio::test]
async fn a_log_over_its_limit_is_cut_with_a_mark_and_the_call_goes_on() {
    let host = host();
    let guest = robot(text!("chatter"), &[("times", 3), ("bytes", 1_000)]);

    let fits = host.run_within(&guest, CallLimits { log_bytes: 3_000, ..ROBOT }).await;
    let cut = host.run_within(&guest, CallLimits { log_bytes: 2_999, ..ROBOT }).await;

    assert!(fits.outcome.is_ok() && cut.outcome.is_ok());
    assert!(fits.log.iter().all(|line| line.message == "a".repeat(1_000)));
    assert_eq!(cut.log.len(), 3);
    assert_eq!(
        cut.log[2].message,
        format!("{} [cut: the call's log limit is reached]", "a".repeat(999))
    );
}

#[tokio::test]
async fn an_answer_over_its_limit_is_no_answer() {
    let host = host();
    let guest = robot(text!("answer"), &[("bytes", 5_000)]);

    assert_eq!(host.code(&guest, CallLimits { output_bytes: 5_000, ..ROBOT }).await, "ok");
    let failure = host
        .run_within(&guest, CallLimits { output_bytes: 4_999, ..ROBOT })
        .await
        .outcome
        .unwrap_err();

    assert_eq!(failure.code, "limit.output");
    assert!(failure.message.contains("answered 5000 bytes of 4999 allowed"), "{}", failure.message);
}

#[tokio::test]
async fn an_answer_too_large_to_be_read_at_all_is_over_the_same_limit() {
    let failure =
        host().run(&robot(text!("answer"), &[("bytes", 5 << 20)])).await.outcome.unwrap_err();
    assert_eq!(failure.code, "limit.output");
    assert!(failure.message.contains("handed more to the host at once"), "{}", failure.message);
}
