//! `secrets.secret-check`: questions about secrets that stay in the host. A call has only those
//! secrets that the tenant granted; any other name answers no.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq;

use crate::bindings::secret_check;
use crate::state::CallState;

impl secret_check::Host for CallState {
    fn hmac_matches(
        &mut self,
        name: String,
        algorithm: String,
        bytes: Vec<u8>,
        mac: Vec<u8>,
    ) -> wasmtime::Result<bool> {
        self.enter("secrets.secret-check.hmac-matches")?;
        let Some(secret) = self.channel.secrets.0.get(&name) else { return Ok(false) };

        Ok(match algorithm.as_str() {
            // Broken for signatures, sound in an HMAC, and still what some providers sign with.
            "sha1" => holds::<Hmac<Sha1>>(secret, &bytes, &mac),
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
    <M as KeyInit>::new_from_slice(secret.as_bytes())
        .is_ok_and(|key| key.chain_update(bytes).verify_slice(mac).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The second test case of RFC 2202 and RFC 4231.
    #[test]
    fn macs_are_those_of_the_standards() {
        let (key, text) = ("Jefe", b"what do ya want for nothing?");
        let mac = |hex: &str| hex::decode(hex).unwrap();

        let sha1 = mac("effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
        let sha256 = mac("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        let sha512 = mac("164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554\
             9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");

        assert!(holds::<Hmac<Sha1>>(key, text, &sha1));
        assert!(holds::<Hmac<Sha256>>(key, text, &sha256));
        assert!(holds::<Hmac<Sha512>>(key, text, &sha512));

        for other in [&sha1[..19], &sha256, &[0; 20]] {
            assert!(!holds::<Hmac<Sha1>>(key, text, other));
        }

        assert!(!holds::<Hmac<Sha1>>("jefe", text, &sha1));
    }
}
