//! Ids. Every id a command makes is derived from the command's own id, so that deciding twice gives
//! the same ids and a repeated request cannot make a second thing.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::time::Timestamp;

/// A tenant, the 16 bytes that every one of its rows' keys starts with.
///
/// **Shape**: 32 hexadecimal digits as text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TenantId(pub [u8; 16]);

impl TenantId {
    /// The platform's own space, which belongs to no tenant.
    pub const PLATFORM: Self = Self([0; 16]);
}

impl fmt::Display for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<TenantId> for String {
    fn from(id: TenantId) -> Self {
        id.to_string()
    }
}

impl TryFrom<String> for TenantId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let mut bytes = [0; 16];
        hex::decode_to_slice(&text, &mut bytes)
            .map_err(|_source| format!("`{text}` is not a tenant id"))?;
        Ok(Self(bytes))
    }
}

/// The identity of one command. Chosen at random at the edge, or derived where the work itself has
/// an identity (an event's dispatch, a step's attempt), so that doing it again after a crash makes
/// the same ids.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommandId(pub [u8; 16]);

impl CommandId {
    /// A command id for work that already has a name.
    #[must_use]
    pub fn derived(parts: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            // The length stands before each part: `ab, c` and `a, bc` must not make the same id.
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part.as_bytes());
        }

        let mut bytes = [0; 16];
        bytes.iter_mut().zip(hash.finalize()).for_each(|(to, from)| *to = from);
        Self(bytes)
    }

    /// The `ordinal`-th id of kind `what` that this command makes at `now`: 26 characters that sort
    /// by time (a ULID).
    #[must_use]
    pub fn make_id(&self, now: Timestamp, what: &str, ordinal: usize) -> String {
        let seed = Self::derived(&[&hex::encode(self.0), what, &ordinal.to_string()]);
        // The time stands in front, so that an index by id, such as that of an item's runs, is in
        // order of time.
        let time = u128::try_from(now.0.max(0)).unwrap_or(0) << 80;
        let chance = u128::from_be_bytes(seed.0) & ((1 << 80) - 1);

        crockford(time | chance)
    }
}

impl fmt::Debug for CommandId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// 128 bits as 26 characters of Crockford's base 32, which sort as the number does.
fn crockford(mut number: u128) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let mut text = [b'0'; 26];

    for place in text.iter_mut().rev() {
        let digit = usize::try_from(number & 31).unwrap_or(0);
        *place = ALPHABET.get(digit).copied().unwrap_or(b'0');
        number >>= 5;
    }

    text.iter().map(|b| char::from(*b)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_command_makes_the_same_ids() {
        let command = CommandId::derived(&["move", "deal-1"]);
        assert_eq!(
            command.make_id(Timestamp(5), "event", 0),
            command.make_id(Timestamp(5), "event", 0)
        );

        assert_ne!(
            command.make_id(Timestamp(5), "event", 0),
            command.make_id(Timestamp(5), "event", 1)
        );
    }

    #[test]
    fn ids_sort_by_time() {
        let command = CommandId::derived(&["x"]);

        assert!(
            command.make_id(Timestamp(1_000), "a", 0) < command.make_id(Timestamp(1_001), "a", 0)
        );
    }

    #[test]
    fn parts_cannot_run_into_each_other() {
        assert_ne!(CommandId::derived(&["ab", "c"]), CommandId::derived(&["a", "bc"]));
    }
}
