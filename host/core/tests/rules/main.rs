//! The rules, as sentences.

mod assignment;
mod automations;
mod conditions;
mod conversations;
mod deliveries;
mod effects;
mod exporting;
mod files;
mod history;
mod idle;
mod importing;
mod kinds;
mod loops;
mod moments;
mod pauses;
mod people;
mod setting_links;
mod stages;
mod steps;
mod templates;
mod versions;
mod webhooks;
mod why;
mod work;
mod working_time;
mod world;
