//! The MACs that a provider would send.

use ::hmac::{Hmac, KeyInit, Mac};

/// The HMAC of `bytes` under `secret`; empty for an algorithm other than `sha1`, `sha256` and
/// `sha512`, which matches nothing a provider could send.
pub fn hmac(secret: &str, algorithm: &str, bytes: &[u8]) -> Vec<u8> {
    match algorithm {
        "sha1" => digest::<Hmac<sha1::Sha1>>(secret, bytes),
        "sha256" => digest::<Hmac<sha2::Sha256>>(secret, bytes),
        "sha512" => digest::<Hmac<sha2::Sha512>>(secret, bytes),
        _ => Vec::new(),
    }
}

fn digest<M: Mac + KeyInit>(secret: &str, bytes: &[u8]) -> Vec<u8> {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
    let mut mac = <M as KeyInit>::new_from_slice(secret.as_bytes()).expect("any key");
    mac.update(bytes);
    mac.finalize().into_bytes().to_vec()
}
