//! Components: making one out of a core module, and reading what one imports and exports.

use wasmparser::{Parser, Validator};
use wit_component::{ComponentEncoder, DecodedWasm};
use wit_parser::{Resolve, WorldId, WorldItem};

use crate::bundle::Problem;

/// What a plugin may export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Export {
    /// The catalogue.
    Describe,
    /// Robots.
    Robot,
    /// Triggers.
    Trigger,
    /// A channel.
    Channel,
}

/// Wraps a core module, which carries its world in a custom section, into a component.
///
/// # Errors
/// `component.invalid` where the module does not fit its world.
pub fn encode(module: &[u8]) -> Result<Vec<u8>, Problem> {
    let encoder = ComponentEncoder::default().validate(true).module(module);
    encoder
        .and_then(|mut encoder| encoder.encode())
        .map_err(|cause| Problem::Invalid(format!("{cause:#}")))
}

/// Refuses what is not even a component, each with its own sentence.
pub(crate) fn must_be_component(bytes: &[u8]) -> Result<(), Problem> {
    if Parser::is_component(bytes) {
        return Ok(());
    }

    Err(match bytes {
        _ if Parser::is_core_wasm(bytes) => Problem::CoreModule,
        // Ahead-of-time compiled code is an ELF file.
        [0x7f, b'E', b'L', b'F', ..] => Problem::Precompiled,
        _ => Problem::Invalid("it does not begin like WebAssembly".into()),
    })
}

/// What a component shows to the outside.
#[derive(Debug, Clone, Default)]
pub(crate) struct Surface {
    /// Every interface that it imports, also those it only takes types from.
    pub(crate) interfaces: Vec<String>,
    /// Every function that it imports, as (interface, function).
    pub(crate) functions: Vec<(String, String)>,
    /// What it exports of what the host knows.
    pub(crate) exports: Vec<Export>,
}

impl Surface {
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Problem> {
        let (resolve, world) = decode(bytes)?;
        let mut surface = Self::default();
        let Some(world) = resolve.worlds.get(world) else { return Ok(surface) };

        for (key, item) in &world.imports {
            let key = resolve.name_world_key(key);
            surface
                .functions
                .extend(functions(&resolve, item).map(|function| (key.clone(), function.clone())));
            surface.interfaces.push(key);
        }

        surface
            .exports
            .extend(world.exports.keys().filter_map(|key| export(&resolve.name_world_key(key))));

        surface.functions.sort();
        surface.exports.sort();
        Ok(surface)
    }
}

/// The functions that a component imports, as (interface, function). Interfaces that it only takes
/// types from have none.
///
/// # Errors
/// `component.*` where the bytes are no valid component.
pub fn imports(bytes: &[u8]) -> Result<Vec<(String, String)>, Problem> {
    Ok(Surface::read(bytes)?.functions)
}

/// What a component exports of what the host knows.
///
/// # Errors
/// `component.*` where the bytes are no valid component.
pub fn exports(bytes: &[u8]) -> Result<Vec<Export>, Problem> {
    Ok(Surface::read(bytes)?.exports)
}

fn functions<'a>(resolve: &'a Resolve, item: &'a WorldItem) -> impl Iterator<Item = &'a String> {
    let (interface, function) = match item {
        WorldItem::Interface { id, .. } => (resolve.interfaces.get(*id), None),
        WorldItem::Function(function) => (None, Some(&function.name)),
        WorldItem::Type { .. } => (None, None),
    };

    interface.into_iter().flat_map(|interface| interface.functions.keys()).chain(function)
}

fn export(interface: &str) -> Option<Export> {
    match interface.split_once("@0.1.")?.0 {
        "stagewright:plugin/describe" => Some(Export::Describe),
        "stagewright:plugin/robot" => Some(Export::Robot),
        "stagewright:plugin/trigger" => Some(Export::Trigger),
        "stagewright:channel/channel" => Some(Export::Channel),
        _ => None,
    }
}

fn decode(bytes: &[u8]) -> Result<(Resolve, WorldId), Problem> {
    must_be_component(bytes)?;
    Validator::new().validate_all(bytes).map_err(|cause| Problem::Invalid(cause.to_string()))?;

    match wit_component::decode(bytes).map_err(|cause| Problem::Invalid(format!("{cause:#}")))? {
        DecodedWasm::Component(resolve, world) => Ok((resolve, world)),
        DecodedWasm::WitPackage(..) => {
            Err(Problem::Invalid("it holds an interface and no code".into()))
        }
    }
}
