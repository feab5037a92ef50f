//! The host of a scenario: started, stopped, and gone from one moment to the next.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::watch;

use stagewright_app::{Keys, Listen, Parts, Server, Storage, Wraps};
use stagewright_connector::EgressRule;
use stagewright_core::key::Key;
use stagewright_core::read::{Found, Range, Read};
use stagewright_core::row::Bytes;
use stagewright_core::seams::{Clock, Store};
use stagewright_server::clock::ManualClock;
use stagewright_store::memory::MemoryStore;
use stagewright_store::sled::{Options, SledStore};

use super::gate::{Gate, GatedPlugins, GatedRequests, Mortal};

/// Which store a scenario runs on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum StoreKind {
    /// Rows in memory, which outlive the host and not the scenario.
    #[default]
    Memory,
    /// sled in a folder of its own.
    Sled,
}

/// What outlives a host.
#[derive(Debug)]
pub(super) struct Ground {
    rows: Rows,
    files: PathBuf,
    keys: Keys,
    clock: Arc<ManualClock>,
}

#[derive(Debug)]
enum Rows {
    Memory(Arc<dyn Store>),
    /// The folder of the host's rows, and how many hosts there were: each opens a copy of what lay
    /// on disk when the one before was gone, so that nothing can come from the memory of an old
    /// one.
    Sled {
        root: PathBuf,
        number: u32,
    },
}

impl Ground {
    /// Fresh ground: rows below `root`, components and compiled code in `files`, which scenarios
    /// share.
    pub(super) fn new(
        kind: StoreKind,
        root: &Path,
        files: &Path,
        keys: &Keys,
        clock: Arc<ManualClock>,
    ) -> Self {
        let rows = match kind {
            StoreKind::Memory => Rows::Memory(Arc::new(MemoryStore::new())),
            StoreKind::Sled => Rows::Sled { root: root.to_owned(), number: 0 },
        };
        Self { rows, files: files.to_owned(), keys: keys.clone(), clock }
    }

    /// Starts a host.
    ///
    /// # Errors
    /// A sentence.
    pub(super) async fn start(&self) -> Result<Host, String> {
        let listen =
            Listen::on(SocketAddr::from(([127, 0, 0, 1], 0))).await.map_err(|e| e.to_string())?;

        let (gate, gone) = (Gate::default(), watch::Sender::new(false));
        let mut wraps = Wraps::default();

        let storage = match &self.rows {
            Rows::Memory(rows) => {
                let mortal: Arc<dyn Store> =
                    Arc::new(Mortal { inner: Arc::clone(rows), gone: gone.subscribe() });
                // In place of the empty store that the host made.
                wraps.store = Some(Box::new(|_empty| mortal));
                Storage::Memory
            }

            Rows::Sled { root, number } => Storage::Sled(rows_of(root, *number)),
        };

        let (around_requests, around_plugins) = (gate.clone(), gate.clone());
        wraps.requests =
            Some(Box::new(move |inner| Arc::new(GatedRequests { inner, gate: around_requests })));
        wraps.plugins =
            Some(Box::new(move |inner| Arc::new(GatedPlugins { inner, gate: around_plugins })));

        let parts = Parts {
            egress: EgressRule { allow_private: BTreeSet::from(["127.0.0.1".to_owned()]) },
            public_url: format!("http://{}", listen.address),
            wraps,
            ..Parts::new(storage, self.files.clone(), self.keys.clone(), self.clock.clone())
        };

        let server = Server::start(listen, parts, None)
            .await
            .map_err(|e| format!("the host does not start: {e}"))?;

        Ok(Host { server, gate, gone })
    }

    /// Every row, by key, while no host runs.
    ///
    /// # Errors
    /// A sentence.
    pub(super) async fn rows(&self) -> Result<Vec<(Key, Bytes)>, String> {
        let (root, number) = match &self.rows {
            Rows::Memory(rows) => return all_rows(&**rows).await,
            Rows::Sled { root, number } => (root, *number),
        };

        let options = Options::at(self.clock.now());
        let store = SledStore::open(&rows_of(root, number), options).map_err(|e| e.to_string())?;
        let rows = all_rows(&store).await?;
        store.shutdown().await.map_err(|e| e.to_string())?;

        Ok(rows)
    }

    /// Makes what lies on disk now the ground of the next host.
    ///
    /// # Errors
    /// A sentence.
    pub(super) fn turn_over(&mut self) -> Result<(), String> {
        let Rows::Sled { root, number } = &mut self.rows else { return Ok(()) };
        let before = rows_of(root, *number);
        *number += 1;
        copy(&before, &rows_of(root, *number))
            .map_err(|e| format!("the data folder cannot be copied: {e}"))
    }
}

/// Every row of a store, by key.
///
/// # Errors
/// A sentence.
pub(super) async fn all_rows(store: &dyn Store) -> Result<Vec<(Key, Bytes)>, String> {
    let everything = Range::first(Key::from_bytes(&[]), usize::MAX);
    let found = store.read(&[Read::Range(everything)]).await.map_err(|e| e.to_string())?;

    match found.into_iter().next() {
        Some(Found::Range { rows, .. }) => Ok(rows),
        _ => Err("the store answered no range".to_owned()),
    }
}

fn rows_of(root: &Path, number: u32) -> PathBuf {
    root.join(format!("rows-{number}"))
}

/// Copies a folder of rows. The number of the last group goes first: it may lag behind the log,
/// never run ahead of it.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;

    let mut names: Vec<_> = fs::read_dir(from)?
        .map(|entry| entry.map(|entry| entry.file_name()))
        .collect::<Result<_, _>>()?;
    names.sort_by_key(|name| (name != "last-group", name.clone()));

    for name in names.iter().filter(|name| *name != "lock") {
        if from.join(name).is_dir() {
            copy(&from.join(name), &to.join(name))?;
        } else {
            fs::copy(from.join(name), to.join(name))?;
        }
    }

    Ok(())
}

/// A running host.
#[derive(Debug)]
pub(super) struct Host {
    /// What runs.
    pub(super) server: Server,
    /// Its holds.
    pub(super) gate: Gate,
    gone: watch::Sender<bool>,
}

impl Host {
    /// Stops in an orderly way.
    ///
    /// # Errors
    /// A sentence.
    pub(super) async fn stop(self) -> Result<(), String> {
        self.server.stop().await.map_err(|e| format!("the host does not stop: {e}"))
    }

    /// Is gone: nothing is finished, nothing is told, whatever is under way comes to nothing.
    pub(super) fn crash(self) {
        self.gone.send_replace(true);
        self.server.abort();
    }
}
