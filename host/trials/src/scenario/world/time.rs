//! Time passes: everything happens at its own moment.

use std::time::Duration;

use stagewright_core::seams::Clock;
use stagewright_core::time::Timestamp;

use super::gate::Held;
use super::running::World;

/// How long the host may take to come to rest, in real time. It takes milliseconds; this ends a
/// scenario that would hang.
const REST: Duration = Duration::from_secs(60);

impl World {
    /// Now.
    pub(in crate::scenario) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Lets time pass until `to`: whatever is due before happens at its own moment, what is due at
    /// `to` itself has yet to come.
    ///
    /// # Errors
    /// A sentence.
    pub(in crate::scenario) async fn pass_until(&mut self, to: Timestamp) -> Result<(), String> {
        if to < self.now() {
            return Err(format!(
                "{to} is past: it is {} already, and time does not go back; put the steps in order",
                self.now()
            ));
        }

        while to > self.now() {
            // Only a host at rest knows what is due next: what it is doing may add something
            // earlier.
            self.rest_now().await?;
            let next = match &self.host {
                Some(host) => host.server.app.engine.next_due().await,
                None => None,
            };
            let next = next.into_iter().chain(self.provider.next_late()).min();
            // Time stops wherever something is due, so that it happens at its own moment
            // (ADR 0004).
            self.clock.advance_to(next.map_or(to, |next| next.min(to)));
        }

        Ok(())
    }

    /// Everything due by now is done, what is due at this very moment included.
    ///
    /// # Errors
    /// A sentence.
    pub(in crate::scenario) async fn rest_now(&self) -> Result<(), String> {
        self.rest(self.now()).await
    }

    /// Everything due before this moment is done: what an action led to at once, but nothing that
    /// was due at this moment anyway.
    ///
    /// # Errors
    /// A sentence.
    pub(in crate::scenario) async fn rest_before_now(&self) -> Result<(), String> {
        self.rest(self.now().plus_ms(-1)).await
    }

    /// While a robot is being held or a provider's answer is late the host cannot come to rest;
    /// then it is left as it is.
    async fn rest(&self, at: Timestamp) -> Result<(), String> {
        // A host that is stopped is at rest.
        let Some(host) = &self.host else { return Ok(()) };
        if host.gate.holds_a_robot() || self.provider.next_late().is_some() {
            return Ok(());
        }

        let rest = async {
            // Whichever comes first: while a robot is held or an answer is late, `settle` does not
            // end.
            tokio::select! {
                () = host.server.app.engine.settle(at) => {}
                () = host.gate.reached(|held| matches!(held, Held::Robot(_))) => {}
                () = self.provider.is_late() => {}
            }
        };

        let message = "the host did not come to rest within a minute; look at its log with \
            STAGEWRIGHT_LOG=debug";
        tokio::time::timeout(REST, rest).await.map_err(|_elapsed| message.to_owned())
    }
}
