//! What the behaviours are told in: a store under test, short commits and plain answers.

use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use serde::{Deserialize, Serialize};

use stagewright_core::commit::Commit;
use stagewright_core::id::TenantId;
use stagewright_core::key::{Key, Table};
use stagewright_core::read::{Found, Range, Read};
use stagewright_core::row::{self, Bytes, Row};
use stagewright_core::seams::{Later, Store, StoreError};

/// The tenant whose rows the behaviours write.
pub(crate) const TENANT: TenantId = TenantId([7; 16]);

/// A store under test.
pub(crate) struct Subject {
    /// The store.
    pub(crate) store: Arc<dyn Store>,
    /// Keeps the store from beginning a group while the answer lives; then all that is queued goes
    /// into one.
    pub(crate) hold: Box<dyn Fn() -> Box<dyn Any> + Send + Sync>,
    /// How many groups the store has written, where it writes in groups.
    pub(crate) groups: Box<dyn Fn() -> Option<u64> + Send + Sync>,
}

impl Subject {
    /// A store that commits one by one.
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Self { store, hold: Box::new(|| Box::new(())), groups: Box::new(|| None) }
    }

    /// Commits, which has to succeed.
    pub(crate) async fn apply(&self, draft: Draft) {
        self.store.commit(draft.0).await.unwrap();
    }

    /// Commits.
    pub(crate) async fn commit(&self, draft: Draft) -> Result<(), StoreError> {
        self.store.commit(draft.0).await
    }

    /// Commits all of them as one group, in this order.
    pub(crate) async fn commit_in_one_group(
        &self,
        drafts: Vec<Draft>,
    ) -> Vec<Result<(), StoreError>> {
        let before = (self.groups)();
        let held = (self.hold)();
        let queued: Vec<Begun<'_>> =
            drafts.into_iter().map(|draft| begin(self.store.commit(draft.0))).collect();
        drop(held);

        let mut answers = Vec::new();
        for commit in queued {
            answers.push(match commit {
                Begun::Answered(answer) => answer,
                Begun::Waiting(later) => later.await,
            });
        }

        assert_eq!((self.groups)(), before.map(|count| count + 1), "they were one group");
        answers
    }

    /// The row under `key`, as bytes.
    pub(crate) async fn bytes(&self, key: &Key) -> Option<Bytes> {
        match self.store.read(&[Read::Row(key.clone())]).await.unwrap().remove(0) {
            Found::Row(value) => value,
            Found::Range { .. } => panic!("a row was asked for"),
        }
    }

    /// The text and version of the row under `key`.
    pub(crate) async fn text(&self, key: &Key) -> Option<(String, u64)> {
        self.bytes(key)
            .await
            .map(|bytes| row::decode::<Note>(&bytes).unwrap())
            .map(|(note, version)| (note.text, version))
    }

    /// The rows of a range and its guard.
    pub(crate) async fn range(&self, range: Range) -> (Vec<(Key, Bytes)>, u64) {
        match self.store.read(&[Read::Range(range)]).await.unwrap().remove(0) {
            Found::Range { rows, guard } => (rows, guard),
            Found::Row(_) => panic!("a range was asked for"),
        }
    }

    /// The keys of a range.
    pub(crate) async fn keys(&self, range: Range) -> Vec<Key> {
        self.range(range).await.0.into_iter().map(|(key, _)| key).collect()
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subject").field("store", &self.store).finish_non_exhaustive()
    }
}

/// A future that has been polled once, so that what it asks for is under way.
pub(crate) enum Begun<'a> {
    /// It is done.
    Answered(Result<(), StoreError>),
    /// It waits.
    Waiting(Later<'a, Result<(), StoreError>>),
}

/// Polls a future once.
pub(crate) fn begin(mut later: Later<'_, Result<(), StoreError>>) -> Begun<'_> {
    match later.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => Begun::Answered(answer),
        Poll::Pending => Begun::Waiting(later),
    }
}

/// A commit in few words.
#[derive(Default, Clone, Debug)]
pub(crate) struct Draft(pub(crate) Commit);

/// An empty commit.
pub(crate) fn draft() -> Draft {
    Draft::default()
}

impl Draft {
    /// Expects `version` of a row or guard; 0 is absence.
    pub(crate) fn expects(mut self, key: &Key, version: u64) -> Self {
        self.0.expects.insert(key.clone(), version);
        self
    }

    /// Puts a row.
    pub(crate) fn puts(mut self, key: &Key, version: u64, text: &str) -> Self {
        self.0.writes.insert(key.clone(), Some(note(version, text)));
        self
    }

    /// Deletes a row.
    pub(crate) fn deletes(mut self, key: &Key) -> Self {
        self.0.writes.insert(key.clone(), None);
        self
    }

    /// Bumps the guard of a range.
    pub(crate) fn bumps(mut self, prefix: &Key, steps: u64) -> Self {
        self.0.bumps.insert(Key::guard_of(prefix), steps);
        self
    }
}

/// A row of text.
#[derive(Serialize, Deserialize, Debug)]
pub(crate) struct Note {
    /// The text.
    pub(crate) text: String,
}

impl Row for Note {
    const NAME: &'static str = "note";
}

/// A row of text, encoded.
pub(crate) fn note(version: u64, text: &str) -> Bytes {
    row::encode(&Note { text: text.to_owned() }, version).unwrap()
}

/// A record's key.
pub(crate) fn record(name: &str) -> Key {
    Key::new(TENANT, Table::Record, &[name])
}

/// The prefix of an index.
pub(crate) fn index() -> Key {
    Key::new(TENANT, Table::Index, &["by-phone"])
}

/// A row of that index.
pub(crate) fn indexed(name: &str) -> Key {
    Key::new(TENANT, Table::Index, &["by-phone", name])
}

/// The answer to a commit that came too late for `key`.
pub(crate) fn conflict(key: &Key) -> Result<(), StoreError> {
    Err(StoreError::Conflict(key.clone()))
}
