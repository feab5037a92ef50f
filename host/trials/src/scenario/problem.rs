//! What is wrong with a file, and where.

use std::fmt;
use std::path::{Path, PathBuf};

use super::grammar::Spot;

/// Something wrong with a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// The file.
    pub path: PathBuf,
    /// The place, where there is one.
    pub spot: Option<Spot>,
    /// What is wrong and what to do.
    pub message: String,
}

impl Problem {
    /// A problem with a file as a whole.
    #[must_use]
    pub fn whole(path: &Path, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), spot: None, message: message.into() }
    }

    /// A problem at a place.
    #[must_use]
    pub fn at(path: &Path, spot: Spot, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), spot: Some(spot), message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if let Some(spot) = self.spot {
            write!(f, ":{}:{}", spot.line, spot.column)?;
        }
        write!(f, ": {}", self.message)
    }
}
