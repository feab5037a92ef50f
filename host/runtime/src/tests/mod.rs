//! Real WebAssembly, most of it hostile, in the real runtime. The guests are in the repository's
//! `tests/guests`.

mod answers;
mod caching;
mod channels;
mod effects;
mod guests;
mod host;
mod installing;
mod isolation;
mod limits;
mod requests;
