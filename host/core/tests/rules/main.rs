//! The rules, as sentences.

mod automations;
mod conversations;
mod deliveries;
mod stages;
mod steps;
mod working_time;
mod world;
