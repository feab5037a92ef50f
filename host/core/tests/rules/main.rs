//! The rules, as sentences.

mod automations;
mod conversations;
mod deliveries;
mod idle;
mod stages;
mod steps;
mod working_time;
mod world;
