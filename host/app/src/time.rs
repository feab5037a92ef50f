//! Moving a manual clock so that everything happens at its own moment.

use stagewright_core::seams::Clock;
use stagewright_core::time::Timestamp;
use stagewright_server::clock::ManualClock;
use stagewright_server::engine::EngineHandle;

/// Moves the clock to `to`, stopping at every moment at which something is due, and waits until all
/// of it is done. What is due at `to` itself is done as well: the moment has passed when this
/// returns.
pub async fn advance(clock: &ManualClock, engine: &EngineHandle, to: Timestamp) {
    // Moment by moment: what happens at one may make something due before the next.
    loop {
        engine.settle(clock.now()).await;
        match engine.next_due().await {
            Some(next) if next <= to => clock.advance_to(next),
            _ => break,
        }
    }

    clock.advance_to(to);
    engine.settle(to).await;
}
