//! Decoded rows that are read far more often than they change: plugins' catalogues, published
//! automations, bindings.
//!
//! What is remembered is a function of a row's bytes and nothing else, so a decision stays pure:
//! the same bytes give the same row, whether they were seen before or not.

use std::any::{Any, TypeId};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use crate::row::{self, Bytes, Row, RowError};

/// Bytes of rows that are remembered at most, as they are stored; decoded they are a few times as
/// many.
const BYTES_MAX: usize = 8 << 20;
/// Bytes that tell most rows apart: schema, version and checksum.
const HEADER: usize = 14;

static SEEN: LazyLock<Mutex<Seen>> = LazyLock::new(Mutex::default);

/// A row of any type.
type Decoded = Arc<dyn Any + Send + Sync>;

#[derive(Default)]
struct Seen {
    rows: BTreeMap<(TypeId, [u8; HEADER]), (Bytes, Decoded)>,
    bytes: usize,
}

/// Decodes a row, or remembers what the same bytes gave before.
///
/// # Errors
/// As [`row::decode`].
pub(crate) fn decode<T: Row + Send + Sync + 'static>(
    bytes: &Bytes,
) -> Result<(Arc<T>, u64), RowError> {
    let Some(header) = bytes.first_chunk::<HEADER>() else { return Err(RowError::Short(T::NAME)) };
    let key = (TypeId::of::<T>(), *header);

    // The lock is not held while a row is decoded. Two who decode the same one at once do so twice,
    // and the later takes the place of the earlier.
    let seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner).rows.get(&key).cloned();
    // The header could be the same by chance, and damage behind it would go unnoticed: only the
    // whole row proves that it is the same.
    if let Some((same, found)) = seen.filter(|(same, _)| same == bytes)
        && let Ok(found) = found.downcast::<T>()
    {
        return Ok((found, row::version(&same)?));
    }

    let (found, version) = row::decode::<T>(bytes)?;
    let found = Arc::new(found);
    remember(key, bytes, Arc::clone(&found) as Decoded);
    Ok((found, version))
}

/// Keeps a decoded row. Where there is no room any more, all that was kept is forgotten.
fn remember(key: (TypeId, [u8; HEADER]), bytes: &Bytes, row: Decoded) {
    let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    if seen.bytes + bytes.len() > BYTES_MAX {
        *seen = Seen::default();
    }

    if bytes.len() <= BYTES_MAX {
        seen.bytes += bytes.len();
        let before = seen.rows.insert(key, (Arc::clone(bytes), row));
        seen.bytes -= before.map_or(0, |(bytes, _)| bytes.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tenant::Secret;

    #[derive(serde::Serialize, serde::Deserialize, PartialEq, Debug)]
    struct Sample {
        name: String,
    }

    impl Row for Sample {
        const NAME: &'static str = "sample";
    }

    fn bytes(name: &str, version: u64) -> Bytes {
        row::encode(&Sample { name: name.into() }, version).unwrap()
    }

    #[test]
    fn the_same_bytes_give_the_same_row_and_others_another() {
        let (first, _) = decode::<Sample>(&bytes("a", 1)).unwrap();
        let (again, version) = decode::<Sample>(&bytes("a", 1)).unwrap();

        assert!(Arc::ptr_eq(&first, &again));
        assert_eq!(version, 1);

        assert_eq!(decode::<Sample>(&bytes("b", 1)).unwrap().0.name, "b");
        assert_eq!(decode::<Sample>(&bytes("a", 2)).unwrap().1, 2);
    }

    #[test]
    fn damage_behind_a_header_that_was_seen_is_noticed() {
        let good = bytes("damaged", 1);
        decode::<Sample>(&good).unwrap();

        let mut damaged = good.to_vec();
        *damaged.last_mut().unwrap() ^= 1;
        assert_eq!(decode::<Sample>(&damaged.into()), Err(RowError::Checksum("sample")));
    }

    #[test]
    fn a_row_is_not_taken_for_one_of_another_type() {
        let row = bytes("typed", 1);

        decode::<Sample>(&row).unwrap();
        assert!(decode::<Secret>(&row).is_err());
    }

    #[test]
    fn what_is_remembered_stays_within_its_limit() {
        for place in 0..20 {
            decode::<Sample>(&bytes(&format!("{place}{}", "x".repeat(1 << 20)), 1)).unwrap();
            assert!(SEEN.lock().unwrap().bytes <= BYTES_MAX);
        }
    }
}
