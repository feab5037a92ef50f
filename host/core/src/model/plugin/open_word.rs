//! A word of a list that may grow.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use stagewright_catalogue::Word;

/// A word of the list `W`, or one that this host does not know.
///
/// A catalogue is kept as the plugin gave it. One with a word of another host's is read, shown and
/// written back as it was; what such a word means, nothing here pretends to know.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum OpenWord<W> {
    /// One of the list.
    Known(W),
    /// Any other.
    Other(String),
}

impl<W: Word> OpenWord<W> {
    /// The word, if it is one of the list.
    #[must_use]
    pub fn known(&self) -> Option<W> {
        match self {
            Self::Known(word) => Some(*word),
            Self::Other(_) => None,
        }
    }

    /// Whether it is this word of the list.
    #[must_use]
    pub fn is(&self, word: W) -> bool {
        self.known() == Some(word)
    }

    /// The word as it is stored and sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Known(word) => word.as_str(),
            Self::Other(text) => text,
        }
    }
}

/// No word at all: where a catalogue leaves it out.
impl<W> Default for OpenWord<W> {
    fn default() -> Self {
        Self::Other(String::new())
    }
}

impl<W: Word> From<String> for OpenWord<W> {
    fn from(text: String) -> Self {
        W::of(&text).map_or_else(|| Self::Other(text), Self::Known)
    }
}

impl<W: Word> From<&str> for OpenWord<W> {
    fn from(text: &str) -> Self {
        W::of(text).map_or_else(|| Self::Other(text.to_owned()), Self::Known)
    }
}

impl<W: Word> fmt::Display for OpenWord<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<W: Word> Serialize for OpenWord<W> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de, W: Word> Deserialize<'de> for OpenWord<W> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}
