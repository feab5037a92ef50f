//! Building, checking and packing plugins, from outside.
#![cfg(test)]

mod bundle;
mod check;
mod codes;
mod first_party;
mod manifest;
mod support;
