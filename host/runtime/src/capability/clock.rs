//! `clock`: time that does not move during the call, and chance that every attempt sees alike.

use crate::bindings::clock;
use crate::state::CallState;

impl clock::Host for CallState {
    fn now(&mut self) -> wasmtime::Result<String> {
        self.enter("clock.now")?;
        Ok(self.now.to_string())
    }

    fn random_u64(&mut self) -> wasmtime::Result<u64> {
        self.enter("clock.random-u64")?;
        Ok(self.chance.next_u64())
    }
}
