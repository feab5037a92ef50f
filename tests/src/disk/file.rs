//! A file's content: what is durable, and the changes that are not.

use std::collections::{HashMap, VecDeque};
use std::ops::Range;

use super::Cut;
use crate::chance::Chance;

/// One change.
#[derive(Debug, Clone, Copy)]
enum Change<'a> {
    Write { offset: u64, bytes: &'a [u8] },
    Len(u64),
}

/// A file.
#[derive(Debug, Clone, Default)]
pub(super) struct File<'a> {
    durable: Vec<u8>,
    pending: VecDeque<Change<'a>>,
    /// Changes that are durable by now.
    synced: usize,
}

impl<'a> File<'a> {
    /// A file with this content, all of it durable.
    pub(super) fn durable(bytes: Vec<u8>) -> Self {
        Self { durable: bytes, ..Self::default() }
    }

    pub(super) fn write(&mut self, offset: u64, bytes: &'a [u8]) {
        self.pending.push_back(Change::Write { offset, bytes });
    }

    pub(super) fn set_len(&mut self, len: u64) {
        self.pending.push_back(Change::Len(len));
    }

    /// How many changes there have been.
    pub(super) fn changes(&self) -> usize {
        self.synced + self.pending.len()
    }

    /// The first `covers` changes are durable.
    pub(super) fn sync(&mut self, covers: usize) {
        let count = covers.saturating_sub(self.synced).min(self.pending.len());
        for change in self.pending.drain(..count) {
            whole(&mut self.durable, change);
        }
        self.synced += count;
    }

    /// The content that a cut leaves.
    pub(super) fn after(&self, cut: Cut, chance: &mut Chance) -> Vec<u8> {
        let mut content = self.durable.clone();
        match cut {
            Cut::Nothing => {}
            Cut::Some(_) => self.torn(&mut content, chance),
            Cut::Everything => self.pending.iter().for_each(|change| whole(&mut content, *change)),
        }
        content
    }

    /// Keeps some sectors of the pending writes. A sector is written as a whole, in the state that
    /// it had after any one of the writes to it.
    fn torn(&self, content: &mut Vec<u8>, chance: &mut Chance) {
        let sector = if chance.percent(50) { 512 } else { 4096 };
        // From almost nothing kept to almost everything: each end of the scale breaks different
        // things.
        let kept_percent = [2, 30, 70, 98].get(chance.index(4)).copied().unwrap_or(50);
        let lengths_kept = chance.index(
            self.pending.iter().filter(|change| matches!(change, Change::Len(_))).count() + 1,
        );
        let states_kept = self.states_kept(sector, kept_percent, chance);

        let (mut lengths, mut states): (usize, HashMap<u64, usize>) = (0, HashMap::new());
        for change in &self.pending {
            match *change {
                Change::Len(_) if lengths < lengths_kept => {
                    lengths += 1;
                    whole(content, *change);
                }
                Change::Len(_) => {}
                Change::Write { offset, bytes } => {
                    for (number, part) in sectors(offset, bytes.len(), sector) {
                        let state = states.entry(number).or_default();
                        *state += 1;
                        if *state <= states_kept.get(&number).copied().unwrap_or(0) {
                            let at = offset + part.start as u64;
                            whole(
                                content,
                                Change::Write {
                                    offset: at,
                                    bytes: bytes.get(part).unwrap_or_default(),
                                },
                            );
                        }
                    }
                }
            }
        }

        // A file system may have written down the new length and none of the bytes.
        if lengths_kept == lengths && chance.percent(50) {
            let end = self.pending.iter().filter_map(|change| change.end()).max().unwrap_or(0);
            let end = usize::try_from(end).unwrap_or(usize::MAX);
            content.resize(content.len().max(end), 0);
        }
    }

    /// For each sector how many of the writes to it are kept, the oldest first.
    fn states_kept(
        &self,
        sector: u64,
        kept_percent: u64,
        chance: &mut Chance,
    ) -> HashMap<u64, usize> {
        let mut touched: Vec<u64> = Vec::new();
        for change in &self.pending {
            if let Change::Write { offset, bytes } = change {
                touched.extend(sectors(*offset, bytes.len(), sector).map(|(number, _)| number));
            }
        }
        touched.sort_unstable();

        let states = |run: &[u64], chance: &mut Chance| {
            if chance.percent(kept_percent) { run.len() } else { chance.index(run.len()) }
        };

        touched
            .chunk_by(|a, b| a == b)
            .filter_map(|run| Some((*run.first()?, states(run, chance))))
            .collect()
    }
}

impl Change<'_> {
    fn end(&self) -> Option<u64> {
        match self {
            Self::Write { offset, bytes } => Some(offset + bytes.len() as u64),
            Self::Len(_) => None,
        }
    }
}

/// Makes one whole change.
fn whole(content: &mut Vec<u8>, change: Change<'_>) {
    let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
    match change {
        Change::Len(len) => content.resize(place(len), 0),
        Change::Write { offset, bytes } => {
            let range = place(offset)..place(offset) + bytes.len();
            if content.len() < range.end {
                content.resize(range.end, 0);
            }
            if let Some(target) = content.get_mut(range) {
                target.copy_from_slice(bytes);
            }
        }
    }
}

/// The sectors that `len` bytes from `offset` touch, each with its part of those bytes.
fn sectors(offset: u64, len: usize, sector: u64) -> impl Iterator<Item = (u64, Range<usize>)> {
    let end = offset + len as u64;
    let first = offset / sector;
    let last = end.div_ceil(sector);

    (first..last).map(move |number| {
        let from = (number * sector).max(offset) - offset;
        let to = ((number + 1) * sector).min(end) - offset;
        let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
        (number, place(from)..place(to))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> File<'static> {
        let mut file = File::durable(b"durable".to_vec());
        file.write(7, b" and synced");
        file.sync(file.changes());
        file
    }

    fn left(file: &File<'_>, seed: u64) -> Vec<u8> {
        file.after(Cut::Some(seed), &mut Chance::of(seed))
    }

    #[test]
    fn what_was_synced_stays_whatever_the_cut() {
        let mut file = file();
        file.write(4096, &[7; 9000]);

        for seed in 0..50 {
            assert!(left(&file, seed).starts_with(b"durable and synced"));
        }

        assert_eq!(file.after(Cut::Nothing, &mut Chance::of(1)), b"durable and synced");
    }

    #[test]
    fn a_sync_covers_only_what_came_before_it() {
        let mut file = file();
        let covers = file.changes();
        file.write(0, b"D");

        file.sync(covers);
        assert_eq!(file.after(Cut::Nothing, &mut Chance::of(1)), b"durable and synced");

        file.sync(file.changes());
        assert_eq!(file.after(Cut::Nothing, &mut Chance::of(1)), b"Durable and synced");
    }

    #[test]
    fn an_unsynced_write_is_kept_in_part_and_out_of_order() {
        let mut file = file();
        file.write(8192, &[7; 8192]);

        let kept: Vec<Vec<u8>> = (0..200).map(|seed| left(&file, seed)).collect();
        let sectors = |content: &Vec<u8>| {
            content.chunks(512).skip(16).map(|part| part == [7; 512]).collect::<Vec<_>>()
        };

        assert!(kept.iter().any(|content| content.len() == 18), "lost");
        assert!(
            kept.iter().any(|content| sectors(content).iter().filter(|kept| **kept).count() == 16),
            "kept"
        );
        assert!(
            kept.iter()
                .any(|content| sectors(content).windows(2).any(|pair| pair == [false, true])),
            "out of order"
        );
    }

    #[test]
    fn a_sector_is_in_the_state_after_one_of_the_writes_to_it() {
        let mut file = File::durable(vec![0; 512]);
        file.write(0, b"aa");
        file.write(1, b"b");

        let states: Vec<Vec<u8>> = (0..200).map(|seed| left(&file, seed)[..2].to_vec()).collect();

        for state in [&[0, 0][..], b"aa", b"ab"] {
            assert!(states.iter().any(|found| found == state), "{state:?}");
        }
        assert!(states.iter().all(|found| found != &[0, b'b']));
    }

    #[test]
    fn a_length_that_was_not_synced_may_be_lost() {
        let mut file = File::durable(vec![1; 600]);
        file.set_len(0);

        let lengths: Vec<usize> = (0..50).map(|seed| left(&file, seed).len()).collect();

        assert!(lengths.contains(&600) && lengths.contains(&0));
    }
}
