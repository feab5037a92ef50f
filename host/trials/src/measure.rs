//! What measurements have in common.

use std::time::{Duration, Instant};

#[expect(
    clippy::disallowed_methods,
    reason = "a measurement takes the real time, whatever the clock of the product says"
)]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// The time within which `percent` of the sorted `times` lie.
pub(crate) fn share(times: &[Duration], percent: usize) -> Duration {
    times
        .get((times.len() * percent / 100).min(times.len().saturating_sub(1)))
        .copied()
        .unwrap_or_default()
}

/// A time as people read it.
pub(crate) fn time(time: Duration) -> String {
    match time.as_micros() {
        micros @ 0..1_000 => format!("{micros} us"),
        _ => format!("{:.1} ms", time.as_secs_f64() * 1_000.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_taken_from_the_sorted_times() {
        let times: Vec<Duration> = (1..=200).map(Duration::from_millis).collect();

        assert_eq!(
            (share(&times, 50), share(&times, 99)),
            (Duration::from_millis(101), Duration::from_millis(199))
        );
        assert_eq!(share(&[], 99), Duration::ZERO);
    }
}
