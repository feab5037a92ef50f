//! Inversions of mappings: of each part that is named here, and of no other.

use super::Invert;
use crate::scenario::grammar::{
    ActivityIs, ConversationIs, Conversations, DecisionIs, DeliveryIs, HistoryHas, Message,
    NotificationIs, RecordIs, Records, Refused, RobotIs, RunIs, Runs, TaskIs, TimelineHas, WhyIs,
};

macro_rules! inverts {
    ($($type:ty { $($part:ident),* })*) => {$(
        impl Invert for $type {
            fn inversions(&self) -> Vec<(String, Self)> {
                let mut found = Vec::new();
                $(
                    for (part, inverted) in self.$part.inversions() {
                        let mut changed = self.clone();
                        changed.$part = inverted;
                        found.push((format!(".{}{part}", stringify!($part)), changed));
                    }
                )*
                found
            }
        }
    )*};
}

inverts! {
    Message { to, text, template, at }
    RobotIs { state, reason, code, note, due, ended, log, results, tries }
    RunIs { stage, robots }
    Runs { count }
    Records { count }
    ConversationIs { status, accepted_by, line, item }
    Conversations { count }
    WhyIs { verdict, sentence, at }
    Refused { code, field, detail, status }
}

impl Invert for RecordIs {
    /// A record that is there has its fields; one that is not has none.
    fn inversions(&self) -> Vec<(String, Self)> {
        let fields = self.fields.inversions().into_iter();
        let fields = fields
            .map(|(part, fields)| (format!(".fields{part}"), Self { fields, ..self.clone() }));
        fields
            .chain([(".deleted".to_owned(), Self { deleted: !self.deleted, ..self.clone() })])
            .collect()
    }
}

/// One among many: none instead of at least one, one more instead of so many. What there is none of
/// has no parts to invert.
macro_rules! inverts_one_of_many {
    ($($type:ty { $($part:ident),* })*) => {$(
        impl Invert for $type {
            fn inversions(&self) -> Vec<(String, Self)> {
                let count = self.count.map_or(0, |count| count.saturating_add(1));
                let counted = Self { count: Some(count), ..self.clone() };
                let mut found = vec![(".count".to_owned(), counted)];

                if self.count != Some(0) {
                    $(
                        for (part, inverted) in self.$part.inversions() {
                            let changed = Self { $part: inverted, ..self.clone() };
                            found.push((format!(".{}{part}", stringify!($part)), changed));
                        }
                    )*
                }

                found
            }
        }
    )*};
}

inverts_one_of_many! {
    DecisionIs { event, automation, trigger, outcome, reason }
    TimelineHas { kind, text, author, at }
    DeliveryIs { to, state, reason, code, tries, due }
    TaskIs { fields, deadline }
    ActivityIs { fields, due, completed }
    HistoryHas { kind, text, author, responsible, automation, robot, stage, at }
    NotificationIs { to, text, author, at }
}
