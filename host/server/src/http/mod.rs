//! The HTTP API: a request is read, given to one use case, and answered. The only place that knows
//! axum.
//!
//! Start with [`router()`], which lists every route with who may call it. An area is one file, or a
//! folder where it is large; it holds the shapes of its requests and answers (`XBody`, `XView`),
//! which are never rows of the store. What every area shares lies beside them: `error` (problems
//! and statuses), `auth` (who is asking), `context` (request ids, idempotency keys and the command
//! that a request becomes), `body`, `params` and `page` (reading requests), `answer` (writing
//! answers).
//!
//! Nothing here decides anything about the CRM: rules live in [`stagewright_core`].

mod answer;
mod auth;
mod body;
mod calendars;
mod catalogue;
mod context;
mod download;
mod error;
mod page;
mod params;
pub mod router;
mod state;
mod strict;

mod automations;
mod channels;
mod conversations;
mod deliveries;
mod dev_clock;
mod events;
mod groups;
mod health;
mod history;
mod hooks;
mod jobs;
mod kinds;
mod lines;
mod notifications;
mod pauses;
mod pipelines;
mod plugins;
mod records;
mod replace;
mod robots;
mod runs;
mod secrets;
mod serve;
mod templates;
mod tenants;
mod tokens;
mod triggers;
mod upload;
mod webhooks;
mod why;

pub use auth::Access;
pub use router::router;
pub use serve::serve;
pub use state::{Advance, EVENT_WAIT, HttpState, Readiness};
