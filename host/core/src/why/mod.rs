//! Why a robot or trigger did or did not do something to an item, in one sentence that a manager
//! understands.
//!
//! [`why`] looks at what is kept anyway: the item's runs and decisions, what is published on its
//! pipeline, what the tenant enabled. Every state and every outcome has a sentence, and so has
//! every reason for which there is neither: `match`es here have no rest arm.

mod answer;
mod conditions;
mod facts;
mod hindrance;
mod look;
mod question;
mod robot;
mod trigger;
mod words;

pub use answer::{About, Answer, Verdict};
pub use look::NEWEST;
pub use question::{Asked, why};
