//! Why a bundle is refused.

use crate::manifest::ManifestError;

/// Why a bundle cannot be opened. Every message says what to do next.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The file or one entry is too large.
    #[error("{what} has {bytes} bytes and may have {max}; leave out what the plugin does not need")]
    TooLarge {
        /// The bundle or the entry's name.
        what: String,
        /// Its size.
        bytes: u64,
        /// The limit.
        max: usize,
    },
    /// Not a tar, or a damaged one.
    #[error(
        "the bundle is not a readable tar ({0}); build it again with `stagewright plugin build` \
         and copy it in binary mode"
    )]
    Corrupt(String),
    /// Too many files.
    #[error("the bundle has more than {0} files; leave out what the plugin does not need")]
    TooManyEntries(usize),
    /// A name that is absolute, hidden, too long or outside plain ASCII.
    #[error(
        "the entry `{0}` has no plain relative name; use letters, digits, dot, dash and \
         underscore, at most 100 of them"
    )]
    EntryName(String),
    /// A link, folder or device.
    #[error("the entry `{0}` is not a regular file; pack files only")]
    EntryType(String),
    /// A file that a bundle has no place for.
    #[error(
        "a bundle has no place for `{0}`; it holds plugin.toml, plugin.wasm, README.md, icon.svg, \
         locales/ and scenarios/"
    )]
    EntryUnknown(String),
    /// The same name twice.
    #[error("the entry `{0}` is there twice; pack it once")]
    EntryTwice(String),
    /// The manifest or the component is not there.
    #[error("the bundle has no `{0}`; build it again with `stagewright plugin build`")]
    EntryMissing(&'static str),
    /// The manifest is wrong.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The component is wrong.
    #[error(transparent)]
    Component(#[from] Problem),
    /// A file of the plugin's folder could not be read.
    #[error("cannot read `{path}`: {cause}; check that the file exists and may be read")]
    Read {
        /// The file.
        path: String,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
}

impl BundleError {
    /// The stable code of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "bundle.too-large",
            Self::Corrupt(_) => "bundle.corrupt",
            Self::TooManyEntries(_) => "bundle.too-many-entries",
            Self::EntryName(_) => "bundle.entry-name",
            Self::EntryType(_) => "bundle.entry-type",
            Self::EntryUnknown(_) => "bundle.entry-unknown",
            Self::EntryTwice(_) => "bundle.entry-twice",
            Self::EntryMissing(_) => "bundle.entry-missing",
            Self::Manifest(error) => error.code(),
            Self::Component(problem) => problem.code(),
            Self::Read { .. } => "bundle.read",
        }
    }
}

/// What is wrong with a component, or with what it imports.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Machine code instead of WebAssembly.
    #[error(
        "plugin.wasm is precompiled machine code, which is never accepted; ship the component \
         itself, the host compiles it"
    )]
    Precompiled,
    /// A core module.
    #[error(
        "plugin.wasm is a core module, not a component; wrap it with `stagewright plugin build` \
         or wasm-tools component new"
    )]
    CoreModule,
    /// Not WebAssembly, or invalid.
    #[error("plugin.wasm is not a valid component ({0}); build it again")]
    Invalid(String),
    /// It imports something that is not Stagewright's.
    #[error(
        "plugin.wasm imports `{0}`, which this host does not offer; use only the interfaces in \
         `wit/`, and build without WASI"
    )]
    ForeignImport(String),
    /// It does not say what it offers.
    #[error(
        "plugin.wasm does not export `stagewright:plugin/describe@0.1.0`; with the Rust SDK, \
         `plugin!` adds it"
    )]
    NoDescribe,
    /// It offers nothing.
    #[error("plugin.wasm exports no robot, trigger or channel; name at least one in `plugin!`")]
    NothingOffered,
    /// It imports what only another kind of plugin may use.
    #[error(
        "plugin.wasm imports `{interface}`, which {kind} may not use; move that work into a robot"
    )]
    WrongKind {
        /// The interface.
        interface: String,
        /// `a trigger` or `a channel`.
        kind: &'static str,
    },
    /// It imports what its manifest does not declare.
    #[error(
        "plugin.wasm calls {functions}, but plugin.toml does not declare `{family}`; add \
         [[permissions]] with scope = \"{family}\" and a reason, or do not call it"
    )]
    Undeclared {
        /// The permission, with `:*` where it has a subject.
        family: String,
        /// The functions it calls.
        functions: String,
    },
    /// The manifest declares what the component cannot use.
    #[error(
        "plugin.toml declares `{0}`, but plugin.wasm calls nothing that needs it; remove the \
         permission"
    )]
    Unused(String),
}

impl Problem {
    /// The stable code of the problem.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Precompiled => "component.precompiled",
            Self::CoreModule => "component.core-module",
            Self::Invalid(_) => "component.invalid",
            Self::ForeignImport(_) => "component.foreign-import",
            Self::NoDescribe => "component.no-describe",
            Self::NothingOffered => "component.nothing-offered",
            Self::WrongKind { .. } => "component.wrong-kind",
            Self::Undeclared { .. } => "permission.undeclared",
            Self::Unused(_) => "permission.unused",
        }
    }
}
