//! Starts and stops a host.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::Semaphore;

use stagewright_connector::{EgressRule, HttpConnector};
use stagewright_core::seams::{Clock, Connector, Plugins, Store, StoreError};
use stagewright_runtime::{Runtime, RuntimeConfig};
use stagewright_server::blobs::Blobs;
use stagewright_server::clock::Stamps;
use stagewright_server::engine::{Answers, Engine, EngineHandle, Noticed, Signal, Worker};
use stagewright_server::service::{FETCHES_MAX, Library, Service};
use stagewright_store::memory::MemoryStore;
use stagewright_store::sled::{Options, SledStore, Stop};

use super::key_mark;
use super::keys::Keys;
use super::start_error::StartError;
use super::wraps::{Wraps, wrapped};
use crate::bundles;

/// Where rows are kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Storage {
    /// In memory; for trials.
    Memory,
    /// In sled, in this folder.
    Sled(PathBuf),
}

/// What a host is made of.
#[derive(Debug)]
pub struct Parts {
    /// Where rows are kept.
    pub storage: Storage,
    /// The folder for components and compiled code.
    pub files: PathBuf,
    /// The keys.
    pub keys: Keys,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Whom plugins may speak to.
    pub egress: EgressRule,
    /// The address providers reach this host at.
    pub public_url: String,
    /// What to put around store and plugins.
    pub wraps: Wraps,
}

impl Parts {
    /// Parts that speak to public servers only and are reached on loopback.
    #[must_use]
    pub fn new(storage: Storage, files: PathBuf, keys: Keys, clock: Arc<dyn Clock>) -> Self {
        let public_url = "http://127.0.0.1".to_owned();
        Self {
            storage,
            files,
            keys,
            clock,
            egress: EgressRule::default(),
            public_url,
            wraps: Wraps::default(),
        }
    }
}

/// A running host, without its HTTP server.
#[derive(Debug)]
pub struct App {
    /// The use cases.
    pub service: Service,
    /// What knows bundles.
    pub library: Library,
    /// The engine.
    pub engine: EngineHandle,
    /// What runs plugin code.
    pub runtime: Runtime,
    /// News of commits.
    pub signal: Signal,
    sled: Option<Arc<SledStore>>,
}

impl App {
    /// Opens the store, starts the runtime and the engine. After a crash the loops just start: what
    /// was due is due.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn start(parts: Parts) -> Result<Self, StartError> {
        let (rows, sled) = open_store(&parts)?;
        // Before anything is sent: with the wrong key every delivery would fail for want of its
        // secrets.
        key_mark::check(&parts.keys, &*rows, parts.clock.now()).await?;

        let rows = wrapped(rows, parts.wraps.store);
        let signal = Signal::default();
        let store: Arc<dyn Store> = Arc::new(Noticed::new(rows, signal.clone()));

        let folder = |name: &str| {
            let path = parts.files.join(name);
            Blobs::open(&path).map_err(|source| StartError::Folder { path, source })
        };
        let (blobs, files) = (folder("components")?, folder("files")?);
        let source = blobs.clone();
        let config = RuntimeConfig::new(parts.files.join("compiled"), parts.keys.cache());

        let connector: Arc<dyn Connector> = Arc::new(HttpConnector::new(parts.egress)?);
        let runtime = Runtime::new(
            config,
            Arc::clone(&store),
            Arc::clone(&connector),
            Arc::new(move |hash: &str| source.get(hash)),
        )?;

        let stamps = Stamps::new(Arc::clone(&parts.clock));
        let plugins: Arc<dyn Plugins> = wrapped(Arc::new(runtime.clone()), parts.wraps.plugins);
        let service = Service {
            store: wrapped(Arc::clone(&store), parts.wraps.requests),
            clock: Arc::clone(&parts.clock),
            stamps: stamps.clone(),
            plugins: Arc::clone(&plugins),
            connector: Arc::clone(&connector),
            fetches: Arc::new(Semaphore::new(FETCHES_MAX)),
            files,
            vault: parts.keys.vault(),
            public_url: parts.public_url,
        };

        let worker = Worker {
            store,
            clock: parts.clock,
            plugins,
            connector,
            vault: parts.keys.vault(),
            answers: Answers::default(),
        };

        // Last of all, since it begins at once with whatever is due.
        let engine = Engine::new(worker, stamps, signal.clone()).start().await?;

        Ok(Self {
            service,
            library: bundles::library(runtime.clone(), blobs),
            engine,
            runtime,
            signal,
            sled,
        })
    }

    /// Stops the engine, finishing what runs, then the store.
    ///
    /// # Errors
    /// [`StoreError`] where the last commits could not be written.
    pub async fn stop(self) -> Result<(), StoreError> {
        // The engine comes first: what it has under way still commits.
        self.engine.stop().await;
        match &self.sled {
            Some(sled) => sled.close().await,
            None => Ok(()),
        }
    }
}

type Rows = (Arc<dyn Store>, Option<Arc<SledStore>>);

fn open_store(parts: &Parts) -> Result<Rows, StartError> {
    match &parts.storage {
        Storage::Memory => Ok((Arc::new(MemoryStore::new()), None)),
        Storage::Sled(dir) => {
            let mut options = Options::at(parts.clock.now());
            options.on_stopped = Some(Box::new(|stop: &Stop| {
                tracing::error!(
                    code = stop.code,
                    "this process ends, since nothing more can be acknowledged; {}",
                    stop.way_out()
                );
                end_process();
            }));

            let sled = Arc::new(SledStore::open(dir, options)?);
            Ok((Arc::clone(&sled) as Arc<dyn Store>, Some(sled)))
        }
    }
}

/// Ends the process at once: after a failed sync nothing that is in memory may be trusted, so
/// nothing is tidied up.
#[expect(
    clippy::exit,
    reason = "a failed sync is never retried; whoever supervises the process starts it anew"
)]
fn end_process() {
    std::process::exit(74);
}
