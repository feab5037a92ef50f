//! How long a call in a fresh instance takes.

use std::time::Duration;

use tokio::time::Instant;

use stagewright_core::call::{CallFailure, RobotCall};
use stagewright_core::seams::Plugins;

use super::call::perform;
use super::registry::Runtime;
use crate::measure::share;

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
        Self {
            calls: times.len(),
            median: share(&times, 50),
            p99: share(&times, 99),
            least: share(&times, 0),
        }
    }
}

/// Both ways of looking at it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FreshCalls {
    /// On a thread for guests: the instance, the call and the end of both.
    pub inside: Figures,
    /// From the question to the answer, the way to the guests' threads and back included.
    pub whole: Figures,
}

/// Makes `n` calls of a robot one after another, each in a fresh instance, first inside and then
/// from outside.
///
/// # Errors
/// The first call that fails.
pub async fn fresh_calls(
    runtime: &Runtime,
    n: usize,
    call: impl Fn(usize) -> RobotCall,
) -> Result<FreshCalls, CallFailure> {
    let inside = inside(runtime, (0..n).map(&call)).await?;

    let mut times = Vec::with_capacity(n);
    for call in (0..n).map(call) {
        let began = Instant::now();
        let answer = runtime.robot(call).await;
        times.push(began.elapsed());
        answer.outcome?;
    }

    Ok(FreshCalls { inside, whole: Figures::of(times) })
}

async fn inside(
    runtime: &Runtime,
    calls: impl Iterator<Item = RobotCall>,
) -> Result<Figures, CallFailure> {
    let (components, orders): (Vec<_>, Vec<_>) =
        calls.map(|call| runtime.robot_order(call)).unzip();
    let Some(component) = components.first() else { return Ok(Figures::of(Vec::new())) };
    let loaded = runtime.loaded(component).await?;

    let measured = runtime.parts.executor.spawn(async move {
        let mut times = Vec::with_capacity(orders.len());
        for order in orders {
            let began = Instant::now();
            let finished = perform(&loaded, order).await;
            times.push(began.elapsed());
            finished.said?;
        }
        Ok(Figures::of(times))
    });

    measured.answer().await.unwrap_or_else(|| Ok(Figures::of(Vec::new())))
}
