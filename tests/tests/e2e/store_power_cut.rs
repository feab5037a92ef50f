//! Power cuts of the embedded store alone: many of them, each on what the one before has left.
//!
//! **Control**: the same store in the same rig on a disk that ignores every sync ([`Syncs`]) loses
//! acknowledged commits, and the rig counts them. The two differ in the replay of the journal
//! alone.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, bail, ensure};

use stagewright_tests::chance::Chance;
use stagewright_tests::disk::{Cut, Syncs};
use stagewright_tests::place;
use stagewright_tests::preload::Rack;
use stagewright_tests::scratch::Scratch;

/// What the cuts are chosen by. Change it to try others.
const SEED: u64 = 7;

/// Writer and pair of rows → its version.
type Ledger = BTreeMap<(u64, u64), u64>;

fn read(line: &str, word: &str) -> anyhow::Result<Option<((u64, u64), u64)>> {
    let Some(rest) = line.strip_prefix(word) else { return Ok(None) };
    let numbers = rest.split_whitespace().map(str::parse).collect::<Result<Vec<u64>, _>>()?;
    let [writer, pair, version] = numbers.as_slice() else { bail!("`{line}` makes no sense") };
    Ok(Some(((*writer, *pair), *version)))
}

/// Lets the ledger write until so many commits are acknowledged, cuts, and adds to `kept` what was
/// acknowledged.
fn write_and_cut(
    rack: &Rack,
    folder: &Path,
    (lines, cut): (u64, Cut),
    kept: &mut Ledger,
) -> anyhow::Result<u64> {
    let mut command = Command::new(place::own("ledger")?);
    command.arg(folder).arg("write").stdout(Stdio::piped());
    rack.power_on(&mut command)?;
    let mut child = command.spawn()?;
    let output = BufReader::new(child.stdout.take().context("no output")?);

    let mut acknowledged = 0;
    for line in output.lines() {
        if let Some((pair, version)) = read(&line?, "kept")? {
            let before = kept.insert(pair, version);
            ensure!(
                before.is_none_or(|before| before < version),
                "{pair:?} went back from {before:?} to {version}"
            );
            acknowledged += 1;
            if acknowledged == lines {
                // The lines that are still in the pipe are read on: those commits were acknowledged
                // too.
                child.kill()?;
            }
        }
    }

    child.wait()?;
    ensure!(acknowledged >= lines, "the ledger ended by itself after {acknowledged} commits");

    rack.cut(cut)?;
    Ok(acknowledged)
}

/// What is lost of what was acknowledged; `kept` becomes what there is.
fn check(folder: &Path, kept: &mut Ledger) -> anyhow::Result<u64> {
    let output = Command::new(place::own("ledger")?).arg(folder).arg("check").output()?;
    let text = String::from_utf8(output.stdout)?;
    ensure!(
        output.status.success(),
        "the store is not sound: {}",
        String::from_utf8_lossy(&output.stderr)
    );

    let mut lost = 0;
    for line in text.lines() {
        if let Some((pair, version)) = read(line, "found")? {
            let before = kept.insert(pair, version).unwrap_or(0);
            lost += u64::from(version < before);
        }
    }
    Ok(lost)
}

/// So many cuts; how many commits were acknowledged, and how many of them were lost.
fn cuts(name: &str, count: u64, syncs: Syncs) -> anyhow::Result<(u64, u64)> {
    let scratch = Scratch::new(name)?;
    let folder = scratch.path().join("rows");
    fs::create_dir(&folder)?;
    let rack = Rack::around(&folder)?.with_syncs(syncs);
    let (mut kept, mut chance) = (Ledger::new(), Chance::of(SEED));
    let (mut acknowledged, mut lost) = (0, 0);

    for number in 0..count {
        let cut = if number % 4 == 0 { Cut::Nothing } else { Cut::Some(chance.number()) };
        let lines = 1 + chance.below(3_000);
        acknowledged += write_and_cut(&rack, &folder, (lines, cut), &mut kept)?;
        lost += check(&folder, &mut kept)
            .with_context(|| format!("cut {number}, {cut:?}, after {lines} commits"))?;
    }
    Ok((acknowledged, lost))
}

#[test]
fn no_acknowledged_commit_is_lost_in_any_cut() {
    let (acknowledged, lost) = cuts("ledger", 20, Syncs::Kept).unwrap();

    println!("seed {SEED}: 20 cuts, {acknowledged} acknowledged commits, {lost} lost");
    assert_eq!(lost, 0);
}

#[test]
fn a_disk_that_ignores_syncs_loses_commits_at_the_first_cut() {
    let (acknowledged, lost) = cuts("ledger-ignored", 1, Syncs::Ignored).unwrap();

    println!("seed {SEED}: no sync counts, {acknowledged} acknowledged commits, {lost} lost");
    assert!(lost > 0, "what no sync has kept is missed by nobody");
}
