//! A host with its HTTP server.

use std::net::SocketAddr;
use std::sync::Arc;

use stagewright_core::seams::{Clock, StoreError};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::start::{App, Parts, StartError};
use super::time::advance;
use crate::clock::ManualClock;
use crate::http::{self, EVENT_WAIT, HttpState};

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// Something has the port.
    #[error("{0} is in use (server.port-in-use); stop what listens there, or set `listen` to another port")]
    PortInUse(SocketAddr),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source} (server.cannot-listen)")]
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
    #[error("the store did not close: {0}")]
    Stop(#[from] StoreError),
}

/// An address that is listened on already, so that its port is known before anything else is set up.
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
        let address = listener.local_addr().map_err(|source| ServerError::Listen { address, source })?;
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
    stop: oneshot::Sender<()>,
    serving: JoinHandle<std::io::Result<()>>,
}

impl Server {
    /// Starts a host and serves its API. With a manual clock `/dev/clock` moves it.
    ///
    /// # Errors
    /// [`ServerError::Start`].
    pub async fn start(listen: Listen, parts: Parts, manual: Option<Arc<ManualClock>>) -> Result<Self, ServerError> {
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
        let state = HttpState {
            service: app.service.clone(),
            library: app.library.clone(),
            activity: app.signal.commits(),
            readiness: Arc::new(|| Ok(())),
            event_wait: EVENT_WAIT,
            dev,
        };
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(http::serve(state, listen.listener, async {
            let _sender_gone = stopped.await;
        }));
        Ok(Self { app, address: listen.address, stop, serving })
    }

    /// Answers what is under way, then stops engine and store.
    ///
    /// # Errors
    /// [`ServerError::Stop`].
    pub async fn stop(self) -> Result<(), ServerError> {
        let _gone_already = self.stop.send(());
        let _ended = self.serving.await;
        Ok(self.app.stop().await?)
    }
}
