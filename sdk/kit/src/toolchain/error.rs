//! Why there is no toolchain.

use super::TARGET;

/// Why there is no toolchain. Every message says what to do next.
#[derive(Debug, thiserror::Error)]
pub enum ToolchainError {
    /// There is no Rust at all.
    #[error(
        "`cargo` or `rustc` cannot be run; install Rust with rustup or your distribution's \
         packages and make sure it is in PATH"
    )]
    NoRust,
    /// No way was open.
    #[error(
        "cannot compile for {TARGET}: rustup: {rustup}; Debian's packages: {debian}. Run `rustup \
         target add {TARGET}` where the \
         network allows it, or use a machine with apt"
    )]
    NoRoute {
        /// What rustup said.
        rustup: String,
        /// What apt said.
        debian: String,
    },
    /// No linker for WebAssembly.
    #[error(
        "the active toolchain has no rust-lld and there is no wasm-ld in PATH; install the \
         package `lld`"
    )]
    NoLinker,
    /// The cache folder cannot be used.
    #[error(
        "cannot use the cache folder `{path}`: {cause}; set XDG_CACHE_HOME to a folder that may \
         be written"
    )]
    Cache {
        /// The folder.
        path: String,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
}

impl ToolchainError {
    /// The stable code of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoRust => "toolchain.no-rust",
            Self::NoRoute { .. } => "toolchain.no-route",
            Self::NoLinker => "toolchain.no-linker",
            Self::Cache { .. } => "toolchain.cache",
        }
    }
}
