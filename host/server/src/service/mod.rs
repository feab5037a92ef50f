//! Use cases: what the HTTP layer, the CLI and the scenario runner ask for. Nothing here knows
//! HTTP, WebAssembly or a database.

mod applying;
mod automation_files;
mod credentials;
mod files;
mod history;
mod inbound;
mod media;
mod outcomes;
mod overview;
mod plugins;
mod queries;
mod receipts;
mod secrets;
mod tenants;
mod tokens;
mod webhooks;
mod why;

use std::sync::Arc;

use serde_json::Value;
use tokio::sync::Semaphore;

use stagewright_core::context::{Actor, AutomationMode, Cause, OpContext};
use stagewright_core::drive::{self, Failure};
use stagewright_core::id::{CommandId, TenantId};
use stagewright_core::seams::{Clock, Connector, Plugins, Store};
use stagewright_core::tx::{Halt, Tx};

use crate::blobs::Blobs;
use crate::clock::{Stamp, Stamps};
use crate::secrets::Vault;

pub use applying::Applying;
pub use credentials::{Credential, NewToken, hash_token};
pub use files::{Incoming, Kept};
pub use history::{By, Counted, HistoryFilter};
pub use inbound::{HookAnswer, HookProblem};
pub use media::{FETCHES_MAX, Medium, MediumProblem};
pub use outcomes::EventOutcome;
pub use overview::Overview;
pub use plugins::{InstallRequest, Library, Open};
pub use queries::{Listed, Order, Page};
pub use receipts::Once;
pub use tenants::{LANGUAGES, NewTenant, tenants_prefix};
pub use tokens::{Made, tenant_asked, tenant_for};
pub use webhooks::{MadeWebhook, opens};

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
    /// Places for files that are fetched at once: [`FETCHES_MAX`].
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

    /// Carries a command out once for its idempotency key: the answer is kept in a receipt that is
    /// committed with it.
    ///
    /// # Errors
    /// [`Failure`]; `idempotency.other-body` where the key was used with another body.
    pub async fn execute_once(
        &self,
        command: &Command,
        once: Option<&Once>,
        decision: impl Fn(&mut Tx<'_>, &OpContext) -> Result<(u16, Value), Halt> + Send + Sync,
    ) -> Result<(u16, Value), Failure> {
        drive::execute(&*self.store, |tx| {
            receipts::once(tx, &command.ctx, once, |tx| decision(tx, &command.ctx))
        })
        .await
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
