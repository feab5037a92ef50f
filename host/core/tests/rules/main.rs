//! The rules, as sentences.

mod automations;
mod conditions;
mod conversations;
mod deliveries;
mod files;
mod history;
mod idle;
mod importing;
mod kinds;
mod people;
mod stages;
mod steps;
mod why;
mod work;
mod working_time;
mod world;
