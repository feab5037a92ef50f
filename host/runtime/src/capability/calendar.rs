//! `calendar`: arithmetic with moments and working time.

use crate::bindings::{calendar, types};
use crate::state::CallState;

impl calendar::Host for CallState {
    async fn shift(&mut self, shift: String) -> wasmtime::Result<Result<String, types::HostError>> {
        self.enter("calendar.shift")?;
        self.ask(|scope| scope.shift(&shift)).await
    }
}
