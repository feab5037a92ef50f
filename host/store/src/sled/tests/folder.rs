//! The data folder: who may open it, what is found there, and what is said when it cannot be.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use stagewright_core::id::TenantId;
use stagewright_core::key::{Key, Table};
use stagewright_core::row::{self, Row};
use stagewright_core::seams::Store;

use super::fixture::{Folder, open, options};
use crate::conformance::fixture::{Subject, draft, note, record};
use crate::conformance::large::megabyte;
use crate::sled::verify::verify;
use crate::sled::{OpenError, Options, SledStore};

/// The format row as a later version may write it.
#[derive(Serialize, Deserialize)]
struct Format {
    number: u32,
    created: i64,
    #[serde(default)]
    invented_later: bool,
}

impl Row for Format {
    const NAME: &'static str = "format";
}

fn format_key() -> Key {
    Key::new(TenantId::PLATFORM, Table::Format, &[])
}

#[tokio::test]
async fn a_reopened_store_has_everything_that_was_acknowledged() {
    let folder = Folder::new();
    let store = SledStore::open(folder.path(), options()).unwrap();

    for name in 0..300 {
        store
            .commit(draft().puts(&record(&name.to_string()), 1, "small").bumps(&record(""), 1).0)
            .await
            .unwrap();
    }

    store
        .commit(draft().puts(&record("big"), 1, &megabyte(1)).deletes(&record("0")).0)
        .await
        .unwrap();
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
    SledStore::open(folder.path(), options()).unwrap().shutdown().await.unwrap();

    let later = Options { now: options().now.plus_ms(1), ..options() };
    let subject = Subject::new(Arc::new(SledStore::open(folder.path(), later).unwrap()));
    let (format, _) = row::decode::<Format>(&subject.bytes(&format_key()).await.unwrap()).unwrap();

    assert_eq!((format.number, format.created), (1, options().now.0));
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
async fn a_configuration_that_sled_was_killed_over_is_written_anew() {
    let folder = Folder::new();
    SledStore::open(folder.path(), options()).unwrap().shutdown().await.unwrap();
    let conf = folder.path().join("conf");
    let whole = fs::read(&conf).unwrap();

    for len in 0..whole.len() {
        fs::write(&conf, whole.get(..len).unwrap()).unwrap();
        SledStore::open(folder.path(), options()).unwrap().shutdown().await.unwrap();
        assert_eq!(fs::read(&conf).unwrap(), whole, "after {len} bytes");
    }
}

/// A closed store with rows in it.
async fn filled(folder: &Folder) {
    let store = SledStore::open(folder.path(), options()).unwrap();
    for name in 0..2_000 {
        store.commit(draft().puts(&record(&name.to_string()), 1, "text").0).await.unwrap();
    }
    store.shutdown().await.unwrap();
}

fn assert_names_the_way_out(damaged: &OpenError) {
    assert_eq!(damaged.code(), "storage.damaged", "{damaged}");
    assert!(damaged.to_string().contains("stagewright storage verify"), "{damaged}");
    assert!(damaged.to_string().contains("copy the folder before"), "{damaged}");
}

#[tokio::test]
async fn a_log_damaged_all_over_is_not_taken_for_an_empty_store() {
    let folder = Folder::new();
    filled(&folder).await;

    let mut db = fs::read(folder.path().join("db")).unwrap();
    db.iter_mut().skip(2_000).step_by(1_000).for_each(|byte| *byte ^= 0xFF);
    fs::write(folder.path().join("db"), db).unwrap();

    assert_names_the_way_out(&SledStore::open(folder.path(), options()).unwrap_err());
}

#[tokio::test]
async fn a_log_that_has_lost_its_end_is_not_opened() {
    let folder = Folder::new();
    filled(&folder).await;

    let db = fs::read(folder.path().join("db")).unwrap();
    fs::write(folder.path().join("db"), &db[..db.len() / 2]).unwrap();

    assert_names_the_way_out(&SledStore::open(folder.path(), options()).unwrap_err());
}

#[tokio::test]
async fn a_lost_mark_begins_anew_and_a_wrong_one_is_damage() {
    let folder = Folder::new();
    filled(&folder).await;

    let mark = folder.path().join("last-group");
    fs::remove_file(&mark).unwrap();
    SledStore::open(folder.path(), options()).unwrap().shutdown().await.unwrap();
    assert_eq!(fs::read_to_string(&mark).unwrap(), format!("{:020}\n", 2_000));

    fs::write(&mark, format!("{:020}\n", 2_001)).unwrap();
    assert_names_the_way_out(&SledStore::open(folder.path(), options()).unwrap_err());

    fs::write(&mark, "x").unwrap();
    assert_names_the_way_out(&SledStore::open(folder.path(), options()).unwrap_err());
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
