//! Meta's API: `/{version}/{number}/messages`, `/{version}/{number}/media`, `/{version}/{medium}`.
//!
//! `route` takes a request to `send` or `media`; `message` and `form` read what was posted,
//! `refusal` is Meta's errors. `accepted` and `medium` are what Meta remembers.

mod accepted;
mod form;
mod media;
mod medium;
mod message;
pub(super) mod refusal;
mod route;
mod send;
mod spelling;

pub use accepted::{Accepted, Became};
pub(super) use media::keep;
pub(super) use medium::Medium;
pub(super) use route::answer;
pub(super) use send::wamid;
pub(super) use spelling::{digits, seconds};
