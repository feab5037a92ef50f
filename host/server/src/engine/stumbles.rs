//! Work that came to nothing through no fault of its own: it is left alone for a while, longer each
//! time.

use std::collections::BTreeMap;

use stagewright_core::key::Key;
use stagewright_core::time::Timestamp;

/// How long work is left alone after it stumbled for the first time; twice as long each further
/// time.
const FIRST_MS: i64 = 1_000;
/// How long it is left alone at most. For as long after that its earlier stumbles are remembered.
const LONGEST_MS: i64 = 300_000;

#[derive(Debug)]
struct Stumble {
    times: u32,
    until: Timestamp,
    waits: bool,
}

/// What stumbled, by due row.
#[derive(Debug, Default)]
pub(super) struct Stumbles(BTreeMap<Key, Stumble>);

impl Stumbles {
    /// Notes that the work of a due row stumbled. Gives how long it is left alone, in milliseconds.
    pub(super) fn note(&mut self, key: Key, now: Timestamp) -> i64 {
        let stumble = self.0.entry(key).or_insert(Stumble { times: 0, until: now, waits: true });
        let wait = FIRST_MS.saturating_mul(2_i64.saturating_pow(stumble.times)).min(LONGEST_MS);

        *stumble = Stumble {
            times: stumble.times.saturating_add(1),
            until: now.plus_ms(wait),
            waits: true,
        };

        wait
    }

    /// Forgets a due row whose work was done.
    pub(super) fn forget(&mut self, key: &Key) {
        self.0.remove(key);
    }

    /// Whether a due row is left alone now.
    pub(super) fn hold(&self, key: &Key) -> bool {
        self.0.get(key).is_some_and(|stumble| stumble.waits)
    }

    /// The due rows whose time has come.
    pub(super) fn over(&mut self, now: Timestamp) -> Vec<Key> {
        let mut over = Vec::new();
        for (key, stumble) in
            self.0.iter_mut().filter(|(_, stumble)| stumble.waits && stumble.until <= now)
        {
            // It stays listed with its count: should it stumble again, it is left alone for longer.
            stumble.waits = false;
            over.push(key.clone());
        }

        // A row that went another way, with its record for instance, is never tried again and would
        // stay for ever.
        self.0.retain(|_, stumble| stumble.waits || stumble.until.plus_ms(LONGEST_MS) > now);

        over
    }

    /// When the next due row may be tried again.
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.0.values().filter(|stumble| stumble.waits).map(|stumble| stumble.until).min()
    }
}

#[cfg(test)]
mod tests {
    use stagewright_core::id::TenantId;
    use stagewright_core::key::Table;

    use super::*;

    #[test]
    fn work_that_stumbles_again_is_left_alone_for_longer() {
        let key = Key::new(TenantId([1; 16]), Table::Record, &["a"]);
        let (mut stumbles, mut now) = (Stumbles::default(), Timestamp(0));

        for wait in
            [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 256_000, 300_000, 300_000]
        {
            assert_eq!(stumbles.note(key.clone(), now), wait);
            assert_eq!((stumbles.hold(&key), stumbles.next()), (true, Some(now.plus_ms(wait))));
            assert_eq!(stumbles.over(now.plus_ms(wait - 1)), vec![]);

            now = now.plus_ms(wait);
            assert_eq!(stumbles.over(now), vec![key.clone()]);
            assert_eq!((stumbles.hold(&key), stumbles.next()), (false, None));
        }

        stumbles.forget(&key);
        assert_eq!(stumbles.note(key, now), 1_000);
    }

    #[test]
    fn a_row_that_never_comes_again_is_forgotten() {
        let key = Key::new(TenantId([1; 16]), Table::Record, &["a"]);
        let mut stumbles = Stumbles::default();

        stumbles.note(key, Timestamp(0));
        stumbles.over(Timestamp(1_000));
        stumbles.over(Timestamp(1_000 + LONGEST_MS));

        assert!(stumbles.0.is_empty());
    }
}
