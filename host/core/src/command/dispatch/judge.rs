//! Judging the conditions of all the triggers that listen to one event.

use std::collections::BTreeSet;

use chrono_tz::Tz;
use serde_json::{Map, Value};

use crate::command::{facts, tenant};
use crate::condition::{self, Condition, Judged};
use crate::context::OpContext;
use crate::model::event::Event;
use crate::model::record::Record;
use crate::time;
use crate::tx::{Halt, Tx};
use crate::vocabulary::{Results, Vocabulary};

/// What conditions are judged by.
pub(super) struct Judge {
    facts: Value,
    known: Vocabulary,
    zone: Tz,
}

impl Judge {
    /// Reads what the conditions look at, for all of them at once: a stage may have more triggers
    /// than a decision has rounds.
    pub(super) fn look(
        tx: &mut Tx<'_>,
        ctx: &OpContext,
        event: &Event,
        item: &Record,
        conditions: &[&Condition],
    ) -> Result<Self, Halt> {
        let mut looked_at = BTreeSet::new();
        for condition in conditions {
            condition.each_reference(&mut |path| {
                looked_at.insert(path);
            });
        }

        // Where no trigger has a condition, the dispatch is spared these rounds.
        let (mut facts, mut known, mut zone) = (Map::new(), Vocabulary::default(), Tz::UTC);
        if !looked_at.is_empty() {
            let asks = |word: &str| looked_at.iter().any(|path| path.contains(word));
            facts = facts::of_item(tx, ctx, item, &asks)?;
            facts.extend(facts::of_event(event));
            known = facts::vocabulary_for(tx, ctx, &item.key.kind, Results::new(), &looked_at)?;
            zone = time::zone(&tenant(tx, ctx)?.time_zone)?;
        }

        Ok(Self { facts: Value::Object(facts), known, zone })
    }

    /// A condition as it stands now.
    pub(super) fn judge(&self, condition: &Condition) -> Judged {
        condition::judge(condition, &self.facts, &self.known, self.zone)
    }
}
