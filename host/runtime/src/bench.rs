//! How long a call in a fresh instance takes.

use std::time::Duration;

use tokio::time::Instant;

use stagewright_core::call::{CallFailure, RobotCall};
use stagewright_core::seams::Plugins;

use super::call::perform;
use super::registry::Runtime;

/// How long each call took, measured in two places.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FreshCalls {
    /// On a thread for guests: the instance, the call and the end of both.
    pub inside: Vec<Duration>,
    /// From the question to the answer, the way to the guests' threads and back included.
    pub whole: Vec<Duration>,
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

    let mut whole = Vec::with_capacity(n);
    for call in (0..n).map(call) {
        let began = Instant::now();
        let answer = runtime.robot(call).await;
        whole.push(began.elapsed());
        answer.outcome?;
    }
    Ok(FreshCalls { inside, whole })
}

async fn inside(
    runtime: &Runtime,
    calls: impl Iterator<Item = RobotCall>,
) -> Result<Vec<Duration>, CallFailure> {
    let (components, orders): (Vec<_>, Vec<_>) =
        calls.map(|call| runtime.robot_order(call)).unzip();
    let Some(component) = components.first() else { return Ok(Vec::new()) };
    let loaded = runtime.loaded(component).await?;

    let measured = runtime.parts.executor.spawn(async move {
        let mut times = Vec::with_capacity(orders.len());
        for order in orders {
            let began = Instant::now();
            let finished = perform(&loaded, order).await;
            times.push(began.elapsed());
            finished.said?;
        }
        Ok(times)
    });
    measured.answer().await.unwrap_or_else(|| Ok(Vec::new()))
}
