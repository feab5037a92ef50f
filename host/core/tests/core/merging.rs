//! Decisions made one on top of the other, merged into one commit, do what they would have done one
//! after the other.
//!
//! **Precisely**, for any two commits `a` and `b` and any state: where `a.then(b)` gives a commit,
//! it applies to the state exactly when `a` does and `b` does to what `a` leaves, and both ways end
//! in the same state; where it gives none, there is no state to which `a` and then `b` apply. And
//! two honest decisions, the second made over the first, always merge.
use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use stagewright_core::commit::Commit;
use stagewright_core::id::TenantId;
use stagewright_core::key::{Key, Table};
use stagewright_core::read::{Found, Range, Read, Reads};
use stagewright_core::row::{self, Row};
use stagewright_core::tx::{Decision, Halt, ROUNDS_MAX, Tx, decide_over};

/// All that a store would hold: rows and guards by key.
type State = BTreeMap<Key, row::Bytes>;

const TENANT: TenantId = TenantId([3; 16]);

#[derive(Serialize, Deserialize, PartialEq, Clone, Debug)]
struct Cell {
    value: u8,
}

impl Row for Cell {
    const NAME: &'static str = "cell";
}

/// One thing that a decision does with a small space of keys.
#[derive(Clone, Debug)]
enum Act {
    Get(usize),
    Put(usize, u8),
    PutUnread(usize, u8),
    Delete(usize),
    PutIndexed(usize, u8),
    DeleteIndexed(usize),
    Range { after: Option<usize>, limit: usize, newest_first: bool },
}

fn record(n: usize) -> Key {
    Key::new(TENANT, Table::Record, &[&n.to_string()])
}

fn index() -> Key {
    Key::new(TENANT, Table::Index, &["all"])
}

fn indexed(n: usize) -> Key {
    Key::new(TENANT, Table::Index, &["all", &n.to_string()])
}

fn any_act() -> impl Strategy<Value = Act> {
    let key = 0..4_usize;
    prop_oneof![
        key.clone().prop_map(Act::Get),
        (key.clone(), any::<u8>()).prop_map(|(n, value)| Act::Put(n, value)),
        (key.clone(), any::<u8>()).prop_map(|(n, value)| Act::PutUnread(n, value)),
        key.clone().prop_map(Act::Delete),
        (key.clone(), any::<u8>()).prop_map(|(n, value)| Act::PutIndexed(n, value)),
        key.clone().prop_map(Act::DeleteIndexed),
        (prop::option::of(key), 0..5_usize, any::<bool>())
            .prop_map(|(after, limit, newest_first)| Act::Range { after, limit, newest_first }),
    ]
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    prop::collection::vec(any_act(), 0..6)
}

/// A state with records and index rows at several versions, and a guard.
fn any_state() -> impl Strategy<Value = State> {
    let rows =
        prop::collection::btree_map((any::<bool>(), 0..4_usize), (1..3_u64, any::<u8>()), 0..6);

    (rows, 0..3_u64).prop_map(|(rows, guard)| {
        let encoded = |(version, value)| row::encode(&Cell { value }, version).unwrap();
        let key = |(is_indexed, n)| if is_indexed { indexed(n) } else { record(n) };
        let mut state: State =
            rows.into_iter().map(|(place, cell)| (key(place), encoded(cell))).collect();

        if guard > 0 {
            state.insert(Key::guard_of(&index()), row::guard(guard));
        }

        state
    })
}

/// Does what it says and tells all it saw, which is what a real decision would base its writes on.
fn act(tx: &mut Tx<'_>, act: &Act) -> Result<Vec<(Key, Cell)>, Halt> {
    match act {
        Act::Get(n) => {
            return Ok(tx
                .get::<Cell>(&record(*n))?
                .map(|(cell, _)| (record(*n), cell))
                .into_iter()
                .collect());
        }
        Act::Put(n, value) => {
            tx.want(&[record(*n)])?;
            tx.put(record(*n), &Cell { value: *value })?;
        }
        Act::PutUnread(n, value) => {
            tx.put(record(*n), &Cell { value: *value })?;
        }
        Act::Delete(n) => tx.delete(record(*n)),
        Act::PutIndexed(n, value) => {
            tx.put_indexed(&index(), indexed(*n), &Cell { value: *value })?;
        }
        Act::DeleteIndexed(n) => tx.delete_indexed(&index(), indexed(*n)),
        Act::Range { after, limit, newest_first } => {
            return tx.range::<Cell>(&wanted(*after, *limit, *newest_first));
        }
    }

    Ok(vec![])
}

fn wanted(after: Option<usize>, limit: usize, newest_first: bool) -> Range {
    Range { prefix: index(), after: after.map(indexed), limit, newest_first }
}

/// Runs a decision on top of `overlay`, loading from `state` what it asks for.
fn decide(state: &State, overlay: &Commit, acts: &[Act]) -> (Commit, Vec<Vec<(Key, Cell)>>) {
    let mut reads = Reads::new();

    for _ in 0..ROUNDS_MAX {
        match decide_over(&reads, overlay, |tx| {
            acts.iter().map(|a| act(tx, a)).collect::<Result<Vec<_>, _>>()
        }) {
            Decision::Done(commit, seen) => return (commit, seen),
            Decision::Need(needs) => {
                reads.extend(needs.into_iter().map(|read| (read.clone(), load(state, &read))));
            }
            Decision::Refused(refusal) => panic!("{refusal}"),
            Decision::Overtaken(by) => panic!("{by}"),
            Decision::Damaged(reason) => panic!("{reason}"),
        }
    }

    panic!("more rounds than there are things to ask for")
}

fn load(state: &State, read: &Read) -> Found {
    match read {
        Read::Row(key) => Found::Row(state.get(key).cloned()),
        Read::Range(range) => {
            let rows =
                in_range(state, range).map(|(key, value)| (key.clone(), value.clone())).collect();
            Found::Range { rows, guard: version(state, &Key::guard_of(&range.prefix)) }
        }
    }
}

fn in_range<'a>(
    state: &'a State,
    range: &'a Range,
) -> impl Iterator<Item = (&'a Key, &'a row::Bytes)> {
    let inside = state.iter().filter(|(key, _)| {
        let behind = |after: &Key| if range.newest_first { *key < after } else { *key > after };
        key.starts_with(&range.prefix) && range.after.as_ref().is_none_or(behind)
    });

    let ordered: Vec<_> =
        if range.newest_first { inside.rev().collect() } else { inside.collect() };

    ordered.into_iter().take(range.limit)
}

fn version(state: &State, key: &Key) -> u64 {
    state.get(key).map_or(0, |bytes| row::version(bytes).unwrap())
}

/// What a store does; nothing where an expectation does not hold.
fn apply(mut state: State, commit: &Commit) -> Option<State> {
    if commit.expects.iter().any(|(key, expected)| version(&state, key) != *expected) {
        return None;
    }

    let bumped: Vec<_> = commit
        .bumps
        .iter()
        .map(|(key, steps)| (key.clone(), version(&state, key) + steps))
        .collect();

    for (key, value) in &commit.writes {
        match value {
            Some(bytes) => state.insert(key.clone(), bytes.clone()),
            None => state.remove(key),
        };
    }

    state.extend(bumped.into_iter().map(|(key, version)| (key, row::guard(version))));
    Some(state)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Whole stories: each decision over the merged ones before it.
    #[test]
    fn honest_decisions_merge_to_what_they_do_one_after_the_other(
        state in any_state(),
        story in prop::collection::vec(acts(), 1..5),
    ) {
        let (mut merged, mut expected) = (Commit::default(), state.clone());

        for acts in story {
            let (own, _) = decide(&state, &merged, &acts);
            expected = apply(expected, &own).expect("it was decided on just this");
            merged = merged.then(own).expect("it was decided over what it is merged with");
        }

        prop_assert_eq!(apply(state, &merged), Some(expected));
    }

    /// The state has changed before the commit arrives: `elsewhere` is what it is by then.
    #[test]
    fn a_merged_commit_is_refused_exactly_when_one_of_its_parts_would_be(
        state in any_state(),
        elsewhere in any_state(),
        (first, second) in (acts(), acts()),
    ) {
        let (a, _) = decide(&state, &Commit::default(), &first);
        let (b, _) = decide(&state, &a, &second);
        let one_by_one = apply(elsewhere.clone(), &a).and_then(|state| apply(state, &b));

        prop_assert_eq!(apply(elsewhere, &a.then(b).unwrap()), one_by_one);
    }

    /// Two commits that know nothing of each other, on any state.
    #[test]
    fn commits_that_do_not_merge_never_follow_one_another(
        states in (any_state(), any_state(), any_state()),
        (first, second) in (acts(), acts()),
    ) {
        let (a, _) = decide(&states.0, &Commit::default(), &first);
        let (b, _) = decide(&states.1, &Commit::default(), &second);

        for state in [states.0, states.1, states.2] {
            let one_by_one = apply(state.clone(), &a).and_then(|state| apply(state, &b));
            match a.clone().then(b.clone()) {
                Ok(merged) => prop_assert_eq!(apply(state, &merged), one_by_one),
                Err(_) => prop_assert_eq!(one_by_one, None),
            }
        }
    }

    /// What a decision reads through its overlay is what it would read after the overlay had been
    /// applied.
    #[test]
    fn reads_over_an_overlay_are_reads_of_what_it_leaves(
        state in any_state(),
        (first, second) in (acts(), acts()),
    ) {
        let (a, _) = decide(&state, &Commit::default(), &first);
        let after = apply(state.clone(), &a).expect("it was decided on just this");

        let (_, seen_over) = decide(&state, &a, &second);
        let (_, seen_after) = decide(&after, &Commit::default(), &second);

        prop_assert_eq!(seen_over, seen_after);
    }

    /// A range shows the decision's own writes in their places, whatever the limit.
    #[test]
    fn a_range_after_own_writes_equals_the_model(
        state in any_state(),
        own in acts(),
        after in prop::option::of(0..4_usize),
        limit in 0..6_usize,
        newest_first in any::<bool>(),
    ) {
        let (commit, _) = decide(&state, &Commit::default(), &own);
        let model = apply(state.clone(), &commit).expect("it was decided on just this");

        let range = wanted(after, limit, newest_first);
        let expected: Vec<Key> = in_range(&model, &range).map(|(key, _)| key.clone()).collect();

        let acts = [own, vec![Act::Range { after, limit, newest_first }]].concat();
        let (_, seen) = decide(&state, &Commit::default(), &acts);
        let last = seen.into_iter().last().unwrap();
        let last: Vec<Key> = last.into_iter().map(|(key, _)| key).collect();

        prop_assert_eq!(last, expected);
    }
}
