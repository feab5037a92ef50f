//! `log`: the attempt's log.

use crate::bindings::log;
use crate::state::CallState;

impl log::Host for CallState {
    fn write(&mut self, level: String, message: String) -> wasmtime::Result<()> {
        self.enter("log.write")?;
        self.log.write(&level, message);
        Ok(())
    }
}
