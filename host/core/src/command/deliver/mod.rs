//! One try of a delivery: claiming it, and recording what came of it.

mod advance;
mod claim;
mod end;
mod finish;
mod postpone;
mod verdict;

pub(super) use advance::advance;
pub use claim::{Claimed, Job, claim};
pub(super) use end::{end, short};
pub use finish::finish;
pub use verdict::Verdict;
