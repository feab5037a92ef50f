//! Readers that look in while groups are being applied.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use stagewright_core::commit::Commit;
use stagewright_core::key::Key;
use stagewright_core::read::Range;
use stagewright_core::seams::Store;

use super::fixture::{Folder, open};
use crate::conformance::fixture::{Subject, draft, index, indexed, note, record};
use crate::sled::SledStore;

/// Commits all of `commits` on a thread of its own while `look` is called over and over.
async fn while_committing(
    store: &Arc<SledStore>,
    commits: Vec<Commit>,
    look: impl AsyncFn(&Subject),
) {
    let subject = Subject::new(Arc::<SledStore>::clone(store));
    let (done, writer) = (Arc::<AtomicBool>::default(), Arc::clone(store));
    let finished = Arc::clone(&done);

    let writing = tokio::spawn(async move {
        for commit in commits {
            writer.commit(commit).await.unwrap();
        }
        finished.store(true, Ordering::SeqCst);
    });

    while !done.load(Ordering::SeqCst) && !writing.is_finished() {
        look(&subject).await;
        tokio::task::yield_now().await;
    }

    writing.await.unwrap();
    look(&subject).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guard_is_never_seen_before_the_rows_it_counts() {
    let folder = Folder::new();
    let store = open(&folder);

    // Many rows beside the one that counts give a reader time to look in between.
    let commits = (0..150).map(|n| {
        let rows = (0..30).fold(draft(), |draft, other| {
            draft.puts(&record(&format!("{n}-{other}")), 1, "beside")
        });
        rows.puts(&indexed(&n.to_string()), 1, "counted").bumps(&index(), 1).0
    });

    while_committing(&store, commits.collect(), async |subject| {
        let (rows, guard) = subject.range(Range::first(index(), 1_000)).await;
        assert!(rows.len() as u64 >= guard, "{} rows at guard {guard}", rows.len());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_row_is_never_seen_in_parts_of_two() {
    let folder = Folder::new();
    let store = open(&folder);

    let text = |version: u64| {
        char::from(b'a' + u8::try_from(version % 26).unwrap()).to_string().repeat(60_000)
    };
    store.commit(draft().puts(&record("a"), 1, &text(1)).0).await.unwrap();
    let commits = (2..150).map(|version| draft().puts(&record("a"), version, &text(version)).0);

    while_committing(&store, commits.collect(), async |subject| {
        let (seen, version) = subject.text(&record("a")).await.unwrap();
        assert!(seen == text(version), "version {version} is not whole");
    })
    .await;
}

/// What the reader above can only come across by chance: the moment between the guard and its rows.
#[tokio::test]
async fn a_guard_answers_as_before_while_its_group_is_applied() {
    let folder = Folder::new();
    let store = open(&folder);
    store.commit(draft().bumps(&index(), 5).0).await.unwrap();

    store.shared.guards_before().insert(Key::guard_of(&index()), 4);
    let subject = Subject::new(Arc::<SledStore>::clone(&store));
    assert_eq!(subject.range(Range::first(index(), 9)).await, (vec![], 4));

    store.shared.guards_before().clear();
    assert_eq!(subject.range(Range::first(index(), 9)).await, (vec![], 5));
}

#[tokio::test]
async fn the_guards_of_an_applied_group_are_no_longer_held_back() {
    let folder = Folder::new();
    let store = open(&folder);
    store.commit(draft().puts(&indexed("a"), 1, "a").bumps(&index(), 1).0).await.unwrap();

    assert!(store.shared.guards_before().is_empty());
    let subject = Subject::new(Arc::<SledStore>::clone(&store));
    assert_eq!(
        subject.range(Range::first(index(), 9)).await,
        (vec![(indexed("a"), note(1, "a"))], 1)
    );
}
