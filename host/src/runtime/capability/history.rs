//! `history`: entries about the item.

use crate::runtime::bindings::{history, types};
use crate::runtime::state::CallState;

impl history::Host for CallState {
    async fn write(&mut self, entry: String) -> wasmtime::Result<Result<String, types::HostError>> {
        self.enter("history.write")?;
        self.ask(|scope| scope.write_history(&entry)).await
    }
}
