//! What every use case works with: [`Service`], and how a command is begun and carried out.

use std::sync::Arc;

use tokio::sync::Semaphore;

use stagewright_core::context::{Actor, AutomationMode, Cause, OpContext};
use stagewright_core::drive::{self, Failure};
use stagewright_core::id::{CommandId, TenantId};
use stagewright_core::seams::{Clock, Connector, Plugins, Store};
use stagewright_core::tx::{Halt, Tx};

use crate::blobs::Blobs;
use crate::clock::{Stamp, Stamps};
use crate::secrets::Vault;

/// Everything a use case needs.
#[derive(Clone, Debug)]
pub struct Service {
    /// Where rows are.
    pub store: Arc<dyn Store>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Which commands are under way.
    pub stamps: Stamps,
    /// Who runs plugin code, for channels that check and translate what comes in.
    pub plugins: Arc<dyn Plugins>,
    /// Who speaks to servers outside, for files that are looked up.
    pub connector: Arc<dyn Connector>,
    /// Places for files that are fetched at once: [`FETCHES_MAX`](super::FETCHES_MAX).
    pub fetches: Arc<Semaphore>,
    /// Where the bytes of attached files are.
    pub files: Blobs,
    /// Who seals secrets.
    pub vault: Vault,
    /// The address providers reach this host at, such as `https://crm.example`.
    pub public_url: String,
}

/// A command that is under way: its circumstances, and the stamp that holds later steps back until
/// it is over.
#[derive(Debug)]
pub struct Command {
    /// The circumstances.
    pub ctx: OpContext,
    _stamp: Stamp,
}

/// Circumstances that a client may choose.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    /// In whose name.
    pub on_behalf_of: Option<String>,
    /// Whether it starts automation.
    pub automation: AutomationMode,
}

impl Service {
    /// Stamps a command of `tenant` by `actor`. `seed` names the request, so that the same request
    /// makes the same ids.
    #[must_use]
    pub fn begin(
        &self,
        tenant: TenantId,
        actor: Actor,
        seed: &[&str],
        request_id: &str,
        wishes: Wishes,
    ) -> Command {
        let stamp = self.stamps.begin();

        // The stamp's moment and not the clock's: steps due from this moment on wait until the
        // command is over (ADR 0004).
        let ctx = OpContext {
            tenant,
            command_id: CommandId::derived(seed),
            actor,
            on_behalf_of: wishes.on_behalf_of,
            cause: Cause::default(),
            automation: wishes.automation,
            request_id: request_id.to_owned(),
            now: stamp.at,
        };
        Command { ctx, _stamp: stamp }
    }

    /// Carries a command out; the answer is durable when it comes back.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn execute<T: Send>(
        &self,
        command: &Command,
        decision: impl Fn(&mut Tx<'_>, &OpContext) -> Result<T, Halt> + Send + Sync,
    ) -> Result<T, Failure> {
        drive::execute(&*self.store, |tx| decision(tx, &command.ctx)).await
    }

    /// Reads for an answer; what it rests on is durable when it comes back.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn query<T: Send>(
        &self,
        decision: impl Fn(&mut Tx<'_>) -> Result<T, Halt> + Send + Sync,
    ) -> Result<T, Failure> {
        drive::query(&*self.store, decision).await
    }
}
