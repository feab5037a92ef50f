//! The only place where the contract in `wit/` becomes Rust.
//!
//! One world that has every import and every export: which exports a component really has is asked
//! by name ([`super::component`]), since a bundle may hold a robot, a channel or both. Imports that
//! may have to read the store are async; the others answer at once. All may trap, since a call that
//! has used up its host calls ends there.

mod generated {
    wasmtime::component::bindgen!({
        path: "../../wit",
        inline: "
            package stagewright:host;

            world everything {
                include stagewright:plugin/messenger-plugin@0.1.0;
                include stagewright:plugin/trigger-plugin@0.1.0;
            }
        ",
        imports: {
            "stagewright:log/log": trappable,
            "stagewright:clock/clock": trappable,
            "stagewright:secrets/secret-check": trappable,
            "stagewright:channel/settings": trappable,
            default: async | trappable,
        },
        exports: { default: async },
    });
}

pub(super) use generated::Everything;
pub(super) use generated::exports::stagewright::channel::channel;
pub(super) use generated::exports::stagewright::plugin::{describe, robot, trigger};
pub(super) use generated::stagewright::calendar::calendar;
pub(super) use generated::stagewright::channel::{http, settings};
pub(super) use generated::stagewright::clock::clock;
pub(super) use generated::stagewright::directory::directory;
pub(super) use generated::stagewright::history::history;
pub(super) use generated::stagewright::http::http as fetch;
pub(super) use generated::stagewright::log::log;
pub(super) use generated::stagewright::messaging::messaging;
pub(super) use generated::stagewright::notify::notify;
pub(super) use generated::stagewright::plugin::call;
pub(super) use generated::stagewright::records::{change, observe, read};
pub(super) use generated::stagewright::secrets::secret_check;
pub(super) use generated::stagewright::types::types;
pub(super) use generated::stagewright::wait::wait;
pub(super) use generated::stagewright::work::{activities, tasks};
