//! Keeps what a scenario asked, was answered and left behind, as a text that is the same in every
//! run of the same code.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use stagewright_client::{Numbers, Recorder, render};
use stagewright_core::key::{Key, Table};
use stagewright_core::row::{self, Bytes, Row};
use stagewright_core::time::Timestamp;

use super::world::StoreKind;

/// The record of one scenario on one store.
#[derive(Debug)]
pub(super) struct Record {
    recorder: Recorder,
    file: PathBuf,
}

impl Record {
    /// A record of the scenario at `path`, to be written into `folder`.
    pub(super) fn new(folder: &Path, kind: StoreKind, path: &Path) -> Self {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let store = match kind {
            StoreKind::Memory => "memory",
            StoreKind::Sled => "sled",
        };

        let file = folder.join(format!("{name}.{store}.txt"));
        Self { recorder: Recorder::default(), file }
    }

    /// Who keeps what is asked and answered.
    pub(super) fn recorder(&self) -> &Recorder {
        &self.recorder
    }

    /// Writes it, together with the rows that are left.
    ///
    /// # Errors
    /// A sentence.
    pub(super) fn write(&self, rows: &[(Key, Bytes)]) -> Result<(), String> {
        let mut numbers = Numbers::default();
        let exchanges = render(&self.recorder.exchanges(), &mut numbers);

        // By what they say, since the ids that they lie under are made by chance.
        let mut lines: Vec<String> = rows.iter().map(|row| line(row, &numbers)).collect();
        lines.sort();

        let text = format!("{exchanges}=== rows\n{}\n", lines.join("\n"));
        let folder = self.file.parent().map_or(Ok(()), fs::create_dir_all);
        let written = folder.and_then(|()| fs::write(&self.file, text));

        written.map_err(|e| format!("{} cannot be written: {e}", self.file.display()))
    }
}

/// A row of any table.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct AnyRow(Value);

impl Row for AnyRow {
    const SCHEMA: u16 = u16::MAX;
    const NAME: &'static str = "recorded";
}

/// A row in one line.
fn line((key, bytes): &(Key, Bytes), numbers: &Numbers) -> String {
    let key = numbers.show(&key_text(key));
    let schema = bytes.first_chunk::<2>().map_or(0, |schema| u16::from_be_bytes(*schema));
    if let (0, Ok(version)) = (schema, row::version(bytes)) {
        return format!("{key} version {version}");
    }

    match row::decode::<AnyRow>(bytes) {
        Ok((AnyRow(mut value), version)) => {
            // What is sealed is sealed differently every time.
            if let Some(sealed) = value.get_mut("sealed") {
                *sealed = Value::String(format!("{} bytes", sealed.as_array().map_or(0, Vec::len)));
            }
            let value = numbers.show_json(&value);
            format!("{key} schema {schema} version {version} {value}")
        }
        Err(error) => format!("{key} {error}"),
    }
}

/// A key in words: `tenant/table/part/part`, and `due/queue/tenant/time/lane number/id`.
fn key_text(key: &Key) -> String {
    if let Some(due) = key.as_due() {
        let prefix = Key::due(due.queue, due.tenant, due.due_at, due.lane_seq, "");
        // The id's own length is no part of what all ids of this moment begin with.
        let start = prefix.as_bytes().len().saturating_sub(2);
        let id = parts(key.as_bytes().get(start..).unwrap_or_default());
        return format!("due/{:?}/{}/{}/{}{id}", due.queue, due.tenant, due.due_at, due.lane_seq);
    }

    let Some((tenant, rest)) = key.as_bytes().split_first_chunk::<16>() else {
        return hex::encode(key.as_bytes());
    };
    let tenant = hex::encode(tenant);
    match rest {
        [guard, table, rest @ ..] if *guard == Table::Guard as u8 => {
            format!("{tenant}/guard/{table}{}", parts(rest))
        }
        [table, rest @ ..] => format!("{tenant}/{table}{}", parts(rest)),
        [] => tenant,
    }
}

/// The parts of a key in words, each behind a stroke. Nothing in the bytes tells texts and numbers
/// apart but how they begin: a moment with a high bit, a number with zeros.
fn parts(mut bytes: &[u8]) -> String {
    let mut words = String::new();
    while !bytes.is_empty() {
        let (word, rest) =
            text(bytes).or_else(|| number(bytes)).unwrap_or((hex::encode(bytes), &[]));
        words.push('/');
        words.push_str(&word);
        bytes = rest;
    }

    words
}

/// A text at the beginning of `bytes`, and what follows.
fn text(bytes: &[u8]) -> Option<(String, &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    let length = usize::from(u16::from_be_bytes(*length));
    if length == 0 && rest.starts_with(&[0, 0]) {
        return None;
    }

    let (text, rest) = rest.split_at_checked(length)?;
    let text = std::str::from_utf8(text).ok()?;
    (!text.contains(char::is_control)).then(|| (text.to_owned(), rest))
}

/// A number or a moment at the beginning of `bytes`, and what follows.
fn number(bytes: &[u8]) -> Option<(String, &[u8])> {
    let (number, rest) = bytes.split_first_chunk::<8>()?;
    let word = match u64::from_be_bytes(*number) {
        number if number < 1 << 48 => number.to_string(),
        _ => Timestamp(i64::from_be_bytes(*number) ^ i64::MIN).to_string(),
    };

    Some((word, rest))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use stagewright_core::id::TenantId;
    use stagewright_core::key::{KeyBuilder, Queue};

    use super::*;

    const TENANT: TenantId = TenantId([7; 16]);
    const AT: Timestamp = Timestamp(1_795_338_000_000);

    #[test]
    fn keys_are_read_back_into_words() {
        let tenant = TENANT.to_string();

        let key = Key::new(TENANT, Table::Index, &["by-phone", "+38067", ""]);
        assert_eq!(key_text(&key), format!("{tenant}/3/by-phone/+38067/"));
        assert_eq!(key_text(&Key::guard_of(&key)), format!("{tenant}/guard/3/by-phone/+38067/"));

        let key = KeyBuilder::new(TENANT, Table::Event).text("deal").number(258).time(AT).done();
        assert_eq!(key_text(&key), format!("{tenant}/19/deal/258/2026-11-22T09:00:00.000Z"));

        let key = Key::due(Queue::Step, TENANT, AT, 3, "run");
        let expected = format!("due/Step/{tenant}/2026-11-22T09:00:00.000Z/3/run");
        assert_eq!(key_text(&key), expected);
    }

    #[test]
    fn a_row_says_its_shape_its_version_and_its_value() {
        let key = Key::new(TENANT, Table::Kind, &["deal"]);
        let bytes = row::encode(&AnyRow(json!({"b": 1, "a": [null, "x"]})), 7).unwrap();

        let found = line(&(key.clone(), bytes), &Numbers::default());
        let expected =
            format!("{TENANT}/29/deal schema 65535 version 7 {{\"a\":[null,\"x\"],\"b\":1}}");
        assert_eq!(found, expected.replace(&TENANT.to_string(), "#?"));

        assert_eq!(line(&(key, row::guard(9)), &Numbers::default()), "#?/29/deal version 9");
    }
}
