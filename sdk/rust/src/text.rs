//! Texts that people read in the catalogue.

use serde_json::{Value, json};

/// One text in the languages of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    /// English; what is shown where the reader's language is missing.
    pub en: &'static str,
    /// Russian.
    pub ru: &'static str,
    /// Ukrainian.
    pub uk: &'static str,
}

impl Text {
    /// A text in English, Russian and Ukrainian.
    pub const fn new(en: &'static str, ru: &'static str, uk: &'static str) -> Self {
        Self { en, ru, uk }
    }

    pub(crate) fn to_json(self) -> Value {
        json!({ "en": self.en, "ru": self.ru, "uk": self.uk })
    }
}
