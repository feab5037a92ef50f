//! The SDK as a plugin uses it, on the mock host.
#![cfg(test)]

mod calls;
mod catalogue;
mod channel;
mod settings;
