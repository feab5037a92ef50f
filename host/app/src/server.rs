//! A host with its HTTP server.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use stagewright_core::seams::{Clock, StoreError};
use stagewright_server::clock::ManualClock;
use stagewright_server::engine::EngineHandle;
use stagewright_server::http::{self, EVENT_WAIT, HttpState, Readiness};

use super::start::{App, Parts};
use super::start_error::StartError;
use super::time::advance;

/// How long requests under way may take once the server stops. A client that never ends its request
/// must not keep it from stopping.
const LAST_ANSWERS: Duration = Duration::from_secs(10);

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// Something has the port.
    #[error("{0} is in use; stop what listens there, or set `listen` to another port")]
    PortInUse(SocketAddr),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}; set `listen` to an address of this machine")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The host itself does not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The last commits could not be written.
    #[error(
        "the store did not close: {0}; what was acknowledged is kept, so start again \
         (server.store-not-closed)"
    )]
    Stop(#[from] StoreError),
}

impl ServerError {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::PortInUse(_) => "server.port-in-use",
            Self::Listen { .. } => "server.cannot-listen",
            Self::Start(error) => error.code(),
            Self::Stop(_) => "server.store-not-closed",
        }
    }
}

/// An address that is listened on already, so that its port is known before anything else is set
/// up.
#[derive(Debug)]
pub struct Listen {
    listener: TcpListener,
    /// The address, its port chosen.
    pub address: SocketAddr,
}

impl Listen {
    /// Listens on `address`; port 0 chooses one.
    ///
    /// # Errors
    /// [`ServerError::PortInUse`] and [`ServerError::Listen`].
    pub async fn on(address: SocketAddr) -> Result<Self, ServerError> {
        let listener = TcpListener::bind(address).await.map_err(|source| match source.kind() {
            std::io::ErrorKind::AddrInUse => ServerError::PortInUse(address),
            _ => ServerError::Listen { address, source },
        })?;

        let address =
            listener.local_addr().map_err(|source| ServerError::Listen { address, source })?;
        Ok(Self { listener, address })
    }
}

/// A running server.
#[derive(Debug)]
pub struct Server {
    /// The host behind it.
    pub app: App,
    /// Where it listens.
    pub address: SocketAddr,
    stopping: Arc<AtomicBool>,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<std::io::Result<()>>,
}

impl Server {
    /// Starts a host and serves its API. With a manual clock `/dev/clock` moves it.
    ///
    /// # Errors
    /// [`ServerError::Start`].
    pub async fn start(
        listen: Listen,
        parts: Parts,
        manual: Option<Arc<ManualClock>>,
    ) -> Result<Self, ServerError> {
        let app = App::start(parts).await?;

        let dev = manual.map(|clock| {
            let engine = app.engine.clone();
            let lever: Arc<http::Advance> = Arc::new(move |by_ms| {
                let (clock, engine) = (Arc::clone(&clock), engine.clone());
                Box::pin(async move {
                    advance(&clock, &engine, clock.now().plus_ms(by_ms)).await;
                    clock.now()
                })
            });
            lever
        });

        let stopping = Arc::new(AtomicBool::new(false));
        let state = HttpState {
            service: app.service.clone(),
            library: app.library.clone(),
            activity: app.signal.activity.clone(),
            readiness: readiness(Arc::clone(&stopping), app.engine.clone()),
            event_wait: EVENT_WAIT,
            dev,
        };

        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(http::serve(state, listen.listener, async {
            let _sender_gone = stopped.await;
        }));

        Ok(Self { app, address: listen.address, stopping, stop, serving })
    }

    /// Answers what is under way, then stops engine and store. From the beginning of it the server
    /// is not ready any more.
    ///
    /// # Errors
    /// [`ServerError::Stop`].
    pub async fn stop(mut self) -> Result<(), ServerError> {
        self.stopping.store(true, Ordering::Release);
        let _gone_already = self.stop.send(());

        if tokio::time::timeout(LAST_ANSWERS, &mut self.serving).await.is_err() {
            tracing::warn!("some requests did not end; their connections are closed");
            self.serving.abort();
        }

        // The engine stops after the requests: one that fired an event waits for what the engine
        // makes of it.
        Ok(self.app.stop().await?)
    }

    /// Closes every connection and answers nobody, like a process that has died. What it was doing
    /// goes on until it is noticed.
    pub fn abort(self) {
        self.serving.abort();
    }
}

/// Whether requests make sense now: not once the server stops, nor where nothing would run.
fn readiness(stopping: Arc<AtomicBool>, engine: EngineHandle) -> Arc<Readiness> {
    Arc::new(move || {
        if stopping.load(Ordering::Acquire) {
            return Err(
                "the host is stopping; ask another one, or this one once it is back".to_owned()
            );
        }

        if !engine.is_running() {
            return Err(
                "the engine has stopped, so no robot would run; the log says why, restart the host"
                    .to_owned(),
            );
        }

        Ok(())
    })
}
