//! Tells those who wait for a row that a commit wrote it. A hint: they look at the row themselves.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use stagewright_core::key::Key;

/// Who waits for which row. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Activity {
    waiting: Arc<Mutex<HashMap<Key, watch::Sender<()>>>>,
}

/// Somebody who waits for a row.
#[derive(Debug)]
pub struct Watch {
    key: Key,
    written: watch::Receiver<()>,
    activity: Activity,
}

impl Activity {
    /// Waits for a row from now on.
    #[must_use]
    pub fn watch(&self, key: Key) -> Watch {
        // Subscribed to under the lock: in between, the last watch of the same row could take the
        // sender away.
        let written = self.lock().entry(key.clone()).or_default().subscribe();
        Watch { key, written, activity: self.clone() }
    }

    /// Tells that these rows were written.
    pub fn wrote<'a>(&self, keys: impl Iterator<Item = &'a Key>) {
        let waiting = self.lock();
        if waiting.is_empty() {
            return;
        }

        for written in keys.filter_map(|key| waiting.get(key)) {
            written.send_replace(());
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, watch::Sender<()>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watch {
    /// Resolves when the row has been written since the last call, or since the watch began.
    pub async fn written(&mut self) {
        // The sender is only removed with its last watch, so it is there.
        let _sender_is_there = self.written.changed().await;
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // Counted under the lock, this watch included: nobody begins to watch between the count and
        // the removal.
        let mut waiting = self.activity.lock();
        if waiting.get(&self.key).is_some_and(|sender| sender.receiver_count() <= 1) {
            waiting.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use stagewright_core::id::TenantId;
    use stagewright_core::key::Table;

    use super::*;

    fn key(name: &str) -> Key {
        Key::new(TenantId([1; 16]), Table::Record, &[name])
    }

    #[tokio::test]
    async fn whoever_waits_for_a_row_hears_of_it_and_of_no_other() {
        let activity = Activity::default();
        let (mut a, mut b) = (activity.watch(key("a")), activity.watch(key("b")));

        activity.wrote([key("a")].iter());
        a.written().await;
        assert!(!b.written.has_changed().unwrap());

        activity.wrote([key("b"), key("c")].iter());
        b.written().await;
        assert!(!a.written.has_changed().unwrap());
    }

    #[test]
    fn nothing_is_kept_of_those_who_have_gone() {
        let activity = Activity::default();
        let (first, second) = (activity.watch(key("a")), activity.watch(key("a")));

        drop(first);
        assert_eq!(activity.lock().len(), 1);

        drop(second);
        assert!(activity.lock().is_empty());
    }
}
