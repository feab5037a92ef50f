//! Nothing but the embedded store under load, for power cuts in great number.
//!
//! `ledger FOLDER write` keeps writing pairs of rows with growing numbers and prints a line for
//! each commit once that is acknowledged. `ledger FOLDER check` prints what it finds.
#![expect(clippy::print_stdout, reason = "what it prints is what the rig believes")]

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};

use stagewright_core::commit::Commit;
use stagewright_core::id::TenantId;
use stagewright_core::key::{Key, Table};
use stagewright_core::read::{Found, Read};
use stagewright_core::row::{self, Row};
use stagewright_core::seams::Store;
use stagewright_core::time::Timestamp;
use stagewright_store::sled::verify::verify;
use stagewright_store::sled::{Options, SledStore};
use stagewright_tests::chance::Chance;

/// Writers at once, so that groups of several commits form.
const WRITERS: u64 = 16;
/// Pairs of rows per writer, written over and over, so that the log's old segments are used again.
const PAIRS: u64 = 400;

#[derive(Serialize, Deserialize)]
struct Entry {
    text: String,
}

impl Row for Entry {
    const NAME: &'static str = "ledger entry";
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut words = arguments.iter().map(String::as_str);
    let folder = Path::new(words.next().context("name the folder")?);
    let command = words.next().context("say write or check")?;

    let options = Options::at(Timestamp(0));
    if command == "check" {
        return check(folder, options).await;
    }

    let store = Arc::new(SledStore::open(folder, options)?);
    println!("open");

    let writers: Vec<_> =
        (0..WRITERS).map(|writer| tokio::spawn(write(Arc::clone(&store), writer))).collect();
    for writer in writers {
        writer.await??;
    }
    Ok(())
}

fn key(side: &str, writer: u64, pair: u64) -> Key {
    Key::new(TenantId([9; 16]), Table::Record, &[side, &format!("{writer:02}-{pair:04}")])
}

/// The version of both rows of a pair, which must be the same; 0 where there are none.
async fn version(store: &SledStore, writer: u64, pair: u64) -> anyhow::Result<u64> {
    let reads = ["left", "right"].map(|side| Read::Row(key(side, writer, pair)));
    let mut versions = Vec::new();
    for found in store.read(&reads).await? {
        versions.push(match found {
            Found::Row(Some(bytes)) => row::decode::<Entry>(&bytes)?.1,
            _ => 0,
        });
    }

    ensure!(
        versions.windows(2).all(|pair| pair.first() == pair.last()),
        "pair {writer} {pair} is half written: {versions:?}"
    );
    versions.first().copied().context("no answer")
}

async fn write(store: Arc<SledStore>, writer: u64) -> anyhow::Result<()> {
    let mut chance = Chance::of(writer);
    loop {
        let pair = chance.below(PAIRS);
        let version = version(&store, writer, pair).await? + 1;

        // Most rows are small; some are so large that the store cuts them into pieces.
        let len = if chance.percent(3) { 20_000 } else { 100 + chance.index(600) };

        let mut commit = Commit::default();
        for side in ["left", "right"] {
            let key = key(side, writer, pair);
            commit.expects.insert(key.clone(), version - 1);
            commit
                .writes
                .insert(key, Some(row::encode(&Entry { text: "x".repeat(len) }, version)?));
        }

        store.commit(commit).await?;
        // The line is printed only now: the rig takes it for a commit that every cut must leave.
        println!("kept {writer} {pair} {version}");
    }
}

async fn check(folder: &Path, options: Options) -> anyhow::Result<()> {
    let store = SledStore::open(folder, options)?;
    for writer in 0..WRITERS {
        for pair in 0..PAIRS {
            println!("found {writer} {pair} {}", version(&store, writer, pair).await?);
        }
    }

    // Verifying opens the folder anew, so that the store has to let go of it first.
    store.shutdown().await?;
    let report = verify(folder, &Options::at(Timestamp(0)))?;
    ensure!(report.is_sound(), "{report:?}");
    println!("sound");
    Ok(())
}
