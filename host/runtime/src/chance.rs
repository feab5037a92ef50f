//! Randomness that every attempt of a step sees alike.

use sha2::{Digest, Sha256};

/// A SHA-256 counter stream.
///
/// **Shape**: number k is the first 8 bytes, little endian, of
/// `SHA-256(SHA-256(label · seed) · k as 8 bytes little endian)`.
#[derive(Debug)]
pub(super) struct Chance {
    seed: [u8; 32],
    drawn: u64,
}

impl Chance {
    pub(super) fn new(seed: &str) -> Self {
        let seed =
            Sha256::new().chain_update(b"stagewright random-u64 1\0").chain_update(seed).finalize();
        Self { seed: seed.into(), drawn: 0 }
    }

    /// The next number.
    pub(super) fn next_u64(&mut self) -> u64 {
        let block: [u8; 32] = Sha256::new()
            .chain_update(self.seed)
            .chain_update(self.drawn.to_le_bytes())
            .finalize()
            .into();
        self.drawn = self.drawn.wrapping_add(1);
        block.first_chunk().map_or(0, |first| u64::from_le_bytes(*first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_sees_the_same_sequence_in_every_attempt() {
        let draw = |seed| {
            let mut chance = Chance::new(seed);
            [chance.next_u64(), chance.next_u64(), chance.next_u64()]
        };

        assert_eq!(draw("step-1"), draw("step-1"));
        assert_ne!(draw("step-1"), draw("step-2"));
        assert_ne!(draw("step-1")[0], draw("step-1")[1]);
    }
}
