//! What a guest may allocate: all of its memories together, and all of its tables together.

use wasmtime::{Error, ResourceLimiter, Result};

use stagewright_core::call::CallLimits;

/// A sum with a limit.
#[derive(Debug)]
pub(super) struct Tally {
    pub(super) max: u64,
    pub(super) used: u64,
    pub(super) peak: u64,
    /// What the first growth over the limit would have come to.
    pub(super) refused: Option<u64>,
    /// The last growth that was allowed, in case it fails after all.
    last: u64,
}

impl Tally {
    fn new(max: u64) -> Self {
        Self { max, used: 0, peak: 0, refused: None, last: 0 }
    }

    /// Whether something may grow from `current` to `desired`.
    fn grow(&mut self, current: usize, desired: usize) -> bool {
        let more = u64::try_from(desired.saturating_sub(current)).unwrap_or(u64::MAX);
        let wanted = self.used.saturating_add(more);

        if wanted > self.max {
            self.refused.get_or_insert(wanted);
            return false;
        }

        (self.used, self.last) = (wanted, more);
        self.peak = self.peak.max(wanted);
        true
    }

    /// The growth that was just allowed did not happen: it was over the engine's own ceiling, or
    /// the system refused.
    fn failed(&mut self) {
        self.refused.get_or_insert(self.used);
        self.used = self.used.saturating_sub(self.last);
        self.last = 0;
    }
}

/// Sums up what one store holds. A limit for each memory alone would let a guest have as many as it
/// likes.
#[derive(Debug)]
pub(super) struct Allocation {
    pub(super) memory: Tally,
    pub(super) table: Tally,
}

impl Allocation {
    pub(super) fn new(limits: &CallLimits) -> Self {
        Self { memory: Tally::new(limits.memory_bytes), table: Tally::new(limits.table_elements) }
    }
}

impl ResourceLimiter for Allocation {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> Result<bool> {
        Ok(self.memory.grow(current, desired))
    }

    fn memory_grow_failed(&mut self, _error: Error) -> Result<()> {
        self.memory.failed();
        Ok(())
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> Result<bool> {
        Ok(self.table.grow(current, desired))
    }

    fn table_grow_failed(&mut self, _error: Error) -> Result<()> {
        self.table.failed();
        Ok(())
    }

    // A Python robot has 41 core instances; what a component may have at all is bounded by the
    // engine's pool.
    fn instances(&self) -> usize {
        256
    }

    fn tables(&self) -> usize {
        64
    }

    fn memories(&self) -> usize {
        16
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_that_failed_after_all_does_not_count() {
        let mut memory = Tally::new(100);
        assert!(memory.grow(0, 40) && memory.grow(40, 90));

        memory.failed();
        assert_eq!((memory.used, memory.refused), (40, Some(90)));

        assert!(memory.grow(40, 100));
        assert!(!memory.grow(0, 1));
    }
}
