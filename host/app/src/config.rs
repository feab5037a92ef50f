//! The operator's choices: one file, read once. Unknown keys are errors.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// `stagewright.toml`.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where the API listens. Default `127.0.0.1:8080`.
    pub listen: SocketAddr,
    /// The address at which providers reach this host; default `http://` and the listening address.
    pub public_url: Option<String>,
    /// The data folder. Default `data`, beside the file.
    pub data: PathBuf,
    /// The file of the master key, 32 bytes as hexadecimal digits; made on an empty store. It must
    /// lie outside the data folder. Default `master.key`, beside the file.
    pub master_key: PathBuf,
    /// The file that the first token is written to on an empty store. Default `first-token`, beside
    /// the file.
    pub first_token: PathBuf,
    /// Outbound rules.
    pub egress: Egress,
}

/// `[egress]`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Egress {
    /// Hosts that may be at private addresses and may be spoken to without encryption, by name.
    /// Default none.
    pub allow_private: BTreeSet<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: None,
            data: "data".into(),
            master_key: "master.key".into(),
            first_token: "first-token".into(),
            egress: Egress::default(),
        }
    }
}

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error(
        "cannot read {path}: {source}; write one, or leave --config away for the defaults \
         (config.unreadable)"
    )]
    Read {
        /// Its path.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It does not say what it should.
    #[error("{path} is not a valid configuration; correct this (config.invalid): {reason}")]
    Invalid {
        /// Its path.
        path: PathBuf,
        /// Where and why.
        reason: String,
    },
    /// The master key would lie beside what it protects.
    #[error(
        "the master key {0} lies inside the data folder; a copy of the data would carry its own \
         key, so put it elsewhere (config.key-in-data)"
    )]
    KeyInData(PathBuf),
}

impl ConfigError {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Read { .. } => "config.unreadable",
            Self::Invalid { .. } => "config.invalid",
            Self::KeyInData(_) => "config.key-in-data",
        }
    }
}

impl Config {
    /// Reads a configuration file; relative paths count from its folder.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;

        let invalid = |reason: String| ConfigError::Invalid { path: path.to_owned(), reason };
        let config: Self =
            toml::from_str(&text).map_err(|e| invalid(e.to_string().trim_end().to_owned()))?;
        config.based_on(path.parent().unwrap_or(Path::new(".")))
    }

    /// The configuration with its paths relative to `dir`.
    ///
    /// # Errors
    /// [`ConfigError::KeyInData`].
    pub fn based_on(mut self, dir: &Path) -> Result<Self, ConfigError> {
        for path in [&mut self.data, &mut self.master_key, &mut self.first_token] {
            *path = dir.join(&*path);
        }

        if self.master_key.starts_with(&self.data) {
            return Err(ConfigError::KeyInData(self.master_key));
        }
        Ok(self)
    }

    /// The address at which providers reach this host.
    #[must_use]
    pub fn public_url(&self, listening: SocketAddr) -> String {
        self.public_url
            .clone()
            .unwrap_or_else(|| format!("http://{listening}"))
            .trim_end_matches('/')
            .to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_keys_are_errors() {
        assert!(toml::from_str::<Config>("listn = \"127.0.0.1:1\"").is_err());
        assert!(toml::from_str::<Config>("[egress]\nallow = []").is_err());
    }

    #[test]
    fn a_master_key_inside_the_data_folder_is_refused() {
        let config = Config { master_key: "data/key".into(), ..Config::default() };
        assert!(matches!(config.based_on(Path::new("/srv")), Err(ConfigError::KeyInData(_))));
    }
}
