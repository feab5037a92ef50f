//! The rules from outside, one module per subject.
#![cfg(test)]
#![expect(clippy::needless_pass_by_value, reason = "tests give JSON away as they write it")]

mod calendars;
mod conditions;
mod merging;
mod rules;
mod spellings;
