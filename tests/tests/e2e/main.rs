//! End to end: the real server, real plugins, kills and power cuts.
#![cfg(test)]

mod bad_bundles;
mod bad_plugins;
mod canary;
mod copied_plugin;
mod demo;
mod first_start;
mod formats;
mod full_disk;
mod kill_nine;
mod media;
mod operator;
mod power_cut;
mod readme;
mod remote;
mod scenarios;
mod shim;
mod store_power_cut;
mod story_kills;
mod supervision;
