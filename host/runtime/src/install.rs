//! Whether a component is fit to be installed, and what it offers.

use std::sync::Arc;

use serde_json::Value;
use wasmtime::component::{Component, Linker};
use wasmtime::{Engine, Precompiled};

use stagewright_core::call::{CallFailure, CallLimits};
use stagewright_core::scope::Scope;
use stagewright_core::time::Timestamp;

use super::ask::{Ask, Said};
use super::call::Order;
use super::component::{Exports, Loaded, imports};
use super::registry::{Runtime, hash_of};
use super::state::CallState;

/// The largest component. A Python robot has 18.5 MB.
const COMPONENT_BYTES_MAX: usize = 32 << 20;

/// The limits of two calls of `describe`: a plain text each, from a guest that may have to start an
/// interpreter first.
const DESCRIBE_LIMITS: CallLimits = CallLimits {
    fuel: 200_000_000,
    wall_ms: 5_000,
    output_bytes: 2 << 20,
    effects: 0,
    ..CallLimits::ROBOT
};

/// A component that may be installed.
#[derive(Clone, PartialEq, Debug)]
pub struct Prepared {
    /// The functions it imports, `stagewright:records/read@0.1.0#get`, in order: the proof of what
    /// it can do.
    pub imports: Vec<String>,
    /// What it can be called as.
    pub exports: Exports,
    /// What its `describe` answered.
    pub catalogue: Value,
}

/// Why a component may not be installed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{message} ({code})")]
pub struct InstallError {
    /// Stable code: `install.too-large`, `install.hash`, `install.precompiled`,
    /// `install.core-module`, `install.not-wasm`, `install.invalid`, `install.foreign-import`,
    /// `install.newer-contract`, `install.no-describe`, `install.no-export`, `install.limit`,
    /// `install.describe-failed`, `install.describe-differs`, `install.describe-invalid`.
    pub code: &'static str,
    /// One sentence that says what to do.
    pub message: String,
}

fn refuse(code: &'static str, message: impl Into<String>) -> InstallError {
    InstallError { code, message: message.into() }
}

impl Runtime {
    /// Checks a component, compiles it and asks what it offers. It is loaded afterwards.
    ///
    /// # Errors
    /// [`InstallError`], which says what the component's author has to change.
    pub async fn prepare(
        &self,
        component_sha256: &str,
        bytes: Vec<u8>,
    ) -> Result<Prepared, InstallError> {
        check_bytes(component_sha256, &bytes)?;
        let component = self.compile_new(component_sha256, bytes).await?;

        let prepared = self.examine(component_sha256, component).await;
        if prepared.is_err() {
            // What is not installed shall not fill the disk.
            self.forget(component_sha256);
        }

        prepared
    }

    async fn examine(&self, hash: &str, component: Component) -> Result<Prepared, InstallError> {
        let engine = &self.parts.engine;
        let (imports, foreign) = imports(engine, &component);
        if let Some(name) = foreign.first() {
            let advice = "a plugin may import Stagewright's interfaces of line 0.1 and nothing \
                else; build it without WASI";
            return Err(refuse(
                "install.foreign-import",
                format!("the component imports `{name}`; {advice}"),
            ));
        }

        let loaded = Loaded::new(&self.parts.linker, &component).map_err(|cause| {
            let message = format!(
                "the component expects more of the contract than this host has: \
                {cause:#}; update the host"
            );
            refuse("install.newer-contract", message)
        })?;

        let exports = check_exports(&loaded)?;
        self.try_instance(Arc::new(loaded)).await?;
        let catalogue = self.describe(engine, &component).await?;
        if let Ok(loaded) = Loaded::new(&self.parts.linker, &component) {
            self.keep(hash, loaded);
        }

        Ok(Prepared { imports, exports, catalogue })
    }

    async fn compile_new(&self, hash: &str, bytes: Vec<u8>) -> Result<Component, InstallError> {
        let (parts, hash) = (Arc::clone(&self.parts), hash.to_owned());
        let compiled = self.parts.compiler.run(move || parts.compile(&hash, &bytes)).await;

        let stumbled = || {
            refuse(
                "install.invalid",
                "the compiler stumbled over the component; build it with other tools",
            )
        };

        compiled.ok_or_else(stumbled)?.map_err(|cause| {
            refuse(
                "install.invalid",
                format!("the component cannot be used on this host: {cause:#}"),
            )
        })
    }

    /// Brings one real instance up, so that a limit that is too short for it shows now and not in
    /// the first call.
    async fn try_instance(&self, loaded: Arc<Loaded>) -> Result<(), InstallError> {
        let tried = self
            .perform_on(loaded, self.nobodys_order("component", CallLimits::ROBOT, Ask::Nothing))
            .await;

        tried.said.map(drop).map_err(|CallFailure { code, message, .. }| {
            refuse(
                "install.limit",
                format!("the component cannot be brought up ({code}): {message}"),
            )
        })
    }

    /// Asks for the catalogue twice, with nothing to hold on to: every import traps.
    async fn describe(
        &self,
        engine: &Engine,
        component: &Component,
    ) -> Result<Value, InstallError> {
        // Bound to traps and to nothing of the host, so that the catalogue cannot depend on what
        // the host would answer.
        let mut traps = Linker::new(engine);
        let failed = |reason: String| {
            refuse("install.describe-failed", format!("`describe` does not answer: {reason}"))
        };

        traps
            .define_unknown_imports_as_traps(component)
            .map_err(|cause| failed(format!("{cause:#}")))?;
        let loaded =
            Loaded::new(&traps, component).map_err(|cause| failed(format!("{cause:#}")))?;

        let order = self.nobodys_order("describe", DESCRIBE_LIMITS, Ask::Describe);
        match self.perform_on(Arc::new(loaded), order).await.said {
            Ok(Said::Catalogues(first, second)) => judge(&first, &second),
            Ok(_) => Err(failed("it answers something else".to_owned())),
            Err(failure) => Err(failed(format!("{} ({})", failure.message, failure.code))),
        }
    }

    /// A call on nobody's behalf, which sees nothing.
    fn nobodys_order(&self, title: &str, limits: CallLimits, ask: Ask) -> Order {
        let state = CallState::new(
            &limits,
            title,
            Timestamp(0),
            Scope::default(),
            self.parts.world.clone(),
        );
        Order { title: title.to_owned(), limits, ask, state }
    }
}

/// What can be said before anything is compiled.
fn check_bytes(hash: &str, bytes: &[u8]) -> Result<(), InstallError> {
    if bytes.len() > COMPONENT_BYTES_MAX {
        let message =
            format!("the component has {} bytes; {COMPONENT_BYTES_MAX} are allowed", bytes.len());
        return Err(refuse("install.too-large", message));
    }

    if hash_of(bytes) != hash {
        return Err(refuse(
            "install.hash",
            "the component is not the one that its hash names; fetch the bundle anew",
        ));
    }

    // Compiled code is never taken from outside: loading it runs it, and nothing checks it.
    let compiled = Engine::detect_precompiled(bytes);
    match bytes {
        _ if matches!(compiled, Some(Precompiled::Component | Precompiled::Module)) => Err(refuse(
            "install.precompiled",
            "this is compiled machine code; give the component itself, the host compiles it",
        )),
        [b'\0', b'a', b's', b'm', _, _, 1, 0, ..] => Ok(()),
        [b'\0', b'a', b's', b'm', ..] => Err(refuse(
            "install.core-module",
            "this is a core module; make a component of it with `stagewright plugin build`",
        )),
        _ => Err(refuse("install.not-wasm", "this is no WebAssembly component in binary form")),
    }
}

fn check_exports(loaded: &Loaded) -> Result<Exports, InstallError> {
    if loaded.describe.is_none() {
        return Err(refuse(
            "install.no-describe",
            "the component does not export `stagewright:plugin/describe`, which says what it \
             offers",
        ));
    }

    match loaded.exports() {
        Exports { robot: false, trigger: false, channel: false } => Err(refuse(
            "install.no-export",
            "the component exports none of `robot`, `trigger` and `channel`; export at least one",
        )),
        exports => Ok(exports),
    }
}

/// The catalogue, if both answers are the same JSON object.
fn judge(first: &str, second: &str) -> Result<Value, InstallError> {
    if first != second {
        let message = "`describe` answers differently each time; let it answer the same for ever, \
            without chance or time";
        return Err(refuse("install.describe-differs", message));
    }

    match serde_json::from_str(first) {
        Ok(catalogue @ Value::Object(_)) => Ok(catalogue),
        Ok(_) => {
            Err(refuse("install.describe-invalid", "`describe` answers JSON that is no object"))
        }
        Err(cause) => Err(refuse(
            "install.describe-invalid",
            format!("`describe` does not answer JSON: {cause}"),
        )),
    }
}
