//! The format of a row's value.
//!
//! **Shape**: `schema (2, big endian) · version (8, big endian) · CRC-32 (4) · body`, the body
//! being self-describing MessagePack with named fields. The checksum covers schema, version and
//! body. A guard row has an empty body: its version is all it says.

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A row's value as stored.
pub type Bytes = Arc<[u8]>;

/// A type that is kept as rows.
///
/// `SCHEMA` is written into every row and grows when the type changes in a way that serde's
/// defaults do not bridge; `tests/run` opens a dump of every earlier format.
pub trait Row: Serialize + DeserializeOwned {
    /// Number of this shape of the row, from 1.
    const SCHEMA: u16 = 1;
    /// The row's name in error messages.
    const NAME: &'static str;
}

/// Bytes before the body.
const HEADER: usize = 14;

/// A row that cannot be read back.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum RowError {
    /// Fewer bytes than a header.
    #[error("a {0} row is cut short")]
    Short(&'static str),
    /// The checksum does not match.
    #[error("a {0} row fails its checksum")]
    Checksum(&'static str),
    /// Written by a newer version.
    #[error("a {name} row has schema {found}, this version reads up to {known}")]
    Schema {
        /// The row's name.
        name: &'static str,
        /// The schema in the row.
        found: u16,
        /// The newest that this build knows.
        known: u16,
    },
    /// The body does not fit the type.
    #[error("a {name} row does not decode: {reason}")]
    Body {
        /// The row's name.
        name: &'static str,
        /// What the decoder said.
        reason: String,
    },
    /// The value does not encode.
    #[error("a {name} row does not encode: {reason}")]
    Encode {
        /// The row's name.
        name: &'static str,
        /// What the encoder said.
        reason: String,
    },
}

/// Encodes `row` as version `version`.
///
/// # Errors
/// [`RowError::Encode`], which means a type that MessagePack cannot carry and therefore a bug.
pub fn encode<T: Row>(row: &T, version: u64) -> Result<Bytes, RowError> {
    let body = rmp_serde::to_vec_named(row)
        .map_err(|e| RowError::Encode { name: T::NAME, reason: e.to_string() })?;

    Ok(seal(T::SCHEMA, version, &body))
}

/// Decodes a row and its version.
///
/// # Errors
/// Any [`RowError`] but [`RowError::Encode`].
pub fn decode<T: Row>(bytes: &[u8]) -> Result<(T, u64), RowError> {
    let (schema, version, body) = open(bytes, T::NAME)?;

    // The checksum was right, so a high number is a newer version and not a flipped bit.
    if schema > T::SCHEMA {
        return Err(RowError::Schema { name: T::NAME, found: schema, known: T::SCHEMA });
    }

    let row = rmp_serde::from_slice(body)
        .map_err(|e| RowError::Body { name: T::NAME, reason: e.to_string() })?;
    Ok((row, version))
}

/// The value of a guard row.
#[must_use]
pub fn guard(version: u64) -> Bytes {
    seal(0, version, &[])
}

/// Checks a row's frame without knowing its type and gives its version.
///
/// # Errors
/// [`RowError::Short`] or [`RowError::Checksum`].
pub fn version(bytes: &[u8]) -> Result<u64, RowError> {
    open(bytes, "stored").map(|(_, version, _)| version)
}

/// A row's frame around `body`.
fn seal(schema: u16, version: u64, body: &[u8]) -> Bytes {
    let mut bytes = Vec::with_capacity(HEADER + body.len());
    bytes.extend_from_slice(&schema.to_be_bytes());
    bytes.extend_from_slice(&version.to_be_bytes());
    bytes.extend_from_slice(&checksum(schema, version, body).to_be_bytes());
    bytes.extend_from_slice(body);
    bytes.into()
}

/// Schema, version and body of a row whose checksum holds.
fn open<'a>(bytes: &'a [u8], name: &'static str) -> Result<(u16, u64, &'a [u8]), RowError> {
    let (schema, rest) = bytes.split_first_chunk::<2>().ok_or(RowError::Short(name))?;
    let (version, rest) = rest.split_first_chunk::<8>().ok_or(RowError::Short(name))?;
    let (sum, body) = rest.split_first_chunk::<4>().ok_or(RowError::Short(name))?;
    let (schema, version) = (u16::from_be_bytes(*schema), u64::from_be_bytes(*version));

    if u32::from_be_bytes(*sum) != checksum(schema, version, body) {
        return Err(RowError::Checksum(name));
    }

    Ok((schema, version, body))
}

fn checksum(schema: u16, version: u64, body: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&schema.to_be_bytes());
    hasher.update(&version.to_be_bytes());
    hasher.update(body);
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Serialize, serde::Deserialize, PartialEq, Debug)]
    struct Sample {
        name: String,
        extra: serde_json::Value,
    }

    impl Row for Sample {
        const NAME: &'static str = "sample";
    }

    fn sample() -> Sample {
        Sample { name: "a".into(), extra: serde_json::json!({"n": 1, "list": [true, null, "x"]}) }
    }

    #[test]
    fn a_row_comes_back_as_it_was_with_its_version() {
        let bytes = encode(&sample(), 7).unwrap();

        assert_eq!(decode::<Sample>(&bytes).unwrap(), (sample(), 7));
        assert_eq!(version(&bytes), Ok(7));
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let bytes = encode(&sample(), 7).unwrap();

        for place in 0..bytes.len() * 8 {
            let mut damaged = bytes.to_vec();
            damaged[place / 8] ^= 1 << (place % 8);
            assert!(decode::<Sample>(&damaged).is_err(), "bit {place}");
        }
    }

    #[test]
    fn a_row_from_a_newer_schema_is_refused_by_name() {
        let bytes = seal(9, 1, &[]);

        assert_eq!(
            decode::<Sample>(&bytes),
            Err(RowError::Schema { name: "sample", found: 9, known: 1 })
        );
    }
}
