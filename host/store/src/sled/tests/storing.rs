//! How rows lie in the tree: large ones in pieces, nothing in files that sled does not sync, and
//! damage found where it is.

use std::fs;
use std::sync::Arc;

use stagewright_core::key::{Key, Queue};
use stagewright_core::read::Read;
use stagewright_core::seams::{Store, StoreError};
use stagewright_core::time::Timestamp;

use super::fixture::{Folder, open, options};
use crate::KEY_BYTES_MAX;
use crate::conformance::fixture::{Subject, TENANT, draft, record};
use crate::conformance::large::megabyte;
use crate::sled::SledStore;
use crate::sled::value;
use crate::sled::verify::{Report, verify};

async fn verified(store: Arc<SledStore>, folder: &Folder) -> Report {
    Arc::into_inner(store).unwrap().shutdown().await.unwrap();
    verify(folder.path(), &options()).unwrap()
}

#[tokio::test]
async fn replaced_and_deleted_large_rows_leave_no_pieces_behind() {
    let folder = Folder::new();
    let store = open(&folder);

    for version in 1..=3 {
        store.commit(draft().puts(&record("a"), version, &"x".repeat(10_000)).0).await.unwrap();
        store.commit(draft().puts(&record("b"), version, &megabyte(3)).0).await.unwrap();
    }
    store.commit(draft().deletes(&record("b")).0).await.unwrap();

    let report = verified(store, &folder).await;
    assert_eq!((report.rows, report.large, report.pieces, report.orphans), (2, 1, 3, 0));
    assert!(report.is_sound());
}

#[tokio::test]
async fn a_verified_store_is_counted() {
    let folder = Folder::new();
    let store = open(&folder);
    let due = Key::due(Queue::Step, TENANT, Timestamp(1), 1, "x");

    store
        .commit(draft().puts(&due, 1, "due").puts(&record("a"), 1, "a").bumps(&record("a"), 1).0)
        .await
        .unwrap();

    let report = verified(store, &folder).await;
    assert_eq!((report.rows, report.guards, report.due, report.damaged), (4, 1, 1, 0));
}

#[tokio::test]
async fn a_missing_piece_is_damage_and_not_an_empty_row() {
    let folder = Folder::new();
    let store = open(&folder);

    store
        .commit(draft().puts(&record("a"), 1, &megabyte(1)).puts(&record("b"), 1, "b").0)
        .await
        .unwrap();

    let stored = store.shared.db.get(record("a").as_bytes()).unwrap().unwrap();
    let (_, pointer) = value::describe(&record("a"), &stored).unwrap();
    store.shared.db.remove(pointer.unwrap().keys().nth(7).unwrap()).unwrap();

    let read = store.read(&[Read::Row(record("a"))]).await;
    assert!(
        matches!(&read, Err(StoreError::Damaged(what)) if what.contains("lacks a piece")),
        "{read:?}"
    );
    assert!(store.read(&[Read::Row(record("b"))]).await.is_ok());

    let report = verified(store, &folder).await;
    assert_eq!(
        (report.damaged, report.damages.first().and_then(|damage| damage.key.clone())),
        (1, Some(record("a")))
    );
}

#[tokio::test]
async fn a_damaged_row_is_named_and_refuses_commits_on_it() {
    let folder = Folder::new();
    let store = open(&folder);
    store.commit(draft().puts(&record("a"), 1, "a").0).await.unwrap();

    let mut stored = store.shared.db.get(record("a").as_bytes()).unwrap().unwrap().to_vec();
    stored[17] ^= 1;
    store.shared.db.insert(record("a").as_bytes(), stored).unwrap();

    assert!(matches!(store.read(&[Read::Row(record("a"))]).await, Err(StoreError::Damaged(_))));
    let commit = draft().expects(&record("a"), 1).puts(&record("b"), 1, "b");
    assert!(matches!(store.commit(commit.0).await, Err(StoreError::Damaged(_))));
    assert_eq!(store.commit(draft().puts(&record("b"), 1, "b").0).await, Ok(()));

    assert_eq!(verified(store, &folder).await.damaged, 1);
}

/// The largest rows and the longest keys, in order and at random, rewritten and deleted so that
/// nodes split, fill up and merge.
#[tokio::test]
async fn nothing_is_ever_put_into_files_that_sled_does_not_sync() {
    let folder = Folder::new();
    let store = open(&folder);
    let subject = Subject::new(Arc::<SledStore>::clone(&store));

    // A row's frame and the text's own take 23 bytes.
    let full = |letter: &str| letter.repeat(value::WHOLE_MAX - 23);
    // Unlike in their first bytes, so that no common prefix makes them shorter.
    let key = |n: u32| {
        let mut bytes = n.wrapping_mul(2_654_435_761).to_be_bytes().to_vec();
        bytes.insert(0, 1);
        bytes.resize(KEY_BYTES_MAX, 7);
        Key::from_bytes(&bytes)
    };
    let blobs = || fs::read_dir(folder.path().join("blobs")).unwrap().count();

    for hundred in 0..12_u32 {
        let rows =
            (0..400).fold(draft(), |draft, n| draft.puts(&key(hundred * 400 + n), 1, &full("x")));
        subject.apply(rows).await;
        assert_eq!(blobs(), 0, "after {hundred}");
    }

    for hundred in 0..12_u32 {
        let kept = |n: &u32| n.is_multiple_of(7);
        let rows = (0..400)
            .filter(|n| !kept(n))
            .fold(draft(), |draft, n| draft.deletes(&key(hundred * 400 + n)));
        let rows = (0..400)
            .filter(kept)
            .fold(rows, |draft, n| draft.puts(&key(hundred * 400 + n), 2, &full("y")));
        subject.apply(rows).await;
        assert_eq!(blobs(), 0, "after deleting {hundred}");
    }
}
