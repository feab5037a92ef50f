//! The runtime itself: its parts, and which components are loaded.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use sha2::{Digest, Sha256};
use tokio::runtime::Handle;
use tokio::sync::{OnceCell, Semaphore};
use wasmtime::Engine;
use wasmtime::component::{Component, Linker};

use stagewright_core::call::{Blame, CallFailure, Retry};
use stagewright_core::seams::{Connector, Store};

use super::cache::{Cache, CacheKey};
use super::call::{Finished, Order, perform};
use super::compiler::Compiler;
use super::component::{Loaded, linker};
use super::engine;
use super::executor::Executor;
use super::failure::failure;
use super::state::{CallState, World};

/// Gives a component's bytes by their SHA-256, hexadecimal. It is asked on the compiling thread and
/// may block.
pub type ComponentSource = Arc<dyn Fn(&str) -> Option<Vec<u8>> + Send + Sync>;

/// Calls at once, over all tenants and plugins.
const CALLS_MAX: u32 = 64;
/// Threads that run guests, if the machine has as many.
const WORKERS_MAX: usize = 8;

/// The operator's choices.
#[derive(Clone, Debug)]
pub struct RuntimeConfig {
    /// The folder for compiled code.
    pub cache_dir: PathBuf,
    /// What authenticates it. Must lie elsewhere.
    pub cache_key: CacheKey,
    /// Threads that run guests.
    pub workers: usize,
    /// Calls at once; more of them wait.
    pub calls_max: u32,
}

impl RuntimeConfig {
    /// As many workers as there are cores, 8 at most, and 64 calls at once.
    #[must_use]
    pub fn new(cache_dir: PathBuf, cache_key: CacheKey) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { cache_dir, cache_key, workers: cores.min(WORKERS_MAX), calls_max: CALLS_MAX }
    }
}

/// Why there is no runtime.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeError {
    /// The folder for compiled code.
    #[error("failed to open the folder for compiled code; it must be yours alone (mode 0700)")]
    Cache(#[source] io::Error),
    /// A thread.
    #[error("failed to start the threads that run plugins")]
    Threads(#[source] io::Error),
    /// The engine.
    #[error("failed to set wasmtime up: {0:#}")]
    Engine(wasmtime::Error),
}

/// Runs plugins. A handle: clones share everything.
#[derive(Clone)]
pub struct Runtime {
    pub(super) parts: Arc<Parts>,
}

pub(super) struct Parts {
    pub(super) engine: Engine,
    pub(super) linker: Linker<CallState>,
    pub(super) cache: Cache,
    pub(super) compiler: Compiler,
    pub(super) executor: Executor,
    pub(super) world: World,
    permits: Arc<Semaphore>,
    source: ComponentSource,
    /// A cell for each hash, so that a component is loaded once however many calls want it.
    loaded: RwLock<HashMap<String, Arc<OnceCell<Arc<Loaded>>>>>,
}

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime")
            .field("free_calls", &self.parts.permits.available_permits())
            .finish_non_exhaustive()
    }
}

impl Runtime {
    /// Starts a runtime whose host calls read from `store` and send through `connector`, and which
    /// gets components that it has not loaded from `source`. Requests are sent on the tokio runtime
    /// that this is called in.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub fn new(
        config: RuntimeConfig,
        store: Arc<dyn Store>,
        connector: Arc<dyn Connector>,
        source: ComponentSource,
    ) -> Result<Self, RuntimeError> {
        let RuntimeConfig { cache_dir, cache_key, workers, calls_max } = config;
        let calls_max = calls_max.max(1);
        let engine = engine::build(calls_max).map_err(RuntimeError::Engine)?;
        let linker = linker(&engine).map_err(RuntimeError::Engine)?;

        let cache = Cache::open(&cache_dir, cache_key).map_err(RuntimeError::Cache)?;
        let compiler = Compiler::start().map_err(RuntimeError::Threads)?;
        let executor = Executor::new(workers).map_err(RuntimeError::Threads)?;
        // As many permits as the engine's pool has room for, so that a call with a permit finds its
        // place.
        let permits = Arc::new(Semaphore::new(usize::try_from(calls_max).unwrap_or(usize::MAX)));
        let network = Handle::try_current().unwrap_or_else(|_outside| executor.handle());
        let world = World { rows: store, connector, network };

        let parts = Parts {
            engine,
            linker,
            cache,
            compiler,
            executor,
            world,
            permits,
            source,
            loaded: RwLock::default(),
        };

        Ok(Self { parts: Arc::new(parts) })
    }

    /// Loads a component ahead of its first call.
    ///
    /// # Errors
    /// `plugin.missing`.
    pub async fn load(&self, component: &str) -> Result<(), CallFailure> {
        self.loaded(component).await.map(drop)
    }

    /// Forgets a component and its compiled code. Calls that run keep it; a later call compiles it
    /// again.
    pub fn forget(&self, component: &str) {
        self.parts.loaded.write().unwrap_or_else(PoisonError::into_inner).remove(component);
        self.parts.cache.forget(&self.parts.engine, component);
    }

    /// Makes a call on the threads for guests, once there is room.
    pub(super) async fn perform(&self, component: &str, order: Order) -> Finished {
        match self.loaded(component).await {
            Ok(loaded) => self.perform_on(loaded, order).await,
            Err(failure) => Finished::without_call(failure, order.state.scope),
        }
    }

    pub(super) async fn perform_on(&self, loaded: Arc<Loaded>, order: Order) -> Finished {
        let permit = Arc::clone(&self.parts.permits).acquire_owned().await;

        let title = order.title.clone();
        // The permit goes along with the task: where nobody waits any more, its place is free once
        // the call has ended and no sooner.
        let call = self.parts.executor.spawn(async move {
            let finished = perform(&loaded, order).await;
            drop(permit);
            finished
        });

        call.answer().await.unwrap_or_else(|| {
            let message = format!("the host itself failed while it ran {title}; its log has more");
            Finished::without_call(
                failure(Blame::Host, "host.panic", message, Retry::After(0)),
                stagewright_core::scope::Scope::default(),
            )
        })
    }

    /// The component, loaded now if it was not.
    pub(super) async fn loaded(&self, component: &str) -> Result<Arc<Loaded>, CallFailure> {
        let cell = self.cell(component);
        let load = || async {
            self.load_component(component).await.map_err(|reason| {
                let message =
                    format!("the component {component} {reason}; install the plugin anew");
                failure(Blame::Host, "plugin.missing", message, Retry::After(0))
            })
        };

        // A failure is not kept: the next call tries again, since the plugin may be installed anew
        // meanwhile.
        cell.get_or_try_init(load).await.map(Arc::clone)
    }

    /// Keeps a component that has been loaded otherwise.
    pub(super) fn keep(&self, component: &str, loaded: Loaded) {
        // Where a call was faster, its component is the same.
        let _same_already = self.cell(component).set(Arc::new(loaded));
    }

    fn cell(&self, component: &str) -> Arc<OnceCell<Arc<Loaded>>> {
        let known = self
            .parts
            .loaded
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(component)
            .map(Arc::clone);

        // Two calls that find none still get the same cell, since it is made under the lock for
        // writing.
        known.unwrap_or_else(|| {
            let mut loaded = self.parts.loaded.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(loaded.entry(component.to_owned()).or_default())
        })
    }

    async fn load_component(&self, component: &str) -> Result<Arc<Loaded>, String> {
        let (parts, hash) = (Arc::clone(&self.parts), component.to_owned());
        let cached = self
            .parts
            .executor
            .blocking(move || parts.cache.get(&parts.engine, &hash))
            .await
            .flatten();

        let code = match cached {
            Some(code) => code,
            None => {
                let (parts, hash) = (Arc::clone(&self.parts), component.to_owned());
                let compiled = self.parts.compiler.run(move || {
                    // What the source gives is only taken if it is what was asked for.
                    let bytes = (parts.source)(&hash)
                        .filter(|bytes| hash_of(bytes) == hash)
                        .ok_or("is not there")?;
                    parts
                        .compile(&hash, &bytes)
                        .map_err(|cause| format!("does not compile: {cause:#}"))
                });
                compiled.await.unwrap_or_else(|| Err("does not compile".to_owned()))?
            }
        };

        Loaded::new(&self.parts.linker, &code)
            .map(Arc::new)
            .map_err(|cause| format!("does not fit this host: {cause:#}"))
    }
}

impl Parts {
    /// Compiles a component unless somebody has done so before. Belongs on the compiling thread.
    pub(super) fn compile(&self, hash: &str, bytes: &[u8]) -> wasmtime::Result<Component> {
        // Looked for once more on this thread: whoever was in front of it may have compiled the
        // same.
        if let Some(cached) = self.cache.get(&self.engine, hash) {
            return Ok(cached);
        }

        let component = Component::new(&self.engine, bytes)?;
        if let Err(cause) = self.cache.put(&self.engine, hash, &component.serialize()?) {
            tracing::warn!(
                component = hash, %cause,
                "compiled code could not be kept; it is compiled again at the next start"
            );
        }

        // What is mapped from the file can be given back under memory pressure; what was compiled
        // just now cannot.
        Ok(self.cache.get(&self.engine, hash).unwrap_or(component))
    }
}

/// A component's identity.
pub(super) fn hash_of(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
