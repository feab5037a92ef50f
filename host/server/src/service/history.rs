//! The tenant's history: the ranges of all types merged, newest first, filtered and counted.

use std::collections::{BTreeMap, VecDeque};

use stagewright_core::drive::Failure;
use stagewright_core::id::TenantId;
use stagewright_core::key::Key;
use stagewright_core::model::history::{EntryType, HistoryEntry, HistoryPlace};
use stagewright_core::model::record::RecordRef;
use stagewright_core::refusal::Refusal;
use stagewright_core::row;
use stagewright_core::time::Timestamp;

use super::Service;
use super::queries::{Listed, Order, Page, SCAN_MAX};

/// Rows of one type that are read at a time.
const CHUNK_ROWS: usize = 200;
/// Entries of a period that one request counts, at most.
const COUNT_MAX: usize = 100_000;

/// What is looked for; everything that is given has to hold.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct HistoryFilter {
    /// The type.
    pub entry_type: Option<EntryType>,
    /// Who wrote it, a user's id.
    pub author: Option<String>,
    /// Who was responsible then, a user's id.
    pub responsible: Option<String>,
    /// The kind of record it is about.
    pub kind: Option<String>,
    /// Not before this moment.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub to: Option<Timestamp>,
}

/// What is counted apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum By {
    /// Each author.
    Author,
    /// Each employee who was responsible.
    Responsible,
    /// Each type.
    Type,
}

/// How many entries there are.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Counted {
    /// All of them.
    pub total: usize,
    /// By what was asked for, most first; nothing where an entry has none.
    pub groups: Vec<(Option<String>, usize)>,
}

impl HistoryFilter {
    fn holds(&self, entry: &HistoryEntry) -> bool {
        let is =
            |wanted: &Option<String>, found: &Option<String>| wanted.is_none() || wanted == found;

        is(&self.author, &entry.author)
            && is(&self.responsible, &entry.responsible)
            && self.kind.as_ref().is_none_or(|kind| *kind == entry.item.kind)
    }
}

impl Service {
    /// A page of the tenant's history, newest first.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn history(
        &self,
        tenant: TenantId,
        filter: &HistoryFilter,
        page: &Page,
    ) -> Result<Listed<HistoryEntry>, Failure> {
        let mut merged = Merged::new(tenant, filter, page.after.as_deref());
        let mut rows = Vec::new();
        let (mut seen, mut next, mut more) = (0, None, false);

        while let Some((key, place, entry, version)) = merged.next(self).await? {
            // Asked before the entry is taken: one entry more than the page holds tells that there
            // is another page.
            if rows.len() == page.limit || seen == SCAN_MAX {
                more = true;
                break;
            }
            seen += 1;
            if filter.holds(&entry) {
                rows.push((key, entry, version));
            }
            // Also behind an entry that did not fit, so that the next page does not look at it
            // again.
            next = Some(place);
        }

        // What was read is answered only once it is durable.
        self.store.settled().await?;
        Ok(Listed { rows, next: next.filter(|_| more) })
    }

    /// A page of one record's history, newest first. A deleted record's history stays.
    ///
    /// # Errors
    /// `not-found`.
    pub async fn record_history(
        &self,
        tenant: TenantId,
        record: &RecordRef,
        page: &Page,
    ) -> Result<Listed<HistoryEntry>, Failure> {
        self.require_kept(tenant, record).await?;

        let prefix = HistoryEntry::of_record(tenant, record);
        let leads_to = |place: &HistoryPlace| place.key(tenant);
        self.list_indexed(&prefix, page, Order::NewestFirst, leads_to).await
    }

    /// Counts the tenant's history.
    ///
    /// # Errors
    /// `history.too-many` where the period has more than 100,000 entries.
    pub async fn count_history(
        &self,
        tenant: TenantId,
        filter: &HistoryFilter,
        by: Option<By>,
    ) -> Result<Counted, Failure> {
        let mut merged = Merged::new(tenant, filter, None);
        let mut groups: BTreeMap<Option<String>, usize> = BTreeMap::new();
        let (mut seen, mut total) = (0, 0);

        while let Some((_, _, entry, _)) = merged.next(self).await? {
            seen += 1;
            if seen > COUNT_MAX {
                let message = format!(
                    "this period has more than {COUNT_MAX} entries; count shorter periods with \
                     from and to"
                );
                return Err(Failure::Refused(Refusal::invalid(
                    "history.too-many",
                    "from",
                    message,
                )));
            }

            if !filter.holds(&entry) {
                continue;
            }

            total += 1;
            let group = match by {
                None => continue,
                Some(By::Author) => entry.author,
                Some(By::Responsible) => entry.responsible,
                Some(By::Type) => Some(entry.kind.name().to_owned()),
            };
            *groups.entry(group).or_default() += 1;
        }

        // What was counted is told only once it is durable.
        self.store.settled().await?;
        let mut groups: Vec<_> = groups.into_iter().collect();
        groups.sort_by(|(a, most), (b, least)| (least, a).cmp(&(most, b)));
        Ok(Counted { total, groups })
    }
}

/// The entries of several types as one list, newest first.
struct Merged {
    from: Option<Timestamp>,
    types: Vec<Entries>,
}

/// The entries of one type that are still to come.
struct Entries {
    prefix: Key,
    after: Option<Key>,
    rows: VecDeque<(Key, HistoryEntry, u64)>,
    more: bool,
}

impl Entries {
    /// The newest entry's place: what stands behind the range's prefix, its time and its id.
    fn place(&self) -> Option<&[u8]> {
        self.rows.front().and_then(|(key, ..)| key.as_bytes().get(self.prefix.as_bytes().len()..))
    }
}

impl Merged {
    /// Begins behind `place`, where a page before ended, else at the end of the period.
    fn new(tenant: TenantId, filter: &HistoryFilter, place: Option<&[u8]>) -> Self {
        let types = EntryType::ALL
            .into_iter()
            .filter(|kind| filter.entry_type.is_none_or(|wanted| wanted == *kind));

        let entries = |kind: EntryType| {
            let prefix = HistoryEntry::range(tenant, kind);
            let end = filter.to.map(|to| HistoryEntry::since(tenant, kind, to));
            let behind = place.map(|place| Key::from_bytes(&[prefix.as_bytes(), place].concat()));
            // The list goes towards smaller keys, so of two places to begin behind the smaller one
            // is right.
            let after = match (end, behind) {
                (Some(end), Some(behind)) => Some(end.min(behind)),
                (end, behind) => end.or(behind),
            };
            Entries { prefix, after, rows: VecDeque::new(), more: true }
        };

        Self { from: filter.from, types: types.map(entries).collect() }
    }

    /// The next entry with its key, its place among all types, and its version.
    async fn next(
        &mut self,
        service: &Service,
    ) -> Result<Option<(Key, Vec<u8>, HistoryEntry, u64)>, Failure> {
        // The types can be compared only where each has its next entry at hand.
        for entries in
            self.types.iter_mut().filter(|entries| entries.rows.is_empty() && entries.more)
        {
            fill(service, entries, self.from).await?;
        }

        // A type without entries has no place, which is less than any place.
        let Some(newest) = self.types.iter_mut().max_by(|a, b| a.place().cmp(&b.place())) else {
            return Ok(None);
        };
        let place = newest.place().unwrap_or_default().to_vec();
        Ok(newest.rows.pop_front().map(|(key, entry, version)| (key, place, entry, version)))
    }
}

/// Reads the next entries of one type, as far as the period goes.
async fn fill(
    service: &Service,
    entries: &mut Entries,
    from: Option<Timestamp>,
) -> Result<(), Failure> {
    let rows = service
        .chunk(&entries.prefix, entries.after.take(), CHUNK_ROWS, Order::NewestFirst)
        .await?;
    entries.more = rows.len() == CHUNK_ROWS;
    entries.after = rows.last().map(|(key, _)| key.clone());

    for (key, bytes) in rows {
        let (entry, version) =
            row::decode::<HistoryEntry>(&bytes).map_err(|e| Failure::Damaged(e.to_string()))?;
        if from.is_some_and(|from| entry.at < from) {
            entries.more = false;
            break;
        }
        entries.rows.push_back((key, entry, version));
    }
    Ok(())
}
