//! `secrets.secret-check`: questions about secrets that stay in the host. A call has only those secrets that the tenant granted;
//! any other name answers no.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq;

use crate::runtime::bindings::secret_check;
use crate::runtime::state::CallState;

impl secret_check::Host for CallState {
    fn hmac_matches(&mut self, name: String, algorithm: String, bytes: Vec<u8>, mac: Vec<u8>) -> wasmtime::Result<bool> {
        self.enter("secrets.secret-check.hmac-matches")?;
        let Some(secret) = self.channel.secrets.0.get(&name) else { return Ok(false) };
        Ok(match algorithm.as_str() {
            "sha256" => holds::<Hmac<Sha256>>(secret, &bytes, &mac),
            "sha512" => holds::<Hmac<Sha512>>(secret, &bytes, &mac),
            _ => false,
        })
    }

    fn equals(&mut self, name: String, candidate: String) -> wasmtime::Result<bool> {
        self.enter("secrets.secret-check.equals")?;
        let Some(secret) = self.channel.secrets.0.get(&name) else { return Ok(false) };
        // Digests are compared, as texts of different lengths would be told apart by time.
        Ok(Sha256::digest(secret).as_slice().ct_eq(Sha256::digest(&candidate).as_slice()).into())
    }
}

/// Whether `mac` belongs to `bytes`, in a time that does not depend on where they differ.
fn holds<M: Mac + KeyInit>(secret: &str, bytes: &[u8], mac: &[u8]) -> bool {
    <M as KeyInit>::new_from_slice(secret.as_bytes()).is_ok_and(|key| key.chain_update(bytes).verify_slice(mac).is_ok())
}
