//! Sealing of secrets under the master key, which lies outside the data folder.

use std::collections::BTreeSet;

use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};

use stagewright_core::drive::{self, Failure};
use stagewright_core::id::TenantId;
use stagewright_core::model::tenant::Secret;
use stagewright_core::outside::SecretValues;
use stagewright_core::row::Bytes;
use stagewright_core::seams::Store;

/// Bytes of the nonce before the ciphertext.
const NONCE_BYTES: usize = 24;

/// Seals and opens secrets. Never prints its key.
#[derive(Clone)]
pub struct Vault {
    cipher: XChaCha20Poly1305,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault(key hidden)")
    }
}

/// A secret that cannot be sealed or opened.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum VaultError {
    /// The machine gives no random numbers.
    #[error("no randomness to seal a secret with")]
    NoRandomness,
    /// The secret was sealed under another master key, or the row is damaged.
    #[error("the secret `{0}` does not open: is the master key the one it was sealed under?")]
    WrongKey(String),
}

/// Secrets that cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// Their rows cannot be read.
    #[error(transparent)]
    Rows(#[from] Failure),
    /// One does not open.
    #[error(transparent)]
    Sealed(#[from] VaultError),
}

impl Vault {
    /// A vault under `master_key`.
    #[must_use]
    pub fn new(master_key: &[u8; 32]) -> Self {
        Self { cipher: XChaCha20Poly1305::new(&Key::from(*master_key)) }
    }

    /// Seals a value, bound to its tenant and name so that it opens nowhere else.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub fn seal(&self, tenant: TenantId, name: &str, value: &str) -> Result<Bytes, VaultError> {
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(|_source| VaultError::NoRandomness)?;

        let bound = bound_to(tenant, name);
        let payload = chacha20poly1305::aead::Payload { msg: value.as_bytes(), aad: &bound };
        let sealed = self
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_source| VaultError::NoRandomness)?;

        Ok([nonce.as_slice(), &sealed].concat().into())
    }

    /// Opens a sealed value.
    ///
    /// # Errors
    /// [`VaultError::WrongKey`].
    pub fn open(&self, tenant: TenantId, name: &str, sealed: &[u8]) -> Result<String, VaultError> {
        let wrong = || VaultError::WrongKey(name.to_owned());
        let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or_else(wrong)?;

        let bound = bound_to(tenant, name);
        let payload = chacha20poly1305::aead::Payload { msg: ciphertext, aad: &bound };
        let open =
            self.cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_source| wrong())?;
        String::from_utf8(open).map_err(|_source| wrong())
    }

    /// Opens those of a tenant's secrets that exist. One that is missing is simply not there.
    ///
    /// # Errors
    /// [`SecretsError`].
    pub async fn open_all(
        &self,
        store: &dyn Store,
        tenant: TenantId,
        names: &BTreeSet<String>,
    ) -> Result<SecretValues, SecretsError> {
        let keys: Vec<_> = names.iter().map(|name| Secret::key(tenant, name)).collect();
        let sealed = drive::query(store, |tx| {
            tx.want(&keys)?;
            // Peeked at: nothing is committed here, so there is nothing that a row could be a
            // precondition of.
            keys.iter().map(|key| tx.peek::<Secret>(key)).collect::<Result<Vec<_>, _>>()
        });

        let mut values = SecretValues::default();
        for (name, secret) in names.iter().zip(sealed.await?) {
            if let Some((secret, _)) = secret {
                values.0.insert(name.clone(), self.open(tenant, name, &secret.sealed)?);
            }
        }

        Ok(values)
    }
}

fn bound_to(tenant: TenantId, name: &str) -> Vec<u8> {
    [tenant.0.as_slice(), name.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: TenantId = TenantId([3; 16]);

    #[test]
    fn a_sealed_secret_opens_under_its_own_key_and_name_only() {
        let vault = Vault::new(&[7; 32]);
        let sealed = vault.seal(TENANT, "token", "s3cret").unwrap();

        assert!(!sealed.windows(6).any(|bytes| bytes == b"s3cret"));
        assert_eq!(vault.open(TENANT, "token", &sealed).unwrap(), "s3cret");
        assert!(vault.open(TENANT, "other", &sealed).is_err());
        assert!(vault.open(TenantId([4; 16]), "token", &sealed).is_err());
        assert!(Vault::new(&[8; 32]).open(TENANT, "token", &sealed).is_err());
    }
}
