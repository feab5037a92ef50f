//! From paths to scenarios that make sense: files are found, read, joined with their base fixture,
//! and every name is checked.

mod check;
mod find;
mod read;
mod steps;
#[cfg(test)]
mod tests;

pub(in crate::scenario) use find::find;
pub(in crate::scenario) use read::{Loaded, load};
