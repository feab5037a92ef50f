//! `records.read`: records as the step sees them.

use crate::bindings::{read, types};
use crate::state::CallState;

impl read::Host for CallState {
    async fn get(
        &mut self,
        target: Option<types::RecordRef>,
    ) -> wasmtime::Result<Result<String, types::HostError>> {
        self.enter("records.read.get")?;
        self.ask(|scope| scope.get(target.as_ref().map(Into::into))).await
    }

    async fn require(
        &mut self,
        target: Option<types::RecordRef>,
    ) -> wasmtime::Result<Result<(), types::HostError>> {
        self.enter("records.read.require")?;
        self.ask(|scope| scope.require(target.as_ref().map(Into::into))).await
    }
}
