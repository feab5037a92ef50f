//! The world of one scenario: a host on a store of its own, a clock, a stand-in for the providers,
//! and what names stand for.

mod act;
mod bundles;
mod call;
mod gate;
mod host;
mod names;
mod people;
mod provider;
mod setup;
mod time;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use stagewright_core::key::Key;
use stagewright_core::row::Bytes;

pub(super) use act::Outcome as ActOutcome;
pub(super) use bundles::Bundles;
pub use host::StoreKind;
pub(super) use names::Names;
pub(super) use provider::Sent;
pub(super) use setup::make_dir;

use stagewright_app::Keys;
use stagewright_client::{Client, Recorder};
use stagewright_server::clock::ManualClock;

use crate::scenario::grammar::{Fixture, TenantSpec};
use act::UnderWay;
use host::{Ground, Host, all_rows};
use provider::Provider;

/// What scenarios of one process share: nothing of the CRM, only what costs time to make.
#[derive(Debug)]
pub(super) struct Workshop {
    /// The plugins' bundles.
    pub(super) bundles: Bundles,
    /// The folder for components, compiled code and the stores of scenarios. Gone with this.
    pub(super) dir: PathBuf,
    /// The keys that compiled code is authenticated with.
    pub(super) keys: Keys,
}

impl Drop for Workshop {
    fn drop(&mut self) {
        // What cannot be removed is the system's to tidy up.
        std::fs::remove_dir_all(&self.dir).ok();
    }
}

/// A running scenario's world.
#[derive(Debug)]
pub(super) struct World {
    /// What the names stand for.
    pub(super) names: Names,
    clock: Arc<ManualClock>,
    ground: Ground,
    /// None while it is stopped.
    host: Option<Host>,
    provider: Provider,
    tenant: TenantSpec,
    tenant_id: String,
    /// Keeps what is asked and answered, where somebody wants that.
    recorder: Option<Recorder>,
    admin: Client,
    users: BTreeMap<String, Client>,
    fixture: Fixture,
    messages: u32,
    under_way: Option<UnderWay>,
}

impl World {
    fn host(&self) -> Result<&Host, String> {
        self.host.as_ref().ok_or_else(|| "the host is stopped; `start` it first".to_owned())
    }

    /// The tenant's admin, through whose eyes everything is seen.
    pub(super) fn admin(&self) -> &Client {
        &self.admin
    }

    /// A client of the host as it runs now, without a token.
    fn nobody(&self) -> Result<Client, String> {
        let client = Client::new(&self.base()?).map_err(|e| e.to_string())?;

        Ok(recorded(client, self.recorder.as_ref()))
    }

    /// Every row, by key.
    ///
    /// # Errors
    /// A sentence.
    pub(super) async fn rows(&self) -> Result<Vec<(Key, Bytes)>, String> {
        match &self.host {
            Some(host) => all_rows(&*host.server.app.service.store).await,
            None => self.ground.rows().await,
        }
    }

    /// What the stand-in received since the start.
    ///
    /// # Errors
    /// A sentence where something is no message.
    pub(super) fn sent(&self) -> Result<Vec<Sent>, String> {
        self.provider.sent()
    }

    /// Ends the world of a scenario that failed, whatever it was doing.
    pub(super) fn abandon(mut self) {
        if let Some(host) = self.host.take() {
            host.crash();
        }
    }

    /// Ends the scenario's world.
    ///
    /// # Errors
    /// A sentence.
    pub(super) async fn end(mut self) -> Result<(), String> {
        match self.host.take() {
            // A host with a robot held would wait for it for ever, and so for an answer that is
            // late.
            Some(host) if host.gate.holds_a_robot() || self.provider.next_late().is_some() => {
                host.crash()
            }
            Some(host) => host.stop().await?,
            None => {}
        }
        Ok(())
    }
}

/// A client whose exchanges are kept, where there is somebody to keep them.
fn recorded(client: Client, recorder: Option<&Recorder>) -> Client {
    match recorder {
        Some(recorder) => client.recorded_by(recorder),
        None => client,
    }
}
