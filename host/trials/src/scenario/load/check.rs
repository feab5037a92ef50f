//! Checks names: each stands for something that is there by then.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use stagewright_core::schema;

use crate::scenario::grammar::{Fields, Fixture, Located, Spot};
use crate::scenario::problem::Problem;

/// What a name stands for: a kind of record, or [`ITEM`], or [`MOMENT`].
pub(super) type Kind = &'static str;

/// A lead or a deal; which of them, the host says.
pub(super) const ITEM: Kind = "item";
/// A step that was named.
pub(super) const MOMENT: Kind = "step";
/// A text that was kept of an answer.
pub(super) const KEPT: Kind = "kept text";
/// A conversation.
pub(super) const CONVERSATION: Kind = "conversation";

/// Names known so far, and what was found wrong.
pub(super) struct Check<'a> {
    path: &'a Path,
    names: BTreeMap<String, Kind>,
    pub(super) problems: Vec<Problem>,
}

impl<'a> Check<'a> {
    /// Knows the names of `fixture`.
    pub(super) fn new(path: &'a Path, fixture: &Fixture) -> Self {
        let users = fixture.users.keys().map(|name| (name.clone(), "user"));
        let departments = fixture.departments.keys().map(|name| (name.clone(), "department"));
        Self { path, names: users.chain(departments).collect(), problems: Vec::new() }
    }

    /// Notes a problem.
    pub(super) fn problem(&mut self, spot: Spot, message: impl Into<String>) {
        self.problems.push(Problem::at(self.path, spot, message));
    }

    /// What a name stands for.
    pub(super) fn kind(&self, name: &str) -> Option<Kind> {
        self.names.get(name).copied()
    }

    /// A new name.
    pub(super) fn introduce(&mut self, name: &str, spot: Spot, kind: Kind) {
        if !crate::scenario::grammar::is_name(name) {
            self.problem(
                spot,
                format!("`{name}` is no name; write a-z, 0-9, - and _, beginning with a letter"),
            );
        } else if let Some(taken) = self.names.insert(name.to_owned(), kind) {
            self.problem(
                spot,
                format!("`{name}` is the name of a {taken} already; choose another one"),
            );
        }
    }

    /// A use of a name for something of one of `kinds`; all kinds where that is empty.
    pub(super) fn use_of(&mut self, name: &str, spot: Spot, kinds: &[Kind]) {
        match self.kind(name) {
            Some(kind) if kinds.is_empty() || fits(kind, kinds) => {}
            Some(kind) => self.problem(
                spot,
                format!("`{name}` stands for a {kind}; wanted here: {}", kinds.join(" or ")),
            ),
            None => {
                let known: Vec<&str> = self
                    .names
                    .iter()
                    .filter(|(_, kind)| kinds.is_empty() || fits(kind, kinds))
                    .map(|(name, _)| name.as_str())
                    .collect();

                let hint = if known.is_empty() {
                    "there is none yet".to_owned()
                } else {
                    format!("there are {}", known.join(", "))
                };
                self.problem(spot, format!("nothing is called `{name}` by now; {hint}"));
            }
        }
    }

    /// Fields of a record of `kind`: each is known, and links lead to names.
    pub(super) fn fields(&mut self, kind: &str, fields: &Fields) {
        for (name, value) in fields {
            self.field(kind, name, value);
        }
    }

    fn field(&mut self, kind: &str, name: &str, value: &Located<Value>) {
        // Leads and deals have the same fields.
        let Ok(known) = schema::fields(if kind == ITEM { "deal" } else { kind }) else { return };
        // What a tenant added is in no schema here; the host refuses what it does not know.
        if schema::is_own(name) {
            return;
        }

        let Some(field) = known.iter().find(|field| field.name == name) else {
            let names: Vec<&str> = known.iter().map(|field| &*field.name).collect();
            return self.problem(
                value.spot,
                format!("a {kind} has no field `{name}`; its fields are {}", names.join(", ")),
            );
        };

        let texts: Vec<&str> = match &value.value {
            Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
            other => other.as_str().into_iter().collect(),
        };
        if let Some(to) = field.holds.record_kind() {
            texts.into_iter().for_each(|text| self.use_of(text, value.spot, &[to]));
        }
    }
}

fn fits(kind: Kind, kinds: &[Kind]) -> bool {
    let is_item = |kind: Kind| kind == ITEM || schema::is_item(kind);
    kinds.iter().any(|wanted| *wanted == kind || is_item(wanted) && is_item(kind))
}

/// Checks the names in a fixture `own`, which is `whole` together with its base.
pub(super) fn check_fixture(path: &Path, own: &Fixture, whole: &Fixture) -> Vec<Problem> {
    let mut check = Check::new(path, whole);

    for (name, department) in &own.departments {
        if whole.users.contains_key(name) {
            check.problem(
                department.spot,
                format!("`{name}` is an employee as well; give one of them another name"),
            );
        }
        check.fields("department", &department.value);
    }

    own.users.values().for_each(|user| check.fields("user", &user.value));
    for line in own.lines.values() {
        let queue = line.value.get("queue").and_then(Value::as_array).into_iter().flatten();
        let people = queue.chain(line.value.get("default_responsible")).filter_map(Value::as_str);
        people.for_each(|name| check.use_of(name, line.spot, &["user"]));
    }

    check.problems
}
