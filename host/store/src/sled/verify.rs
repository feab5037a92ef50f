//! Walks everything in a data folder and says what is damaged, for `stagewright storage verify`.

use std::collections::HashSet;
use std::io;
use std::path::Path;

use stagewright_core::key::{Key, Table};

use super::super::check;
use super::error::{self, OpenError};
use super::mark;
use super::open;
use super::options::Options;
use super::value::{self, Stored};

/// How many damages are told one by one; the rest is only counted.
const TOLD_MAX: usize = 100;

/// What there is in a data folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Rows of all kinds, the damaged ones included.
    pub rows: u64,
    /// How many of them are guards.
    pub guards: u64,
    /// How many of them are in the due index.
    pub due: u64,
    /// How many of them are so large that they lie in pieces.
    pub large: u64,
    /// The pieces of those.
    pub pieces: u64,
    /// Pieces that belong to no row. They take up space and do no harm.
    pub orphans: u64,
    /// Bytes of all values.
    pub bytes: u64,
    /// How many damages there are.
    pub damaged: u64,
    /// The first hundred of them.
    pub damages: Vec<Damage>,
}

impl Report {
    /// Whether everything can be read back.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.damaged == 0
    }

    fn damage(&mut self, key: Option<Key>, what: String) {
        self.damaged += 1;
        if self.damages.len() < TOLD_MAX {
            self.damages.push(Damage { key, what });
        }
    }
}

/// Something that cannot be read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// The row's key, where it is known.
    pub key: Option<Key>,
    /// What is wrong with it.
    pub what: String,
}

/// Reads every row of the store in `dir`: frames, checksums, and that large rows have all their
/// pieces. No row is changed; sled itself tidies its file up when it opens it.
///
/// # Errors
/// [`OpenError`] where there is no store, another process uses it, acknowledged commits are
/// missing, or sled cannot open it at all.
pub fn verify(dir: &Path, options: &Options) -> Result<Report, OpenError> {
    if !dir.join("db").exists() {
        let source = io::Error::from(io::ErrorKind::NotFound);
        return Err(OpenError::Folder { doing: "find a store in", path: dir.to_owned(), source });
    }

    let shared = open::open_tree(dir, options)?;
    let mut report = Report::default();

    if open::has_format(dir, &shared.db)? {
        // sled panics on some damage that it meets only on the way.
        if let Err(said) = error::caught(|| walk(&shared.db, &mut report)) {
            report.damage(None, format!("the storage engine gave up on the way: {said}"));
        }
    }

    shared.let_go();
    Ok(report)
}

fn walk(tree: &sled::Tree, report: &mut Report) {
    let mut generations = HashSet::new();
    for found in tree {
        let (key, stored) = match found {
            Ok(found) => found,
            Err(e) => return report.damage(None, format!("the rest cannot be read: {e}")),
        };
        if *key == mark::GROUP_KEY {
            continue;
        }

        report.bytes += stored.len() as u64;
        // Pieces sort behind all rows, so that every pointer has been seen by now.
        if let Some(generation) = value::generation_of(&key) {
            report.pieces += 1;
            report.orphans += u64::from(!generations.contains(&generation));
            continue;
        }

        let key = Key::from_bytes(&key);
        count(report, &key);
        match row(tree, &key, &stored) {
            Ok(None) => {}
            Ok(Some(generation)) => {
                report.large += 1;
                generations.insert(generation);
            }
            Err(what) => report.damage(Some(key), what),
        }
    }
}

fn count(report: &mut Report, key: &Key) {
    report.rows += 1;
    report.guards += u64::from(key.table() == Some(Table::Guard as u8));
    report.due += u64::from(key.as_due().is_some());
}

/// Checks one row and gives its generation, if it lies in pieces.
fn row(tree: &sled::Tree, key: &Key, stored: &[u8]) -> Result<Option<u64>, String> {
    match value::open(key, stored).map_err(|e| e.to_string())? {
        Stored::Whole(bytes) => check::version(key, bytes).map(|_| None).map_err(|e| e.to_string()),
        Stored::Pieces { pointer, .. } => {
            let bytes = value::assemble(tree, pointer).map_err(|e| e.to_string())?;
            let bytes = bytes.ok_or_else(|| format!("row {key:?} lacks a piece"))?;
            check::version(key, &bytes).map(|_| Some(pointer.generation)).map_err(|e| e.to_string())
        }
    }
}
