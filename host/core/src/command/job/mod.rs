//! Work of the host that is done in batches: what each kind of it does to one entry, and how a job
//! moves on.
//!
//! A job looks at a page of entries, decides each in a commit of its own that notes how far it has
//! come, and puts its due row anew while there is more. So it survives a restart, does nothing
//! twice, and holds nobody up.

mod apply;
mod carry_out;
mod hand_over;
mod held;
mod page;
mod replace;
mod start;

pub use apply::{Applicable, applicable, apply, is_without};
pub use carry_out::{advance, batch, one};
pub(in crate::command) use held::hold_back;
pub use held::{pause, resume};
pub use page::{BATCH, Batch, One};
pub use replace::one_run;
pub(in crate::command) use replace::{catch_up, work as replacing};
pub(in crate::command) use start::start;
