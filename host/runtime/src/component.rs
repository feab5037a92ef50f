//! A compiled component, linked and ready for instances, and what it exports.

use serde::{Deserialize, Serialize};
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, HasSelf, InstancePre, Linker};
use wasmtime::{Engine, Result};

use super::bindings::{Everything, channel, describe, robot, trigger};
use super::state::CallState;

/// What a component can be called as.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Exports {
    /// It has robots.
    pub robot: bool,
    /// It has triggers.
    pub trigger: bool,
    /// It is a channel.
    pub channel: bool,
}

/// A component whose imports are bound and whose exports are looked up, once for all calls.
pub(super) struct Loaded {
    pub(super) pre: InstancePre<CallState>,
    pub(super) describe: Option<describe::GuestIndices>,
    pub(super) robot: Option<robot::GuestIndices>,
    pub(super) trigger: Option<trigger::GuestIndices>,
    pub(super) channel: Option<channel::GuestIndices>,
}

impl std::fmt::Debug for Loaded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Loaded").field(&self.exports()).finish()
    }
}

impl Loaded {
    /// Binds `component` to the imports that `linker` has.
    pub(super) fn new(linker: &Linker<CallState>, component: &Component) -> Result<Self> {
        let pre = linker.instantiate_pre(component)?;

        // An export of another name or shape is not ours to call; which of them must be there, the
        // caller decides.
        Ok(Self {
            describe: describe::GuestIndices::new(&pre).ok(),
            robot: robot::GuestIndices::new(&pre).ok(),
            trigger: trigger::GuestIndices::new(&pre).ok(),
            channel: channel::GuestIndices::new(&pre).ok(),
            pre,
        })
    }

    pub(super) fn exports(&self) -> Exports {
        Exports {
            robot: self.robot.is_some(),
            trigger: self.trigger.is_some(),
            channel: self.channel.is_some(),
        }
    }
}

/// A linker with every capability. One for all plugins: what a tenant did not grant answers
/// `permission-denied`, with a reason.
pub(super) fn linker(engine: &Engine) -> Result<Linker<CallState>> {
    let mut linker = Linker::new(engine);
    Everything::add_to_linker::<_, HasSelf<CallState>>(&mut linker, |state| state)?;
    Ok(linker)
}

/// The functions that a component imports, `interface#function`, and the names of imports that are
/// no interface of ours.
pub(super) fn imports(engine: &Engine, component: &Component) -> (Vec<String>, Vec<String>) {
    let (mut functions, mut foreign) = (Vec::new(), Vec::new());

    for (name, item) in component.component_type().imports(engine) {
        match item.ty {
            ComponentItem::ComponentInstance(interface) if is_ours(name) => {
                let calls = interface
                    .exports(engine)
                    .filter(|(_, item)| matches!(item.ty, ComponentItem::ComponentFunc(_)));
                functions.extend(calls.map(|(function, _)| format!("{name}#{function}")));
            }
            _ => foreign.push(name.to_owned()),
        }
    }

    functions.sort();
    (functions, foreign)
}

/// The interfaces that a plugin may import, in any version of the line 0.1.
fn is_ours(import: &str) -> bool {
    let Some((interface, version)) =
        import.strip_prefix("stagewright:").and_then(|path| path.split_once('@'))
    else {
        return false;
    };

    let patch = version.strip_prefix("0.1.").unwrap_or_default();
    let known = matches!(
        interface,
        "calendar/calendar"
            | "channel/http"
            | "channel/settings"
            | "clock/clock"
            | "directory/directory"
            | "history/history"
            | "http/http"
            | "log/log"
            | "messaging/messaging"
            | "notify/notify"
            | "plugin/call"
            | "records/change"
            | "records/observe"
            | "records/read"
            | "secrets/secret-check"
            | "types/types"
            | "wait/wait"
            | "work/activities"
            | "work/tasks"
    );

    known && !patch.is_empty() && patch.bytes().all(|digit| digit.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_interfaces_of_line_0_1_are_ours() {
        for ours in ["stagewright:records/read@0.1.0", "stagewright:log/log@0.1.17"] {
            assert!(is_ours(ours), "{ours}");
        }

        for foreign in [
            "wasi:cli/exit@0.2.0",
            "stagewright:log/log@0.2.0",
            "stagewright:log/log@0.1.0-rc1",
            "stagewright:log/log",
            "log",
        ] {
            assert!(!is_ours(foreign), "{foreign}");
        }
    }
}
