//! Secrets are set over the API and used in earnest; then they are looked for in everything that
//! can be seen: every file, the log at its most talkative, every answer. Only the provider, whom
//! they are for, has them.
//!
//! - `life`, `trouble`: what goes well and what goes wrong, `parrot` a provider that repeats.
//! - `reader`: the client who does all that and keeps every answer.
//! - `search`: where the secrets are looked for.

mod life;
mod parrot;
mod reader;
mod search;
mod trouble;
