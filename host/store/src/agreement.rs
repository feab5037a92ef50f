//! The store in memory is the model: whatever the embedded store is asked, it answers the same,
//! before and after it is reopened.

use proptest::prelude::*;

use stagewright_core::commit::Commit;
use stagewright_core::id::TenantId;
use stagewright_core::key::{Key, Queue, Table};
use stagewright_core::read::{Range, Read};
use stagewright_core::seams::{Store, StoreError};
use stagewright_core::time::Timestamp;

use crate::conformance::fixture::note;
use crate::memory::MemoryStore;
use crate::sled::SledStore;
use crate::sled::tests::fixture::{Folder, options};

#[derive(Debug, Clone)]
enum Step {
    Commit(Commit),
    Read(Read),
    Reopen,
}

/// Few keys, so that they meet: two tenants, two tables, and the due index.
fn keys() -> Vec<Key> {
    let of = |tenant, table, name| Key::new(TenantId([tenant; 16]), table, &[name]);
    let due = |tenant, at| Key::due(Queue::Step, TenantId([tenant; 16]), Timestamp(at), 1, "x");
    let mut keys = vec![due(1, -7), due(1, 7), due(2, 0)];

    for tenant in [1, 2] {
        keys.extend([
            of(tenant, Table::Record, "a"),
            of(tenant, Table::Index, "a"),
            of(tenant, Table::Index, "b"),
        ]);
    }

    keys
}

fn prefixes() -> Vec<Key> {
    let index = |tenant| Key::new(TenantId([tenant; 16]), Table::Index, &[]);

    vec![
        index(1),
        index(2),
        Key::from_bytes(&[1; 16]),
        Key::from_bytes(&[2; 16]),
        Key::due_queue(Queue::Step),
    ]
}

fn any_key() -> impl Strategy<Value = Key> {
    prop::sample::select(keys())
}

fn any_guard() -> impl Strategy<Value = Key> {
    prop::sample::select(prefixes()).prop_map(|prefix| Key::guard_of(&prefix))
}

fn any_commit() -> impl Strategy<Value = Commit> {
    let size = prop_oneof![Just(5_usize), Just(4_085), Just(4_200), Just(70_000)];
    let value = prop::option::weighted(
        0.8,
        (1..4_u64, size).prop_map(|(version, size)| note(version, &"v".repeat(size))),
    );

    // Mostly small expectations, so that some of them hold.
    let expected = (prop_oneof![3 => any_key(), 1 => any_guard()], 0..3_u64);

    (
        prop::collection::btree_map(any_key(), value, 0..4),
        prop::collection::vec(expected, 0..2),
        prop::collection::btree_map(any_guard(), 1..3_u64, 0..2),
    )
        .prop_map(|(writes, expects, bumps)| Commit {
            expects: expects.into_iter().collect(),
            writes,
            bumps,
        })
}

fn any_range() -> impl Strategy<Value = Range> {
    (prop::sample::select(prefixes()), prop::option::of(any_key()), 0..5_usize, any::<bool>())
        .prop_map(|(prefix, after, limit, newest_first)| Range {
            prefix,
            after,
            limit,
            newest_first,
        })
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        10 => any_commit().prop_map(Step::Commit),
        3 => any_key().prop_map(|key| Step::Read(Read::Row(key))),
        5 => any_range().prop_map(|range| Step::Read(Read::Range(range))),
        1 => Just(Step::Reopen),
    ]
}

/// Asks both stores the same and compares.
async fn compare(steps: Vec<Step>) -> Result<(), TestCaseError> {
    let (folder, memory) = (Folder::new(), MemoryStore::new());
    let open = || SledStore::open(folder.path(), options()).unwrap();
    let mut sled = open();

    let everything: Vec<Read> =
        keys().into_iter().map(Read::Row).chain(prefixes().into_iter().map(whole)).collect();

    for step in steps {
        match step {
            Step::Commit(commit) => {
                prop_assert_eq!(sled.commit(commit.clone()).await, memory.commit(commit).await);
            }
            Step::Read(read) => same(&sled, &memory, &[read]).await?,
            Step::Reopen => {
                sled.shutdown().await.unwrap();
                sled = open();
            }
        }
    }

    same(&sled, &memory, &everything).await?;

    sled.shutdown().await.unwrap();
    same(&open(), &memory, &everything).await
}

async fn same(sled: &SledStore, memory: &MemoryStore, reads: &[Read]) -> Result<(), TestCaseError> {
    let (found, expected): (Result<_, StoreError>, _) =
        (sled.read(reads).await, memory.read(reads).await);
    prop_assert_eq!(found, expected);
    Ok(())
}

fn whole(prefix: Key) -> Read {
    Read::Range(Range::first(prefix, 99))
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 48,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_embedded_store_answers_as_the_one_in_memory(
        steps in prop::collection::vec(any_step(), 1..40),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(compare(steps))?;
    }
}
