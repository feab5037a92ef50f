//! A running scenario's world.

use std::collections::BTreeMap;
use std::sync::Arc;

use stagewright_client::{Client, Recorder};
use stagewright_core::key::Key;
use stagewright_core::row::Bytes;
use stagewright_server::clock::ManualClock;

use super::host::{Ground, Host, all_rows};
use super::names::Names;
use super::provider::{Provider, Sent};
use super::under_way::UnderWay;
use crate::scenario::grammar::{Fixture, TenantSpec};

/// Everything there is while a scenario runs.
#[derive(Debug)]
pub(in crate::scenario) struct World {
    /// What the names stand for.
    pub(in crate::scenario) names: Names,
    pub(super) clock: Arc<ManualClock>,
    pub(super) ground: Ground,
    /// None while it is stopped.
    pub(super) host: Option<Host>,
    pub(super) provider: Provider,
    pub(super) tenant: TenantSpec,
    pub(super) tenant_id: String,
    /// Keeps what is asked and answered, where somebody wants that.
    pub(super) recorder: Option<Recorder>,
    pub(super) admin: Client,
    pub(super) users: BTreeMap<String, Client>,
    pub(super) fixture: Fixture,
    pub(super) messages: u32,
    pub(super) under_way: Option<UnderWay>,
}

impl World {
    /// The host, which must not be stopped.
    ///
    /// # Errors
    /// A sentence.
    pub(super) fn host(&self) -> Result<&Host, String> {
        self.host.as_ref().ok_or_else(|| "the host is stopped; `start` it first".to_owned())
    }

    /// The tenant's admin, through whose eyes everything is seen.
    pub(in crate::scenario) fn admin(&self) -> &Client {
        &self.admin
    }

    /// A client of the host as it runs now, without a token.
    pub(super) fn nobody(&self) -> Result<Client, String> {
        let client = Client::new(&self.base()?).map_err(|e| e.to_string())?;

        Ok(recorded(client, self.recorder.as_ref()))
    }

    /// The address of the API.
    pub(super) fn base(&self) -> Result<String, String> {
        Ok(format!("http://{}", self.host()?.server.address))
    }

    /// Every row, by key.
    ///
    /// # Errors
    /// A sentence.
    pub(in crate::scenario) async fn rows(&self) -> Result<Vec<(Key, Bytes)>, String> {
        match &self.host {
            Some(host) => all_rows(&*host.server.app.service.store).await,
            None => self.ground.rows().await,
        }
    }

    /// What the stand-in received since the start.
    ///
    /// # Errors
    /// A sentence where something is no message.
    pub(in crate::scenario) fn sent(&self) -> Result<Vec<Sent>, String> {
        self.provider.sent()
    }

    /// Ends the world of a scenario that failed, whatever it was doing.
    pub(in crate::scenario) fn abandon(mut self) {
        if let Some(host) = self.host.take() {
            host.crash();
        }
    }

    /// Ends the scenario's world.
    ///
    /// # Errors
    /// A sentence.
    pub(in crate::scenario) async fn end(mut self) -> Result<(), String> {
        match self.host.take() {
            // A host with a robot held would wait for it for ever, and so for an answer that is
            // late.
            Some(host) if host.gate.holds_a_robot() || self.provider.next_late().is_some() => {
                host.crash();
            }
            Some(host) => host.stop().await?,
            None => {}
        }
        Ok(())
    }
}

/// A client whose exchanges are kept, where there is somebody to keep them.
pub(super) fn recorded(client: Client, recorder: Option<&Recorder>) -> Client {
    match recorder {
        Some(recorder) => client.recorded_by(recorder),
        None => client,
    }
}
