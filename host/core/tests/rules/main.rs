//! The rules, as sentences.

mod automations;
mod conversations;
mod deliveries;
mod history;
mod idle;
mod people;
mod importing;
mod stages;
mod steps;
mod work;
mod why;
mod working_time;
mod world;
