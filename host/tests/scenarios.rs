//! The scenario files of `tests/scenarios`, on every store, and once with every expectation inverted.

use std::path::PathBuf;

use stagewright::scenario::{News, Options, Report, StoreKind, run};

/// A path from the root of the repository.
fn repository(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

async fn played(store: StoreKind, mutate: bool) -> Report {
    let options = Options { store, mutate, plugins: repository("plugins"), ..Options::default() };
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
