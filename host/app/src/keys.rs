//! The master key and what is derived from it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use stagewright_runtime::CacheKey;
use stagewright_server::durable::{sync_name, write_new_private};
use stagewright_server::secrets::Vault;

/// Keys of one installation. Never printed.
#[derive(Clone)]
pub struct Keys {
    master: [u8; 32],
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(hidden)")
    }
}

/// Why the keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// There is data, but no key for it.
    #[error(
        "the master key {0} is not there, and the secrets in the data folder are sealed under it; \
         put your copy of it back"
    )]
    Missing(PathBuf),
    /// The file cannot be read or made.
    #[error(
        "the master key {path} cannot be read or made; it has to be a file that this user, and \
         nobody else, may read: {source}"
    )]
    File {
        /// Its path.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file holds something else.
    #[error("the master key {0} is not 64 hexadecimal digits; put your copy of it back")]
    Invalid(PathBuf),
    /// It is the key of other data.
    #[error(
        "the data folder was made with another master key; put that one back, or set `data` or \
         `master_key` to what belongs together"
    )]
    Wrong,
    /// No random numbers.
    #[error("this machine gives no random numbers to make a key from; start again once it does")]
    NoRandomness,
}

impl KeyError {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing(_) => "key.missing",
            Self::File { .. } => "key.unusable",
            Self::Invalid(_) => "key.invalid",
            Self::Wrong => "key.wrong",
            Self::NoRandomness => "key.no-randomness",
        }
    }
}

impl Keys {
    /// Keys for tests and trials, made anew.
    ///
    /// # Errors
    /// [`KeyError::NoRandomness`].
    pub fn random() -> Result<Self, KeyError> {
        let mut master = [0; 32];
        getrandom::fill(&mut master).map_err(|_source| KeyError::NoRandomness)?;
        Ok(Self { master })
    }

    /// Reads the key file; where `may_create` and there is none, makes one that only this user can
    /// read.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn read(path: &Path, may_create: bool) -> Result<Self, KeyError> {
        let unreadable = |source| KeyError::File { path: path.to_owned(), source };

        if !path.exists() {
            if !may_create {
                return Err(KeyError::Missing(path.to_owned()));
            }
            let keys = Self::random()?;
            write_new_private(path, &format!("{}\n", hex::encode(keys.master)))
                .map_err(unreadable)?;
            return Ok(keys);
        }

        let text = fs::read(path).map_err(unreadable)?;
        // The start that made it may have ended before its name was durable, and nothing may be
        // sealed under a key that can be lost.
        sync_name(path).map_err(unreadable)?;

        let mut master = [0; 32];
        hex::decode_to_slice(text.trim_ascii(), &mut master)
            .map_err(|_source| KeyError::Invalid(path.to_owned()))?;
        Ok(Self { master })
    }

    /// Who seals secrets.
    #[must_use]
    pub fn vault(&self) -> Vault {
        Vault::new(&self.derive("secrets"))
    }

    /// What authenticates compiled code.
    #[must_use]
    pub fn cache(&self) -> CacheKey {
        CacheKey(self.derive("compiled code"))
    }

    fn derive(&self, purpose: &str) -> [u8; 32] {
        Sha256::new()
            .chain_update(b"stagewright key: ")
            .chain_update(purpose)
            .chain_update(self.master)
            .finalize()
            .into()
    }
}
