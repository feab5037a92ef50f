//! What a call may ask of the host, and what becomes of the answers.

use stagewright_sdk::prelude::*;
use stagewright_sdk::test::{Effect, MockHost, User};
use stagewright_sdk::{HostError, RecordRef};

/// A robot whose work is given by the test, as a plain function.
macro_rules! robot {
    ($name:ident, |$cx:ident| $work:expr) => {
        #[derive(Settings)]
        struct $name {}

        impl Robot for $name {
            type Results = ();
            const ID: &'static str = "probe";
            const NAME: Text = Text::new("Probe", "Проба", "Проба");
            const DESCRIPTION: Text = Self::NAME;
            const GROUP: &'static str = "data";

            fn run(&self, $cx: &Run) -> Outcome<()> {
                $work
            }
        }
    };
}

#[test]
fn a_robot_reads_the_item_it_runs_for() {
    robot!(Probe, |cx| {
        log::info(cx.item()?.text("title"));
        skip("only looked")
    });

    let ran = MockHost::new()
        .item("lead", "L1")
        .record("lead", "L1", json!({ "title": "Roof" }))
        .run(&Probe {});

    assert_eq!(ran.log, [("info".to_owned(), "Roof".to_owned())]);
    assert_eq!(ran.outcome, Ok(Done::Skipped("only looked".into())));
}

#[test]
fn a_refusal_becomes_a_failure_that_keeps_code_and_retryable() {
    robot!(Probe, |cx| {
        cx.record(&RecordRef::new("contact", "C1"))?;
        done(())
    });
    let busy = HostError { retryable: true, ..HostError::permanent("unavailable", "try again") };

    let ran = MockHost::new().refuse("records.read:contact", busy).run(&Probe {});

    assert_eq!(ran.outcome, Err(Failure::retry("unavailable", "try again")));
}

#[test]
fn a_robot_may_handle_a_refusal_and_go_on() {
    robot!(Probe, |cx| match cx.item() {
        Ok(_) => done(()),
        Err(error) => skip(error.code),
    });

    assert_eq!(MockHost::new().run(&Probe {}).outcome, Ok(Done::Skipped("not-found".into())));
}

#[test]
fn observers_are_a_set() {
    robot!(Probe, |cx| {
        let twice = ["u1".to_owned(), "u1".to_owned(), "u2".to_owned()];
        log::info(cx.add_observers(&twice)?.join(" "));
        log::info(cx.add_observers(&twice)?.join(" "));
        log::info(cx.resolve("observers")?.join(" "));
        done(())
    });

    let ran = MockHost::new().run(&Probe {});

    let lines: Vec<&str> = ran.log.iter().map(|(_, line)| line.as_str()).collect();
    assert_eq!(lines, ["u1 u2", "", "u1 u2"]);
    assert_eq!(
        ran.effects,
        [Effect::ObserversAdded {
            target: RecordRef::new("deal", "D1"),
            users: vec!["u1".into(), "u2".into()]
        }]
    );
}

#[test]
fn an_unknown_role_is_refused_and_an_unknown_user_is_nobody() {
    robot!(Probe, |cx| {
        log::info(format!("{:?}", cx.resolve("user:u9")?));
        cx.resolve("janitor")?;
        done(())
    });

    let ran = MockHost::new().run(&Probe {});

    assert_eq!(ran.log[0].1, "[]");
    assert_eq!(ran.failure().unwrap().code, "invalid");
}

#[test]
fn the_supervisor_is_the_one_of_whoever_is_responsible() {
    robot!(Probe, |cx| {
        log::info(cx.resolve("supervisor")?.join(" "));
        log::info(cx.supervisor_of("boss")?.unwrap_or_default());
        done(())
    });
    let host = MockHost::new()
        .user(User::new("boss"))
        .user(User::new("u1").supervisor("boss"))
        .role("responsible", ["u1"]);

    let ran = host.run(&Probe {});

    assert_eq!((ran.log[0].1.as_str(), ran.log[1].1.as_str()), ("boss", ""));
}

#[test]
fn minutes_are_added_in_the_hosts_own_form() {
    robot!(Probe, |cx| {
        log::info(cx.minutes_from_now(61)?);
        cx.minutes_from_now(i64::MAX)?;
        done(())
    });

    let ran = MockHost::new().now("2026-12-31T23:00:00.250Z").run(&Probe {});

    assert_eq!(ran.log[0].1, "2027-01-01T00:01:00.250Z");
    assert_eq!(ran.failure().unwrap().code, "bad-time");
}

#[test]
fn chance_is_the_same_in_every_attempt() {
    robot!(Probe, |cx| {
        log::info(format!("{} {}", cx.random(), cx.random()));
        done(())
    });
    let host = MockHost::new();

    assert_eq!(host.run(&Probe {}).log, host.run(&Probe {}).log);
}
