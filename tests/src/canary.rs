//! Looks for secrets in everything that can be seen of a host: plain, and in every spelling that a
//! log, a row or an answer may give them.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// A value that must be seen nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Canary {
    /// What it is called in messages.
    pub name: String,
    /// The value itself.
    pub value: String,
    /// The one file that may hold it.
    pub home: Option<PathBuf>,
}

impl std::fmt::Debug for Canary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Canary({})", self.name)
    }
}

impl Canary {
    /// A value that no file may hold.
    #[must_use]
    pub fn new(name: &str, value: &str) -> Self {
        Self { name: name.to_owned(), value: value.to_owned(), home: None }
    }

    /// The content of a file, which no other file may hold.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn kept_in(file: &Path) -> std::io::Result<Self> {
        let value = fs::read_to_string(file)?.trim().to_owned();
        Ok(Self { name: file.display().to_string(), value, home: Some(file.to_owned()) })
    }

    /// The value as it may be written: plain, in JSON, in an address, in hexadecimal digits, and
    /// within longer base64.
    #[must_use]
    pub fn spellings(&self) -> Vec<(&'static str, String)> {
        let value = &self.value;
        let mut spellings = vec![
            ("plain", value.clone()),
            ("JSON", value.replace('/', "\\/")),
            (
                "address",
                by_byte(
                    value,
                    |byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte),
                    false,
                ),
            ),
            (
                "address",
                by_byte(
                    value,
                    |byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte),
                    true,
                ),
            ),
            ("hexadecimal", hex::encode(value)),
            ("hexadecimal", hex::encode_upper(value)),
        ];

        for before in 0..3_usize {
            for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
                let text =
                    engine.encode([" ".repeat(before).as_bytes(), value.as_bytes()].concat());
                // Characters that hold bits of what stands before or after tell nothing.
                let first = [0, 2, 3].get(before).copied().unwrap_or(0);
                let last = (before + value.len()) * 8 / 6;
                spellings.push(("base64", text.get(first..last).unwrap_or_default().to_owned()));
            }
        }

        spellings.dedup();
        spellings
    }

    /// How it is spelled in some bytes, if it is there.
    #[must_use]
    pub fn found_in(&self, bytes: &[u8]) -> Option<&'static str> {
        // One character a byte, so that texts can be searched whatever else is among them.
        let text: String = bytes.iter().copied().map(char::from).collect();
        self.spellings()
            .into_iter()
            .find(|(_, spelling)| text.contains(spelling))
            .map(|(name, _)| name)
    }

    /// The files below a folder that hold it, its own left out, and how it is spelled there.
    ///
    /// # Errors
    /// Where a file cannot be read.
    pub fn files_with(&self, folder: &Path) -> std::io::Result<Vec<(PathBuf, &'static str)>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                found.extend(self.files_with(&path)?);
            } else if self.home.as_ref() != Some(&path) {
                found.extend(self.found_in(&fs::read(&path)?).map(|spelling| (path, spelling)));
            }
        }
        Ok(found)
    }
}

/// Each byte as it is where it is `plain`, else as a percent sign and two digits.
fn by_byte(value: &str, plain: impl Fn(u8) -> bool, lower: bool) -> String {
    value.bytes().fold(String::new(), |text, byte| match byte {
        byte if plain(byte) => text + &char::from(byte).to_string(),
        byte if lower => text + &format!("%{byte:02x}"),
        byte => text + &format!("%{byte:02X}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::STANDARD;

    #[test]
    fn every_spelling_is_found_wherever_it_stands() {
        let canary = Canary::new("canary", "EAA/can+ary=7");

        for (name, text) in [
            ("plain", "Bearer EAA/can+ary=7!".to_owned()),
            ("JSON", "{\"a\":\"EAA\\/can+ary=7\"}".to_owned()),
            ("address", "?t=EAA%2Fcan%2Bary%3D7&".to_owned()),
            ("address", "?t=EAA%2fcan%2bary%3d7&".to_owned()),
            ("hexadecimal", hex::encode("xEAA/can+ary=7")),
            ("base64", STANDARD.encode("EAA/can+ary=7")),
            ("base64", STANDARD.encode("u:EAA/can+ary=7, and more")),
            ("base64", URL_SAFE_NO_PAD.encode("EAA/can+ary=7, and more")),
            ("base64", STANDARD.encode("1EAA/can+ary=7, and more")),
        ] {
            assert_eq!(
                canary.found_in(&[b"\xFF\x00", text.as_bytes(), b"\xFE"].concat()),
                Some(name),
                "{text}"
            );
        }

        assert_eq!(canary.found_in(b"EAA/can-ary=7"), None);
    }
}
