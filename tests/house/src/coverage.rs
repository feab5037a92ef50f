//! Every requirement of supervision, S4-01 to S4-48 and E1 to E8, is proved by a scenario that
//! names it in `covers`.
#![cfg(test)]

use std::collections::BTreeSet;
use std::fs;

use crate::architecture::repository;

/// What the scenario files name in `covers`.
fn covered() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(repository().join("tests/scenarios")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }

        let text = fs::read_to_string(&path).unwrap();
        let list = text.lines().find_map(|line| line.strip_prefix("covers: [")).unwrap_or_default();
        found.extend(list.trim_end_matches(']').split(',').map(|number| number.trim().to_owned()));
    }

    found
}

fn required() -> impl Iterator<Item = String> {
    (1..=48)
        .map(|number| format!("S4-{number:02}"))
        .chain((1..=8).map(|number| format!("E{number}")))
}

#[test]
fn every_requirement_of_supervision_is_covered_by_a_scenario() {
    let covered = covered();
    let open: Vec<String> = required().filter(|number| !covered.contains(number)).collect();
    assert!(open.is_empty(), "write a scenario that covers these: {open:?}");
}
