//! A folder that goes away, a gate in front of the committer, and a store between them.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};

use stagewright_core::time::Timestamp;

use crate::conformance::fixture::Subject;
use crate::sled::{Hooks, Options, SledStore};

/// A folder of its own, removed at the end.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let name = format!(
            "stagewright-store-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );

        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

/// What holds the committer before a group while it is shut.
#[derive(Default)]
pub(crate) struct Gate {
    shut: Mutex<bool>,
    moved: Condvar,
}

impl Gate {
    pub(crate) fn shut(self: &Arc<Self>) -> Shut {
        *self.shut.lock().unwrap() = true;
        Shut(Arc::clone(self))
    }

    pub(crate) fn pass(&self) {
        drop(self.moved.wait_while(self.shut.lock().unwrap(), |shut| *shut).unwrap());
    }
}

/// Opens the gate again when dropped.
pub(crate) struct Shut(Arc<Gate>);

impl Drop for Shut {
    fn drop(&mut self) {
        *self.0.shut.lock().unwrap() = false;
        self.0.moved.notify_all();
    }
}

pub(crate) fn options() -> Options {
    Options { cache_bytes: 16 << 20, ..Options::at(Timestamp(1_800_000_000_000)) }
}

pub(crate) fn open(folder: &Folder) -> Arc<SledStore> {
    Arc::new(SledStore::open(folder.path(), options()).unwrap())
}

/// A gated store, together with its gate.
pub(crate) fn gated(folder: &Folder) -> (Arc<SledStore>, Arc<Gate>) {
    let gate = Arc::new(Gate::default());
    let held = Arc::clone(&gate);
    let hooks = Hooks { before_group: Some(Arc::new(move || held.pass())), ..Hooks::default() };
    (Arc::new(SledStore::open(folder.path(), Options { hooks, ..options() }).unwrap()), gate)
}

pub(crate) fn subject() -> Subject {
    let folder = Folder::new();
    let (store, gate) = gated(&folder);
    let counted = Arc::clone(&store);

    Subject {
        // The folder goes with the last hold of the subject on it.
        hold: Box::new(move || {
            let _folder = &folder;
            Box::new(gate.shut())
        }),
        groups: Box::new(move || Some(counted.groups())),
        store,
    }
}
