//! Random numbers that a seed decides.

/// A stream of random numbers.
///
/// **Source**: `SplitMix64` (Steele, Lea, Flood 2014): one addition and three multiplications,
/// enough for choosing what to break.
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// The stream of this seed.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, or 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.number().checked_rem(end).unwrap_or(0)
    }

    /// An index into something with `len` entries.
    pub fn index(&mut self, len: usize) -> usize {
        usize::try_from(self.below(len as u64)).unwrap_or(0)
    }

    /// Yes in so many of 100 cases.
    pub fn percent(&mut self, yes: u64) -> bool {
        self.below(100) < yes
    }

    /// A stream of its own, so that how much one part uses does not change another.
    #[must_use]
    pub fn fork(&mut self) -> Self {
        Self(self.number())
    }
}
