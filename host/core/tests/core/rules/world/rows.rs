//! What is kept, as tests put it there and look at it.

use stagewright_core::key::{Key, Queue, Table};
use stagewright_core::model::due::Due;
use stagewright_core::model::event::{Decisions, Outcome};
use stagewright_core::model::job::Job;
use stagewright_core::model::record::{Record, RecordRef};
use stagewright_core::model::run::Run;
use stagewright_core::model::timeline::Entry;
use stagewright_core::row::{self, Row};

use super::{TENANT, World};

impl World {
    pub(crate) fn put<T: Row>(&mut self, key: Key, row: &T) {
        self.rows.insert(key, row::encode(row, 1).unwrap());
    }

    pub(crate) fn get<T: Row>(&self, key: &Key) -> Option<T> {
        self.rows.get(key).map(|bytes| row::decode::<T>(bytes).unwrap().0)
    }

    pub(crate) fn record(&self, target: &RecordRef) -> Record {
        self.get(&target.key(TENANT)).unwrap()
    }

    pub(crate) fn job(&self, id: &str) -> Job {
        self.get(&Job::key(TENANT, id)).unwrap()
    }

    /// The due rows of a queue, in order.
    pub(crate) fn due(&self, queue: Queue) -> Vec<(Key, Due)> {
        let prefix = Key::due_queue(queue);

        self.rows
            .iter()
            .filter(|(key, _)| key.starts_with(&prefix))
            .map(|(k, v)| (k.clone(), row::decode::<Due>(v).unwrap().0))
            .collect()
    }

    /// An item's runs, oldest first.
    pub(crate) fn runs(&self) -> Vec<Run> {
        let prefix = Key::new(TENANT, Table::Run, &[]);

        self.rows
            .iter()
            .filter(|(key, _)| key.starts_with(&prefix))
            .map(|(_, v)| row::decode::<Run>(v).unwrap().0)
            .collect()
    }

    /// An item's timeline, oldest first.
    pub(crate) fn timeline(&self, item: &RecordRef) -> Vec<Entry> {
        let prefix = Entry::range(TENANT, item);

        self.rows
            .iter()
            .filter(|(key, _)| key.starts_with(&prefix))
            .map(|(_, v)| row::decode::<Entry>(v).unwrap().0)
            .collect()
    }

    /// The outcomes of every candidate for an item, event by event.
    pub(crate) fn outcomes(&self, item: &RecordRef) -> Vec<Outcome> {
        let prefix = Decisions::range(TENANT, item);

        let decisions = self.rows.iter().filter(|(key, _)| key.starts_with(&prefix));
        decisions
            .flat_map(|(_, v)| row::decode::<Decisions>(v).unwrap().0.candidates)
            .map(|found| found.outcome)
            .collect()
    }
}
