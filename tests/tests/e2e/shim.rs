//! The preload shim sees everything and believes only in what was synced.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::ensure;

use stagewright_tests::disk::{Cut, Disk, Syncs};
use stagewright_tests::place;
use stagewright_tests::record::{JOURNAL, Record, WATCHED, decode};
use stagewright_tests::scratch::Scratch;

type Image = BTreeMap<String, Option<Vec<u8>>>;

/// Lets the victim work under the shim; gives the folder and the journal.
fn work(scratch: &Scratch, ending: &str) -> anyhow::Result<(PathBuf, Vec<u8>)> {
    let (folder, journal) = (scratch.path().join("folder"), scratch.path().join("journal"));
    fs::create_dir(&folder)?;

    let mut victim = Command::new(place::own("victim")?);
    victim
        .arg(&folder)
        .arg(ending)
        .env("LD_PRELOAD", place::shim()?)
        .env(WATCHED, &folder)
        .env(JOURNAL, &journal);
    let status = victim.status()?;
    ensure!(status.success() == ending.is_empty(), "the victim ended with {status}");

    let journal = fs::read(journal)?;
    Ok((folder, journal))
}

/// What lies in a folder.
fn content(folder: &Path) -> anyhow::Result<Image> {
    Ok(Disk::holding(folder)?.after(Cut::Everything))
}

/// What a cut leaves of a folder that was empty when the journal began.
fn left(folder: &Path, journal: &[u8], cut: Cut) -> anyhow::Result<Image> {
    left_with(Syncs::Kept, folder, journal, cut)
}

fn left_with(syncs: Syncs, folder: &Path, journal: &[u8], cut: Cut) -> anyhow::Result<Image> {
    let empty = Scratch::new("shim-empty")?;
    let mut disk = Disk::holding(empty.path())?.moved_to(folder).with_syncs(syncs);
    disk.replay(journal)?;
    Ok(disk.after(cut))
}

#[test]
fn the_journal_replayed_is_the_folder_itself() {
    for ending in ["", "killed"] {
        let scratch = Scratch::new(&format!("shim-all-{ending}")).unwrap();
        let (folder, journal) = work(&scratch, ending).unwrap();

        assert_eq!(left(&folder, &journal, Cut::Everything).unwrap(), content(&folder).unwrap());
    }
}

#[test]
fn only_what_was_synced_survives_a_cut() {
    let scratch = Scratch::new("shim-cut").unwrap();
    let (folder, journal) = work(&scratch, "").unwrap();

    let file = |text: &[u8]| Some(text.to_vec());
    let expected = [
        ("below", None),
        ("below/log", file(b"01abcdef89\0\0\0\0\0")),
        ("finished", file(b"whole")),
        ("twin", file(b"whole")),
    ];
    let expected: Image =
        expected.into_iter().map(|(path, content)| (path.to_owned(), content)).collect();

    assert_eq!(left(&folder, &journal, Cut::Nothing).unwrap(), expected);

    for seed in 0..100 {
        let image = left(&folder, &journal, Cut::Some(seed)).unwrap();
        assert!(image["below/log"].as_ref().unwrap().starts_with(b"01abcdef89"), "{image:?}");
    }
}

#[test]
fn a_disk_that_ignores_syncs_has_everything_and_keeps_nothing() {
    let scratch = Scratch::new("shim-ignored").unwrap();
    let (folder, journal) = work(&scratch, "").unwrap();
    let left = |cut| left_with(Syncs::Ignored, &folder, &journal, cut).unwrap();

    assert_eq!(left(Cut::Everything), content(&folder).unwrap());
    assert_eq!(left(Cut::Nothing), Image::new());
}

#[test]
fn a_record_that_a_kill_cut_short_is_left_out() {
    let scratch = Scratch::new("shim-short").unwrap();
    let (_, journal) = work(&scratch, "killed").unwrap();
    let count =
        |bytes: &[u8]| decode(bytes).collect::<Result<Vec<Record<'_>>, String>>().unwrap().len();

    assert_eq!(count(&journal[..journal.len() - 1]), count(&journal) - 1);
}
