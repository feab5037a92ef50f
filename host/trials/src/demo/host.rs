//! The host that the demo plays on: embedded sled, a manual clock, a stand-in for the provider, all
//! on loopback.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use stagewright_app::{Keys, Listen, Parts, Server, Storage, advance};
use stagewright_connector::EgressRule;
use stagewright_core::seams::Clock;
use stagewright_core::time::Timestamp;
use stagewright_provider_sim::StandIn;
use stagewright_server::clock::ManualClock;

use super::error::DemoError;

/// 2 March 2026, 10:00 in Kyiv: a Monday morning.
const MORNING: Timestamp = Timestamp(1_772_438_400_000);

/// A running host with its stand-in.
#[derive(Debug)]
pub(super) struct Host {
    pub(super) server: Server,
    pub(super) clock: Arc<ManualClock>,
    pub(super) provider: StandIn,
    folder: PathBuf,
}

impl Host {
    /// Starts a host in a folder of its own.
    pub(super) async fn start(listen: Option<SocketAddr>) -> Result<Self, DemoError> {
        let machine = |what| move |source| DemoError::Machine { what, source };
        let listen = Listen::on(listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 0)))).await?;
        let clock = Arc::new(ManualClock::at(MORNING));
        let folder = new_folder().map_err(machine("making a folder for the demo's data"))?;

        let provider = StandIn::start(
            stagewright_provider_sim::Options::default(),
            Arc::clone(&clock) as Arc<dyn Clock>,
        )
        .await
        .map_err(machine("starting the stand-in for the provider"))?;

        let parts = Parts {
            // The stand-in is on loopback, which plugins may speak to only where the rule names it.
            egress: EgressRule { allow_private: ["127.0.0.1".to_owned()].into() },
            public_url: format!("http://{}", listen.address),
            ..Parts::new(
                Storage::Sled(folder.join("rows")),
                folder.join("files"),
                Keys::random()?,
                Arc::clone(&clock) as Arc<dyn Clock>,
            )
        };

        let server = Server::start(listen, parts, Some(Arc::clone(&clock))).await?;
        Ok(Self { server, clock, provider, folder })
    }

    /// Where it serves.
    pub(super) fn base(&self) -> String {
        format!("http://{}", self.server.address)
    }

    /// Lets this much time pass; everything happens at its own moment.
    pub(super) async fn pass(&self, minutes: i64) {
        let to = self.clock.now().plus_ms(minutes * 60_000);
        advance(&self.clock, &self.server.app.engine, to).await;
    }

    /// Stops, and removes the folder.
    pub(super) async fn stop(self) -> Result<(), DemoError> {
        let stopped = self.server.stop().await;
        // Removed before a failed stop is told, so that no folder stays behind.
        std::fs::remove_dir_all(&self.folder)
            .map_err(|source| DemoError::Machine { what: "removing the demo's folder", source })?;
        Ok(stopped?)
    }
}

/// A folder that was not there before: a demo that was killed leaves its own behind, and process
/// ids come again.
fn new_folder() -> std::io::Result<PathBuf> {
    let mut number = 0;
    loop {
        let folder =
            std::env::temp_dir().join(format!("stagewright-demo-{}-{number}", std::process::id()));
        match std::fs::create_dir(&folder) {
            Err(taken) if taken.kind() == std::io::ErrorKind::AlreadyExists => number += 1,
            made => return made.map(|()| folder),
        }
    }
}
