//! The rules from outside, one module per subject.
#![cfg(test)]

mod calendars;
mod conditions;
mod merging;
mod rules;
