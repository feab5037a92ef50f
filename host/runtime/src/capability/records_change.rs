//! `records.change`: fields, stages and who is responsible.

use crate::bindings::{change, types};
use crate::state::CallState;

impl change::Host for CallState {
    async fn update(
        &mut self,
        target: Option<types::RecordRef>,
        fields: String,
    ) -> wasmtime::Result<Result<(), types::HostError>> {
        self.enter("records.change.update")?;
        self.ask(|scope| scope.update(target.as_ref().map(Into::into), &fields)).await
    }

    async fn move_(
        &mut self,
        target: Option<types::RecordRef>,
        stage: String,
    ) -> wasmtime::Result<Result<bool, types::HostError>> {
        self.enter("records.change.move")?;
        self.ask(|scope| scope.move_to(target.as_ref().map(Into::into), &stage)).await
    }

    async fn assign(
        &mut self,
        target: Option<types::RecordRef>,
        choice: String,
    ) -> wasmtime::Result<Result<String, types::HostError>> {
        self.enter("records.change.assign")?;
        // Drawn once: asking again after more was loaded must not choose anew.
        let random = self.chance.next_u64();
        self.ask(|scope| scope.assign(target.as_ref().map(Into::into), &choice, random)).await
    }
}
