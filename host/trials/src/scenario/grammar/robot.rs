//! What a robot of a run is expected to have come to.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::moment::Moment;
use super::pattern::Pattern;

/// One robot of a run.
///
/// **Shape**: its state alone, such as `done`, or a mapping of what matters.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct RobotIs {
    /// `waiting_time`, `waiting_previous`, `waiting_field`, `done`, `skipped`, `failed`,
    /// `cancelled` or `loop_guard`.
    pub state: Option<Pattern>,
    /// Why, for states with a reason.
    pub reason: Option<Pattern>,
    /// The code of a failure.
    pub code: Option<Pattern>,
    /// What is noted about its time.
    pub note: Option<Pattern>,
    /// When it is or was due.
    pub due: Option<Moment>,
    /// When it was over.
    pub ended: Option<Moment>,
    /// A line that it logged in one of its tries.
    pub log: Option<Pattern>,
    /// What it gave.
    pub results: Option<Value>,
    /// How often it was tried.
    pub tries: Option<u64>,
}

/// The same as a mapping.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole {
    state: Option<Pattern>,
    reason: Option<Pattern>,
    code: Option<Pattern>,
    note: Option<Pattern>,
    due: Option<Moment>,
    ended: Option<Moment>,
    log: Option<Pattern>,
    results: Option<Value>,
    tries: Option<u64>,
}

impl<'de> Deserialize<'de> for RobotIs {
    /// By hand, since an untagged enum would forget where in the file it stands.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct StateOrWhole;
        impl<'de> Visitor<'de> for StateOrWhole {
            type Value = RobotIs;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "a state such as `done`, or a mapping such as {state: failed, reason: …}",
                )
            }

            fn visit_str<E: serde::de::Error>(self, state: &str) -> Result<RobotIs, E> {
                Ok(RobotIs { state: Some(Pattern(state.to_owned())), ..RobotIs::default() })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RobotIs, A::Error> {
                let Whole { state, reason, code, note, due, ended, log, results, tries } =
                    Whole::deserialize(MapAccessDeserializer::new(map))?;
                Ok(RobotIs { state, reason, code, note, due, ended, log, results, tries })
            }
        }

        deserializer.deserialize_any(StateOrWhole)
    }
}
