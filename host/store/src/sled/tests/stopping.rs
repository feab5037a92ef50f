//! A failed sync ends the store; closing it ends it in order.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};

use stagewright_core::read::Read;
use stagewright_core::seams::{Store, StoreError};

use super::fixture::{Folder, gated, options};
use crate::conformance::fixture::{Begun, Subject, begin, draft, record};
use crate::sled::{Hooks, Options, SledStore, Stop};

/// A store whose syncs fail while the switch is on, how many syncs were tried, and what it says
/// when it stops.
struct Failing {
    store: SledStore,
    broken: Arc<AtomicBool>,
    tried: Arc<AtomicUsize>,
    told: mpsc::Receiver<Stop>,
}

fn failing(folder: &Folder, error: io::ErrorKind) -> Failing {
    let (broken, tried, (tell, told)) =
        (Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default(), mpsc::channel());
    let (switch, count) = (Arc::clone(&broken), Arc::clone(&tried));

    let before_sync = move || {
        count.fetch_add(1, Ordering::SeqCst);
        if switch.load(Ordering::SeqCst) { Err(io::Error::from(error)) } else { Ok(()) }
    };

    let hooks = Hooks { before_sync: Some(Arc::new(before_sync)), ..Hooks::default() };
    let on_stopped = Box::new(move |stop: &Stop| tell.send(stop.clone()).unwrap());
    let options = Options { hooks, on_stopped: Some(on_stopped), ..options() };
    Failing { store: SledStore::open(folder.path(), options).unwrap(), broken, tried, told }
}

#[tokio::test]
async fn a_failed_sync_ends_the_store_and_is_not_tried_again() {
    let folder = Folder::new();
    let failing = failing(&folder, io::ErrorKind::Other);
    failing.store.commit(draft().puts(&record("a"), 1, "a").0).await.unwrap();
    failing.broken.store(true, Ordering::SeqCst);

    let refused = failing.store.commit(draft().puts(&record("b"), 1, "b").0).await;
    assert!(
        matches!(&refused, Err(StoreError::Stopped(why)) if why.contains("storage.write")),
        "{refused:?}"
    );
    assert_eq!(failing.told.recv().unwrap().code, "storage.write");

    failing.broken.store(false, Ordering::SeqCst);
    let stopped = |answer: Result<(), StoreError>| {
        assert!(matches!(answer, Err(StoreError::Stopped(_))), "{answer:?}");
    };

    stopped(failing.store.commit(draft().puts(&record("c"), 1, "c").0).await);
    stopped(failing.store.read(&[Read::Row(record("a"))]).await.map(drop));
    stopped(failing.store.settled().await);
    stopped(failing.store.close().await);

    assert_eq!(failing.tried.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_full_disk_has_a_code_of_its_own() {
    let folder = Folder::new();
    let failing = failing(&folder, io::ErrorKind::StorageFull);
    failing.broken.store(true, Ordering::SeqCst);

    assert!(failing.store.commit(draft().puts(&record("a"), 1, "a").0).await.is_err());
    assert_eq!(failing.told.recv().unwrap().code, "storage.no-space");
}

#[tokio::test]
async fn everybody_in_the_failed_group_and_behind_it_hears_of_it() {
    let folder = Folder::new();
    let failing = failing(&folder, io::ErrorKind::Other);
    failing.broken.store(true, Ordering::SeqCst);
    let puts = |n: i32| failing.store.commit(draft().puts(&record(&n.to_string()), 1, "x").0);
    let waiting: Vec<Begun<'_>> = (0..20).map(|n| begin(puts(n))).collect();

    for commit in waiting {
        let answer = match commit {
            Begun::Answered(answer) => answer,
            Begun::Waiting(later) => later.await,
        };
        assert!(matches!(answer, Err(StoreError::Stopped(_))), "{answer:?}");
    }

    assert_eq!(failing.tried.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn closing_finishes_what_is_queued_and_refuses_what_comes_after() {
    let folder = Folder::new();
    let (store, gate) = gated(&folder);
    let held = gate.shut();

    let mut queued = Vec::new();
    for n in 0..10 {
        queued.push(begin(store.commit(draft().puts(&record(&n.to_string()), 1, "x").0)));
    }
    let close = begin(Box::pin(store.close()));

    drop(held);
    for commit in queued {
        let Begun::Waiting(later) = commit else { panic!("the committer was held") };
        assert_eq!(later.await, Ok(()));
    }
    let Begun::Waiting(close) = close else { panic!("there was something queued") };
    assert_eq!(close.await, Ok(()));
    assert_eq!(store.close().await, Ok(()));

    let late = store.commit(draft().puts(&record("late"), 1, "x").0).await;
    assert!(
        matches!(&late, Err(StoreError::Stopped(why)) if why.contains("storage.closed")),
        "{late:?}"
    );
}

#[tokio::test]
async fn a_visible_row_is_settled_only_after_its_sync() {
    let folder = Folder::new();
    let ((arrive, arrived), (go, wait)) = (mpsc::channel(), mpsc::channel());
    let wait = Mutex::new(wait);
    let before_sync = move || {
        arrive.send(()).unwrap();
        wait.lock().unwrap().recv().map_err(io::Error::other)
    };

    let hooks = Hooks { before_sync: Some(Arc::new(before_sync)), ..Hooks::default() };
    let store = Arc::new(SledStore::open(folder.path(), Options { hooks, ..options() }).unwrap());

    let Begun::Waiting(commit) = begin(store.commit(draft().puts(&record("a"), 1, "a").0)) else {
        panic!("not synced yet")
    };

    arrived.recv().unwrap();
    assert!(
        Subject::new(Arc::<SledStore>::clone(&store)).text(&record("a")).await.is_some(),
        "the row is visible"
    );

    let Begun::Waiting(settled) = begin(store.settled()) else {
        panic!("what was read is not durable yet")
    };

    go.send(()).unwrap();
    assert_eq!(settled.await, Ok(()));
    assert_eq!(commit.await, Ok(()));
    assert_eq!(store.settled().await, Ok(()));
}
