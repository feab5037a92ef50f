//! How long a call in a fresh instance takes.

use std::time::Duration;

use stagewright_core::call::{CallFailure, RobotCall};
use stagewright_core::seams::Plugins;
use tokio::time::Instant;

use super::registry::Runtime;

/// What was measured.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Figures {
    /// Calls measured.
    pub calls: usize,
    /// Half of them took no longer.
    pub median: Duration,
    /// 99 of 100 took no longer.
    pub p99: Duration,
    /// The fastest.
    pub least: Duration,
}

impl Figures {
    fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        let at = |percent: usize| times.get((times.len() * percent / 100).min(times.len().saturating_sub(1))).copied().unwrap_or_default();
        Self { calls: times.len(), median: at(50), p99: at(99), least: at(0) }
    }
}

/// Makes `n` calls of a robot one after another, each in a fresh instance, and says how long each took from the question to the
/// answer, the way to the guests' threads and back included.
///
/// # Errors
/// The first call that fails.
pub async fn fresh_calls(runtime: &Runtime, n: usize, call: impl Fn(usize) -> RobotCall) -> Result<Figures, CallFailure> {
    let mut times = Vec::with_capacity(n);
    for number in 0..n {
        let call = call(number);
        let began = Instant::now();
        let answer = runtime.robot(call).await;
        times.push(began.elapsed());
        answer.outcome?;
    }
    Ok(Figures::of(times))
}
