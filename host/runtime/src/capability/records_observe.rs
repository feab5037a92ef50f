//! `records.observe`: who watches a record.

use crate::bindings::{observe, types};
use crate::state::CallState;

impl observe::Host for CallState {
    async fn add_observers(
        &mut self,
        target: Option<types::RecordRef>,
        users: Vec<String>,
    ) -> wasmtime::Result<Result<Vec<String>, types::HostError>> {
        self.enter("records.observe.add-observers")?;
        self.ask(|scope| scope.add_observers(target.as_ref().map(Into::into), &users)).await
    }
}
