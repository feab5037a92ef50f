//! The data folder: who may open it, what is found there, and what is said when it cannot be.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use stagewright_core::id::TenantId;
use stagewright_core::key::{Key, Table};
use stagewright_core::row::{self, Row};
use stagewright_core::seams::Store;

use super::fixture::{Folder, open, options};
use crate::store::conformance::fixture::{Subject, draft, note, record};
use crate::store::conformance::large::megabyte;
use crate::store::sled::verify::verify;
use crate::store::sled::{OpenError, SledStore};

fn format_key() -> Key {
    Key::new(TenantId::PLATFORM, Table::Format, &[])
}

#[tokio::test]
async fn a_reopened_store_has_everything_that_was_acknowledged() {
    let folder = Folder::new();
    let store = SledStore::open(folder.path(), options()).unwrap();
    for name in 0..300 {
        store.commit(draft().puts(&record(&name.to_string()), 1, "small").bumps(&record(""), 1).0).await.unwrap();
    }
    store.commit(draft().puts(&record("big"), 1, &megabyte(1)).deletes(&record("0")).0).await.unwrap();
    store.commit(draft().puts(&record("big"), 2, &megabyte(2)).0).await.unwrap();
    store.shutdown().await.unwrap();

    let subject = Subject::new(open(&folder));
    assert_eq!(subject.bytes(&record("0")).await, None);
    assert_eq!(subject.text(&record("299")).await, Some(("small".to_owned(), 1)));
    assert_eq!(subject.bytes(&record("big")).await, Some(note(2, &megabyte(2))));
    assert_eq!(subject.bytes(&Key::guard_of(&record(""))).await, Some(row::guard(300)));
}

#[tokio::test]
async fn a_store_dropped_without_a_shutdown_keeps_what_it_acknowledged() {
    let folder = Folder::new();
    let store = SledStore::open(folder.path(), options()).unwrap();
    store.commit(draft().puts(&record("a"), 1, "a").0).await.unwrap();
    // A copy of the folder is what a crash at this moment would have left, but for the lock.
    let copy = Folder::new();
    copy_into(folder.path(), copy.path());
    assert_eq!(Subject::new(open(&copy)).text(&record("a")).await, Some(("a".to_owned(), 1)));
}

fn copy_into(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir_all(&target).unwrap();
            copy_into(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn a_folder_in_use_is_refused_with_a_code() {
    let folder = Folder::new();
    let _first = open(&folder);
    let second = SledStore::open(folder.path(), options()).unwrap_err();
    assert_eq!(second.code(), "storage.locked");
    assert!(second.to_string().contains("another process is using it"), "{second}");
}

#[tokio::test]
async fn a_newer_format_is_refused_and_left_alone() {
    #[derive(Serialize, Deserialize)]
    struct Format {
        number: u32,
        created: i64,
        invented_later: bool,
    }
    impl Row for Format {
        const NAME: &'static str = "format";
    }
    let folder = Folder::new();
    let store = SledStore::open(folder.path(), options()).unwrap();
    let newer = row::encode(&Format { number: 2, created: 0, invented_later: true }, 1).unwrap();
    let mut commit = draft();
    commit.0.writes.insert(format_key(), Some(newer));
    store.commit(commit.0).await.unwrap();
    store.shutdown().await.unwrap();
    let refused = SledStore::open(folder.path(), options()).unwrap_err();
    assert!(matches!(refused, OpenError::Format { found: 2, known: 1, .. }), "{refused}");
    assert_eq!(refused.code(), "storage.format");
}

#[tokio::test]
async fn rows_without_a_format_are_refused() {
    let folder = Folder::new();
    let store = SledStore::open(folder.path(), options()).unwrap();
    store.commit(draft().deletes(&format_key()).puts(&record("a"), 1, "a").0).await.unwrap();
    store.shutdown().await.unwrap();
    assert_eq!(SledStore::open(folder.path(), options()).unwrap_err().code(), "storage.damaged");
}

#[tokio::test]
async fn the_time_of_creation_is_written_once() {
    let folder = Folder::new();
    let created = Subject::new(open(&folder)).bytes(&format_key()).await.unwrap();
    let mut later = options();
    later.now = later.now.plus_ms(1);
    let store = loop_until_unlocked(&folder, later);
    assert_eq!(Subject::new(std::sync::Arc::new(store)).bytes(&format_key()).await, Some(created));
}

/// Opens a store whose last holder may still be letting go of it.
fn loop_until_unlocked(folder: &Folder, options: crate::store::sled::Options) -> SledStore {
    while SledStore::open(folder.path(), super::fixture::options()).is_err() {
        std::thread::yield_now();
    }
    SledStore::open(folder.path(), options).unwrap()
}

#[tokio::test]
async fn a_half_written_snapshot_is_removed() {
    let folder = Folder::new();
    SledStore::open(folder.path(), options()).unwrap().shutdown().await.unwrap();
    let half = folder.path().join("snap.FFFFFFFFFFFFFFFF.generating");
    fs::write(&half, b"half").unwrap();
    SledStore::open(folder.path(), options()).unwrap().shutdown().await.unwrap();
    assert!(!half.exists());
}

#[tokio::test]
async fn a_damaged_folder_is_an_error_that_names_the_way_out() {
    let folder = Folder::new();
    let store = SledStore::open(folder.path(), options()).unwrap();
    for name in 0..2_000 {
        store.commit(draft().puts(&record(&name.to_string()), 1, "text").0).await.unwrap();
    }
    store.shutdown().await.unwrap();
    let mut db = fs::read(folder.path().join("db")).unwrap();
    db.iter_mut().skip(2_000).step_by(1_000).for_each(|byte| *byte ^= 0xFF);
    fs::write(folder.path().join("db"), db).unwrap();
    let damaged = SledStore::open(folder.path(), options()).unwrap_err();
    assert_eq!(damaged.code(), "storage.damaged", "{damaged}");
    assert!(damaged.to_string().contains("stagewright storage verify"), "{damaged}");
    assert!(damaged.to_string().contains("stagewright storage restore"), "{damaged}");
}

#[test]
fn a_folder_that_cannot_be_made_says_so() {
    let folder = Folder::new();
    fs::write(folder.path().join("file"), b"").unwrap();
    let refused = SledStore::open(&folder.path().join("file/below"), options()).unwrap_err();
    assert_eq!(refused.code(), "storage.folder");
}

#[test]
fn a_folder_without_a_store_is_not_verified_and_not_made() {
    let folder = Folder::new();
    let missing = folder.path().join("missing");
    assert_eq!(verify(&missing, &options()).unwrap_err().code(), "storage.folder");
    assert!(!missing.exists());
}
