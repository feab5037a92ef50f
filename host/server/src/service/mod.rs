//! Use cases: what the HTTP layer, the CLI and the scenario runner ask for. Nothing here knows
//! HTTP, WebAssembly or a database.

mod applying;
mod automation_files;
mod automations;
mod conversations;
mod credentials;
mod definitions;
mod files;
mod handle;
mod history;
mod inbound;
mod jobs;
mod kinds;
mod media;
mod notifications;
mod outcomes;
mod overview;
mod plugins;
mod queries;
mod receipts;
mod records;
mod runs;
mod secrets;
mod tenants;
mod tokens;
mod webhooks;
mod why;

pub use applying::Applying;
pub use conversations::accept_conversation;
pub use credentials::{Credential, NewToken, hash_token};
pub use files::{Incoming, Kept};
pub use handle::{Command, Service, Wishes};
pub use history::{By, Counted, HistoryFilter};
pub use inbound::{HookAnswer, HookProblem};
pub use media::{FETCHES_MAX, Medium, MediumProblem};
pub use outcomes::EventOutcome;
pub use overview::Overview;
pub use plugins::{InstallRequest, Library, Open};
pub use queries::{Listed, Order, Page};
pub use receipts::Once;
pub use secrets::SecretNote;
pub use tenants::{LANGUAGES, NewTenant};
pub use tokens::{Made, tenant_asked, tenant_for};
pub use webhooks::{MadeWebhook, opens};
