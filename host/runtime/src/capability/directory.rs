//! `directory`: employees and departments.

use crate::bindings::{directory, types};
use crate::state::CallState;

impl directory::Host for CallState {
    async fn resolve(
        &mut self,
        who: String,
    ) -> wasmtime::Result<Result<Vec<String>, types::HostError>> {
        self.enter("directory.resolve")?;
        self.ask(|scope| scope.resolve(&who)).await
    }

    async fn profile(
        &mut self,
        user: String,
    ) -> wasmtime::Result<Result<String, types::HostError>> {
        self.enter("directory.profile")?;
        self.ask(|scope| scope.profile(&user)).await
    }

    async fn supervisor_of(
        &mut self,
        user: String,
    ) -> wasmtime::Result<Result<Option<String>, types::HostError>> {
        self.enter("directory.supervisor-of")?;
        self.ask(|scope| scope.supervisor_of(&user)).await
    }
}
