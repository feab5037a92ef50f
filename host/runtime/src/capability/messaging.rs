//! `messaging`: messages that leave once the step is committed.

use crate::bindings::{messaging, types};
use crate::state::CallState;

impl messaging::Host for CallState {
    async fn send(
        &mut self,
        message: String,
    ) -> wasmtime::Result<Result<String, types::HostError>> {
        self.enter("messaging.send")?;
        self.ask(|scope| scope.send_message(&message)).await
    }
}
