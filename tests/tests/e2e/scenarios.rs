//! The scenario files of `tests/scenarios`, on every store, and once with every expectation
//! inverted.
use std::path::PathBuf;

use stagewright_tests::place;
use stagewright_trials::scenario::{News, Options, Outcome, Report, StoreKind, Verdict, run};

/// A path from the root of the repository.
fn repository(path: &str) -> PathBuf {
    place::root().join(path)
}

/// Plays every scenario. Where `STAGEWRIGHT_RECORD` names a folder, what is asked and answered is
/// written below it.
async fn played(store: StoreKind, mutate: bool) -> Report {
    let record = std::env::var_os("STAGEWRIGHT_RECORD");
    let record = record.map(|folder| PathBuf::from(folder).join("scenarios"));
    // What the inverted expectations ask says nothing more about the host.
    let mutate = mutate && record.is_none();
    let plugins = repository("plugins");
    let options = Options { store, mutate, plugins, record, ..Options::default() };

    let tell = |news: News<'_>| match news {
        News::Building(_) | News::Playing(_) => {}
        News::Over(outcome) => println!("{outcome}"),
    };

    run(&[repository("tests/scenarios")], &options, &tell).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_scenario_passes_in_memory_and_each_of_its_expectations_can_fail() {
    let report = played(StoreKind::Memory, true).await;
    assert!(report.is_ok(), "{}", report.summary());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_scenario_passes_on_sled() {
    let report = played(StoreKind::Sled, false).await;
    assert!(report.is_ok(), "{}", report.summary());
}

/// The outcome of one scenario that builds on the fixture of the others, with these steps.
async fn outcome(name: &str, mutate: bool, steps: &str) -> Outcome {
    let dir =
        std::env::temp_dir().join(format!("stagewright-outcome-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    std::fs::copy(
        repository("tests/scenarios/reminder.fixture.yaml"),
        dir.join("reminder.fixture.yaml"),
    )
    .unwrap();

    let path = dir.join("a.yaml");
    std::fs::write(
        &path,
        format!("scenario: A title\nfixture: {{base: reminder.fixture.yaml}}\nsteps:\n{steps}"),
    )
    .unwrap();

    let options = Options { mutate, plugins: repository("plugins"), ..Options::default() };
    let report = run(&[path], &options, &|_| {}).await.unwrap();
    std::fs::remove_dir_all(&dir).unwrap();

    assert_eq!(report.outcomes.len(), 1);
    report.outcomes[0].clone()
}

const CREATE: &str = "  - do:\n      - create: {kind: deal, as: deal, fields: {title: Anna, \
    pipeline: sales, responsible: ivan}}\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_says_where_what_was_expected_what_was_found_and_what_happened() {
    let steps = format!(
        "{CREATE}  - at: 30m\n    expect:\n      - record: {{of: deal, fields: {{observers: \
         [petro]}}}}\n"
    );

    let outcome = outcome("failure", false, &steps).await;

    let Verdict::Failed(failure) = &outcome.verdict else { panic!("{outcome}") };
    assert_eq!(failure.problem.spot.map(|spot| (spot.line, spot.column)), Some((8, 9)));
    assert!(failure.step.starts_with("step 2 at 30m, 2026-03-02T07:30:00"), "{}", failure.step);
    assert_eq!(
        failure.details,
        ["expected `observers` [\"petro\"]", "found    `observers` [\"olena\"]"]
    );
    assert!(
        failure.timeline.iter().any(|line| line.starts_with("  07:30:00.000  robot watch")),
        "{:?}",
        failure.timeline
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_action_that_is_refused_fails_the_scenario_unless_that_is_expected() {
    let refused = outcome(
        "refused",
        false,
        &format!("{CREATE}      - move: {{record: deal, to: nowhere}}\n"),
    )
    .await;

    let Verdict::Failed(failure) = &refused.verdict else { panic!("{refused}") };
    assert!(
        failure.details[1].contains("(pipeline.unknown-stage: stage)"),
        "{:?}",
        failure.details
    );

    let expected = format!(
        "{CREATE}      - move: {{record: deal, to: won}}\n        refused: {{code: \
         pipeline.unknown-stage}}\n"
    );
    let carried_out = outcome("carried-out", false, &expected).await;

    let Verdict::Failed(failure) = &carried_out.verdict else { panic!("{carried_out}") };
    assert_eq!(failure.details[0], "expected a refusal with code `pipeline.unknown-stage`");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expectation_that_cannot_fail_is_a_defect_where_expectations_are_inverted() {
    let steps = format!("{CREATE}    expect:\n      - run: {{of: deal}}\n");

    assert!(matches!(outcome("lenient", false, &steps).await.verdict, Verdict::Passed { .. }));

    let outcome = outcome("strict", true, &steps).await;
    let Verdict::Vacuous(problems) = &outcome.verdict else { panic!("{outcome}") };
    assert!(
        problems[0]
            .to_string()
            .ends_with("a.yaml:7:9: this expectation says nothing that could be otherwise"),
        "{problems:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_is_stopped_cannot_crash() {
    let steps = format!("{CREATE}  - do: [stop, crash]\n");

    let outcome = outcome("stopped", false, &steps).await;

    let Verdict::Failed(failure) = &outcome.verdict else { panic!("{outcome}") };
    assert!(
        failure.problem.to_string().ends_with("a.yaml:6:16: the host is stopped; `start` it first"),
        "{}",
        failure.problem
    );
}
