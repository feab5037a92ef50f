//! A map that forgets its oldest entries rather than grow without end.

use std::collections::{BTreeMap, VecDeque};

/// At most so many entries. An entry that is written again stays as old as it was.
#[derive(Debug)]
pub(super) struct Kept<K, V> {
    entries: BTreeMap<K, V>,
    order: VecDeque<K>,
    most: usize,
}

impl<K: Ord + Clone, V> Kept<K, V> {
    pub(super) fn new(most: usize) -> Self {
        Self { entries: BTreeMap::new(), order: VecDeque::new(), most }
    }

    pub(super) fn get(&self, key: &K) -> Option<&V> {
        self.entries.get(key)
    }

    pub(super) fn insert(&mut self, key: K, value: V) {
        self.make_room_for(&key);
        self.entries.insert(key, value);
    }

    /// The entry of a key, made where it is not there.
    pub(super) fn entry(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        self.make_room_for(&key);
        self.entries.entry(key).or_default()
    }

    /// The entries, oldest first.
    pub(super) fn values(&self) -> impl Iterator<Item = &V> {
        self.order.iter().filter_map(|key| self.entries.get(key))
    }

    fn make_room_for(&mut self, key: &K) {
        if self.entries.contains_key(key) {
            return;
        }

        if self.order.len() >= self.most
            && let Some(oldest) = self.order.pop_front()
        {
            self.entries.remove(&oldest);
        }
        self.order.push_back(key.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_entry_makes_room_for_the_newest() {
        let mut kept = Kept::new(2);
        for (key, value) in [("a", 1), ("b", 2), ("a", 3), ("c", 4)] {
            kept.insert(key, value);
        }

        assert_eq!(kept.values().collect::<Vec<_>>(), [&2, &4]);
        assert_eq!((kept.get(&"a"), kept.get(&"c")), (None, Some(&4)));
    }

    #[test]
    fn an_entry_is_made_once() {
        let mut kept: Kept<&str, u32> = Kept::new(2);
        *kept.entry("a") += 1;
        *kept.entry("a") += 1;

        assert_eq!(kept.get(&"a"), Some(&2));
    }
}
