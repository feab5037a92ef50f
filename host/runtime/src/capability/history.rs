//! `history`: entries about the item.

use crate::bindings::{history, types};
use crate::state::CallState;

impl history::Host for CallState {
    async fn write(&mut self, entry: String) -> wasmtime::Result<Result<String, types::HostError>> {
        self.enter("history.write")?;
        self.ask(|scope| scope.write_history(&entry)).await
    }
}
