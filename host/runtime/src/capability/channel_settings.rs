//! `channel.settings`: what a channel plugin may know about its channel. Robots and triggers get an
//! empty object.

use serde_json::Value;

use crate::bindings::settings;
use crate::state::CallState;

impl settings::Host for CallState {
    fn public_url(&mut self) -> wasmtime::Result<String> {
        self.enter("channel.settings.public-url")?;
        Ok(self.channel.public_url.clone())
    }

    fn settings(&mut self) -> wasmtime::Result<String> {
        self.enter("channel.settings.settings")?;
        Ok(Value::Object(self.channel.settings.clone()).to_string())
    }
}
