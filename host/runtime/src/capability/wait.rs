//! `wait`: a step that is done only later.

use crate::bindings::{types, wait};
use crate::state::CallState;

impl wait::Host for CallState {
    async fn until(&mut self, moment: String) -> wasmtime::Result<Result<(), types::HostError>> {
        self.enter("wait.until")?;
        self.ask(|scope| scope.wait(&moment)).await
    }
}
