//! The rules, as sentences.

mod automations;
mod conditions;
mod conversations;
mod deliveries;
mod effects;
mod files;
mod history;
mod idle;
mod importing;
mod kinds;
mod people;
mod setting_links;
mod stages;
mod steps;
mod why;
mod work;
mod working_time;
mod world;
