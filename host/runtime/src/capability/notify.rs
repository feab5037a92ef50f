//! `notify`: notifications to employees.

use crate::bindings::{notify, types};
use crate::state::CallState;

impl notify::Host for CallState {
    async fn send(
        &mut self,
        notification: String,
    ) -> wasmtime::Result<Result<Vec<String>, types::HostError>> {
        self.enter("notify.send")?;
        self.ask(|scope| scope.notify(&notification)).await
    }
}
