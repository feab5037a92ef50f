//! The HTTP API from outside: one file per area, as in `src/http`. Requests go through the real
//! router, with a store in memory, a manual clock, the real engine and scripted plugins behind it.
#![cfg(test)]

mod automation_files;
mod automations;
mod bodies;
mod calendars;
mod channels;
mod conversations;
mod deliveries;
mod dev_clock;
mod document;
mod doors;
mod events;
mod files;
mod groups;
mod health;
mod history;
mod hooks;
mod idempotency;
mod kinds;
mod lines;
mod lists;
mod media;
mod nonsense;
mod pauses;
mod pipelines;
mod plugins;
mod problems;
mod records;
mod robots;
mod runs;
mod secrets;
mod support;
mod tasks;
mod templates;
mod tenants;
mod tokens;
mod triggers;
mod versions;
mod waiting;
mod webhooks;
mod why;
