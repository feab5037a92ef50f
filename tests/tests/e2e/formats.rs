//! What earlier versions have stored can be read.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, ensure};
use serde_json::Value;

use stagewright_core::commit::Commit;
use stagewright_core::key::Key;
use stagewright_core::model::automation::{Automation, AutomationVersion, Bindings};
use stagewright_core::model::calendar::Calendar;
use stagewright_core::model::channel::{Channel, Line};
use stagewright_core::model::conversation::{Conversation, External, Message};
use stagewright_core::model::delivery::{Delivery, DeliveryLane};
use stagewright_core::model::due::Due;
use stagewright_core::model::event::{Decisions, Event};
use stagewright_core::model::file::File;
use stagewright_core::model::group::Group;
use stagewright_core::model::history::{HistoryEntry, HistoryPlace};
use stagewright_core::model::job::Job;
use stagewright_core::model::kind::Kind;
use stagewright_core::model::notification::Notification;
use stagewright_core::model::pauses::Pauses;
use stagewright_core::model::pipeline::Pipeline;
use stagewright_core::model::plugin::{Grant, Plugin};
use stagewright_core::model::record::{IndexEntry, Lane, Record};
use stagewright_core::model::rotation::Rotation;
use stagewright_core::model::run::Run;
use stagewright_core::model::tenant::{Receipt, Secret, Tenant, Token};
use stagewright_core::model::timeline::Entry;
use stagewright_core::model::webhook::Webhook;
use stagewright_core::read::{Found, Read};
use stagewright_core::row::{self, Bytes, Row, RowError};
use stagewright_core::seams::Store;
use stagewright_core::time::Timestamp;
use stagewright_store::memory::MemoryStore;
use stagewright_store::sled::{Options, SledStore};
use stagewright_tests::place;
use stagewright_tests::scratch::Scratch;

/// The table of due rows, whose keys begin with their queue.
const DUE: u8 = 27;

/// The rows of a dump.
type Rows = Vec<(Key, Bytes)>;

/// The dumps, oldest first, with their rows.
fn dumps() -> anyhow::Result<Vec<(PathBuf, Rows)>> {
    let entries = fs::read_dir(place::root().join("tests/formats"))?
        .filter_map(|entry| Some(entry.ok()?.path()));
    let mut paths: Vec<PathBuf> = entries
        .filter(|path| path.extension().is_some_and(|extension| extension == "jsonl"))
        .collect();
    paths.sort();
    paths.into_iter().map(|path| Ok((path.clone(), rows(&fs::read_to_string(&path)?)?))).collect()
}

fn rows(dump: &str) -> anyhow::Result<Vec<(Key, Bytes)>> {
    let part = |line: &Value, name: &str| bytes(line[name].as_str().context("no such part")?);
    let row = |line: &str| {
        let line: Value = serde_json::from_str(line)?;
        Ok((Key::from_bytes(&part(&line, "key")?), Bytes::from(part(&line, "value")?)))
    };
    dump.lines().map(row).collect()
}

fn bytes(hex: &str) -> anyhow::Result<Vec<u8>> {
    ensure!(hex.is_ascii() && hex.len().is_multiple_of(2), "no hexadecimal digits");
    let digits = |pair: &[u8]| Ok(u8::from_str_radix(std::str::from_utf8(pair)?, 16)?);
    hex.as_bytes().chunks_exact(2).map(digits).collect()
}

fn table(key: &Key) -> u8 {
    key.table().unwrap_or(DUE)
}

fn read<T: Row>(value: &[u8]) -> Result<(), RowError> {
    row::decode::<T>(value).map(drop)
}

/// Reads a row as the type that its table holds.
fn read_as_its_type(table: u8, value: &[u8]) -> anyhow::Result<()> {
    let read = match table {
        // Of the format and of guards only the frame is anybody's business; opening the store reads
        // the format.
        1 | 2 => row::version(value).map(drop),
        // An index leads to ids, but for that of one record's history, which leads to places.
        3 => read::<HistoryPlace>(value).or_else(|_no_place| read::<IndexEntry>(value)),
        4 => read::<Tenant>(value),
        5 => read::<Token>(value),
        6 => read::<Receipt>(value),
        7 => read::<Record>(value),
        8 => read::<Lane>(value),
        9 => read::<Pipeline>(value),
        10 => read::<Automation>(value),
        11 => read::<AutomationVersion>(value),
        12 => read::<Bindings>(value),
        13 => read::<Line>(value),
        14 => read::<Channel>(value),
        15 => read::<Secret>(value),
        16 => read::<Conversation>(value),
        17 => read::<Message>(value),
        18 => read::<External>(value),
        19 => read::<Event>(value),
        20 => read::<Decisions>(value),
        21 => read::<Run>(value),
        22 => read::<Entry>(value),
        23 => read::<Delivery>(value),
        24 => read::<DeliveryLane>(value),
        25 => read::<Plugin>(value),
        26 => read::<Grant>(value),
        DUE => read::<Due>(value),
        28 => read::<Calendar>(value),
        29 => read::<Kind>(value),
        30 => read::<Group>(value),
        31 => read::<HistoryEntry>(value),
        32 => read::<Notification>(value),
        33 => read::<File>(value),
        34 => read::<Webhook>(value),
        35 => read::<Pauses>(value),
        36 => read::<Rotation>(value),
        37 => read::<Job>(value),
        unknown => anyhow::bail!("nobody reads table {unknown}; add it here"),
    };

    Ok(read?)
}

/// Loads a dump and reads all of it back.
async fn load(store: Arc<dyn Store>, rows: &[(Key, Bytes)]) -> anyhow::Result<()> {
    let writes = rows.iter().map(|(key, value)| (key.clone(), Some(Arc::clone(value)))).collect();
    store.commit(Commit { writes, ..Commit::default() }).await?;

    for (key, value) in rows {
        let found = store.read(&[Read::Row(key.clone())]).await?;
        let [Found::Row(Some(found))] = &found[..] else {
            anyhow::bail!("{key:?} is not there any more")
        };
        ensure!(found == value, "{key:?} has changed");
        read_as_its_type(table(key), found)
            .with_context(|| format!("table {}, {key:?}", table(key)))?;
    }
    Ok(())
}

#[tokio::test]
async fn every_row_of_every_earlier_format_is_read_from_memory() -> anyhow::Result<()> {
    for (path, rows) in dumps()? {
        load(Arc::new(MemoryStore::new()), &rows)
            .await
            .with_context(|| path.display().to_string())?;
    }
    Ok(())
}

#[tokio::test]
async fn every_row_of_every_earlier_format_is_read_from_sled_and_its_folder_opens_again()
-> anyhow::Result<()> {
    for (path, rows) in dumps()? {
        let scratch = Scratch::new("formats")?;
        for _ in 0..2 {
            let store = Arc::new(SledStore::open(scratch.path(), Options::at(Timestamp(0)))?);
            load(Arc::clone(&store) as Arc<dyn Store>, &rows)
                .await
                .with_context(|| path.display().to_string())?;

            // Closing alone leaves the folder's lock to the end of the committer, and the next
            // round opens at once.
            Arc::into_inner(store).context("somebody still holds the store")?.shutdown().await?;
        }
    }
    Ok(())
}

#[test]
fn every_table_has_a_row_in_a_dump() -> anyhow::Result<()> {
    let source = fs::read_to_string(place::root().join("host/core/src/key.rs"))?;
    let body = source
        .split("pub enum Table {")
        .nth(1)
        .and_then(|rest| rest.split('}').next())
        .context("no tables")?;

    let numbers =
        body.lines().filter_map(|line| line.trim().trim_end_matches(',').split_once(" = "));
    let tables: BTreeSet<u8> =
        numbers.map(|(_, number)| number.parse()).collect::<Result<_, _>>()?;
    ensure!(tables.len() >= 27, "only the tables {tables:?} were found in the source");

    let dumped: BTreeSet<u8> =
        dumps()?.iter().flat_map(|(_, rows)| rows).map(|(key, _)| table(key)).collect();
    let missing: Vec<&u8> = tables.difference(&dumped).collect();

    ensure!(
        missing.is_empty(),
        "tables without a row; tests/formats/README.md says how to make the next dump: {missing:?}"
    );
    Ok(())
}
