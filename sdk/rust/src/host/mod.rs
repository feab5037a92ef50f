//! The one place that knows where host calls go: to the bindings in a component, to the mock host
//! in a native test.
//!
//! Plain functions chosen at compile time and no trait object, since a vtable would keep every
//! import alive and a component would then seem to use what it never calls.

#[cfg(target_arch = "wasm32")]
mod convert;
#[cfg(target_arch = "wasm32")]
mod wasm;
#[cfg(target_arch = "wasm32")]
pub(crate) use wasm::*;

#[cfg(not(target_arch = "wasm32"))]
mod native;
#[cfg(not(target_arch = "wasm32"))]
pub(crate) use native::*;
