//! The demo's two stories on a manual clock, played by a host that may be killed on the way. The
//! world outside does its part: a provider repeats a notification that had no answer, a client its
//! request, and time goes on.
//!
//! - [`Story`]: what happens; [`Death`]: where a host dies.
//! - [`Stage`]: a home that is set up once and put back for every play, and the provider outside.
//! - [`Play`]: one play of a story, from its first act to its end.
//! - [`End`]: what is there when it is over.

mod end;
mod play;
mod plot;
mod stage;

pub use end::End;
pub use play::Play;
pub use plot::{Death, Story};
pub use stage::Stage;
