//! The kinds of settings and results.

use crate::word::words;

words! {
    /// What a setting of a robot, trigger or channel holds.
    pub enum SettingKind {
        /// Text as it was written.
        Text = "text",
        /// Text that the host renders before each call.
        Template = "template",
        /// A whole number.
        Integer = "integer",
        /// Yes or no.
        Boolean = "boolean",
        /// One of the words that the catalogue lists.
        Choice = "choice",
        /// A role, or `user:<id>`.
        Who = "who",
        /// An employee.
        User = "user",
        /// A line.
        Line = "line",
        /// A channel.
        Channel = "channel",
        /// A pipeline.
        Pipeline = "pipeline",
        /// A stage.
        Stage = "stage",
        /// A field of the item.
        Field = "field",
        /// A field of the item that holds a moment.
        DateField = "date-field",
        /// A work group.
        Group = "group",
        /// A calendar.
        Calendar = "calendar",
        /// A webhook.
        Webhook = "webhook",
        /// A length of time, such as `30m`.
        Duration = "duration",
        /// Any JSON.
        Json = "json",
    }
}

words! {
    /// What a result of a robot holds.
    pub enum ResultKind {
        /// Text for people.
        Text = "text",
        /// A whole number.
        Integer = "integer",
        /// A decimal number, as text.
        Decimal = "decimal",
        /// Yes or no.
        Boolean = "boolean",
        /// A moment, RFC 3339, or empty.
        Moment = "moment",
        /// An employee.
        User = "user",
        /// Any JSON.
        Json = "json",
        /// A phone number. This kind and those below are understood where a catalogue has them; the
        /// SDK offers none of them.
        Phone = "phone",
        /// A number.
        Number = "number",
        /// A record.
        Record = "record",
        /// An id.
        Id = "id",
    }
}

impl ResultKind {
    /// The kinds that a plugin may give its results, as `wit/README.md` lists them.
    pub const OFFERED: [Self; 7] = [
        Self::Text,
        Self::Integer,
        Self::Decimal,
        Self::Boolean,
        Self::Moment,
        Self::User,
        Self::Json,
    ];
}

#[cfg(test)]
mod tests {
    use super::{ResultKind, SettingKind};
    use crate::Word;

    fn spellings<W: Word>(words: &[W]) -> Vec<&'static str> {
        words.iter().map(|word| word.as_str()).collect()
    }

    #[test]
    fn the_spellings_are_those_of_stored_catalogues() {
        let settings = [
            "text",
            "template",
            "integer",
            "boolean",
            "choice",
            "who",
            "user",
            "line",
            "channel",
            "pipeline",
            "stage",
            "field",
            "date-field",
            "group",
            "calendar",
            "webhook",
            "duration",
            "json",
        ];
        let offered = ["text", "integer", "decimal", "boolean", "moment", "user", "json"];

        assert_eq!(spellings(SettingKind::ALL), settings);
        assert_eq!(spellings(&ResultKind::OFFERED), offered);
        assert_eq!(spellings(&ResultKind::ALL[7..]), ["phone", "number", "record", "id"]);
    }

    #[test]
    fn a_word_is_found_by_its_spelling_alone() {
        assert_eq!(SettingKind::of("date-field"), Some(SettingKind::DateField));
        for other in ["", "Text", "date_field", "colour"] {
            assert_eq!(SettingKind::of(other), None, "{other}");
        }
    }
}
