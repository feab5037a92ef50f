//! The master key and what is derived from it.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::durable::{sync_name, write_new_private};
use crate::runtime::CacheKey;
use crate::secrets::Vault;

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

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or written.
    #[error(
        "the master key {path} cannot be used: {reason}; without it the secrets in the data folder cannot be opened, so put its copy \
         back (key.unusable)"
    )]
    File {
        /// Its path.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// No random numbers.
    #[error(
        "this machine gives no random numbers to make a key from; start it where /dev/urandom or getrandom works (key.no-randomness)"
    )]
    NoRandomness,
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

    /// Reads the key file; where `may_create` and there is none, makes one that only this user can read.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn read(path: &Path, may_create: bool) -> Result<Self, KeyError> {
        let wrong = |reason: String| KeyError::File { path: path.to_owned(), reason };
        if !path.exists() && may_create {
            let keys = Self::random()?;
            write_new_private(path, &format!("{}\n", hex::encode(keys.master))).map_err(|e| wrong(e.to_string()))?;
            return Ok(keys);
        }
        let text = fs::read_to_string(path).map_err(|e| wrong(e.to_string()))?;
        // The start that made it may have ended before its name was durable, and nothing may be sealed under a key that can be lost.
        sync_name(path).map_err(|e| wrong(e.to_string()))?;
        let mut master = [0; 32];
        hex::decode_to_slice(text.trim(), &mut master).map_err(|_source| wrong("it is not 64 hexadecimal digits".into()))?;
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
        Sha256::new().chain_update(b"stagewright key: ").chain_update(purpose).chain_update(self.master).finalize().into()
    }
}
