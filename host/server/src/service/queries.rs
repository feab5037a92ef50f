//! Reading rows for answers: one row, several, or a page of a range.

use stagewright_core::drive::Failure;
use stagewright_core::id::TenantId;
use stagewright_core::key::Key;
use stagewright_core::model::record::{Record, RecordRef};
use stagewright_core::read::{Found, Range, Read};
use stagewright_core::refusal::Refusal;
use stagewright_core::row::{self, Bytes, Row};
use stagewright_core::tx::Halt;

use super::Service;

/// Rows read at a time, at least and at most.
const CHUNK_ROWS: (usize, usize) = (50, 200);
/// Rows that one request looks at, at most. A page that finds little among so many ends early, with
/// a cursor to go on from.
pub(super) const SCAN_MAX: usize = 2_000;

/// A page that was asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page {
    /// At most this many rows.
    pub limit: usize,
    /// Where the page before ended: the part of that row's key behind the list's prefix.
    pub after: Option<Vec<u8>>,
}

/// A page that was found.
#[derive(Clone, PartialEq, Debug)]
pub struct Listed<T> {
    /// The rows with their keys and versions.
    pub rows: Vec<(Key, T, u64)>,
    /// Where the next page begins, if there may be one.
    pub next: Option<Vec<u8>>,
}

/// In which order a range is listed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    /// By key.
    Forward,
    /// By key from the end: newest first where ids sort by time.
    NewestFirst,
}

impl Service {
    /// A row and its version, if it is there.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn find<T: Row + Send>(&self, key: &Key) -> Result<Option<(T, u64)>, Failure> {
        self.query(|tx| tx.peek::<T>(key)).await
    }

    /// A row and its version.
    ///
    /// # Errors
    /// `not-found`.
    pub async fn fetch<T: Row + Send>(&self, key: &Key) -> Result<(T, u64), Failure> {
        self.find(key).await?.ok_or_else(|| Failure::Refused(Refusal::not_found(T::NAME)))
    }

    /// Those of several rows that are there, in order.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn fetch_all<T: Row + Send>(&self, keys: &[Key]) -> Result<Vec<(T, u64)>, Failure> {
        let found = self.query(|tx| {
            // Together: asked for one by one, more than sixteen rows would exceed the rounds of a
            // decision (ADR 0001).
            tx.want(keys)?;
            keys.iter().map(|key| tx.peek::<T>(key)).collect::<Result<Vec<_>, _>>()
        });
        Ok(found.await?.into_iter().flatten().collect())
    }

    /// A record that is not deleted, and its version.
    ///
    /// # Errors
    /// `not-found`.
    pub async fn record(
        &self,
        tenant: TenantId,
        record: &RecordRef,
    ) -> Result<(Record, u64), Failure> {
        let found = self
            .find::<Record>(&record.key(tenant))
            .await?
            .filter(|(found, _)| found.deleted_at.is_none());
        found.ok_or_else(|| Failure::Refused(Refusal::not_found("record")))
    }

    /// A page of the rows behind `prefix` that `keep` keeps.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn list<T: Row + Send>(
        &self,
        prefix: &Key,
        page: &Page,
        order: Order,
        keep: impl Fn(&T) -> bool + Send,
    ) -> Result<Listed<T>, Failure> {
        let mut kept: Vec<(Key, T, u64)> = Vec::new();
        let mut after = page
            .after
            .as_ref()
            .map(|suffix| Key::from_bytes(&[prefix.as_bytes(), suffix].concat()));
        // As a rule the page, and the row that tells of another page, come in one read.
        let chunk = (page.limit + 1).clamp(CHUNK_ROWS.0, CHUNK_ROWS.1);
        let (mut seen, mut more) = (0, true);

        // One row more than the page holds tells whether there is another page.
        while more && kept.len() <= page.limit && seen < SCAN_MAX {
            let rows = self.chunk(prefix, after.take(), chunk, order).await?;
            more = rows.len() == chunk;
            seen += rows.len();
            after = rows.last().map(|(key, _)| key.clone());

            for (key, bytes) in rows {
                let (row, version) =
                    row::decode::<T>(&bytes).map_err(|e| Failure::Damaged(e.to_string()))?;
                if keep(&row) {
                    kept.push((key, row, version));
                }
            }
        }

        // What was read is answered only once it is durable.
        self.store.settled().await?;

        let last = if kept.len() > page.limit {
            kept.truncate(page.limit);
            kept.last().map(|(key, ..)| key.clone())
        } else {
            // Where too little fitted, the next page begins behind the last row that was looked at.
            after.filter(|_| more)
        };

        let next =
            last.and_then(|key| key.as_bytes().get(prefix.as_bytes().len()..).map(<[u8]>::to_vec));
        Ok(Listed { rows: kept, next })
    }

    /// A page of the rows that the index behind `prefix` leads to; one that is gone meanwhile is
    /// left out.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn list_indexed<I: Row + Send, T: Row + Send>(
        &self,
        prefix: &Key,
        page: &Page,
        order: Order,
        leads_to: impl Fn(&I) -> Key + Send,
    ) -> Result<Listed<T>, Failure> {
        let found = self.list::<I>(prefix, page, order, |_| true).await?;
        let keys: Vec<Key> = found.rows.iter().map(|(_, entry, _)| leads_to(entry)).collect();

        let rows = self.query(|tx| {
            tx.want(&keys)?;
            keys.iter()
                .map(|key| Ok(tx.peek::<T>(key)?.map(|(row, version)| (key.clone(), row, version))))
                .collect::<Result<Vec<_>, Halt>>()
        });

        Ok(Listed { rows: rows.await?.into_iter().flatten().collect(), next: found.next })
    }

    pub(super) async fn chunk(
        &self,
        prefix: &Key,
        after: Option<Key>,
        limit: usize,
        order: Order,
    ) -> Result<Vec<(Key, Bytes)>, Failure> {
        let range = Range {
            prefix: prefix.clone(),
            after,
            limit,
            newest_first: order == Order::NewestFirst,
        };

        // Straight from the store and not as a decision: looking through 2,000 rows takes more
        // reads than the rounds of a decision (ADR 0001).
        match self.store.read(&[Read::Range(range)]).await?.pop() {
            Some(Found::Range { rows, .. }) => Ok(rows),
            _ => Err(Failure::Damaged("the store answered a range with something else".to_owned())),
        }
    }
}
