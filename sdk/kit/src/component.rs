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
    encoder.and_then(|mut encoder| encoder.encode()).map_err(|cause| Problem::Invalid(format!("{cause:#}")))
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

/// The functions that a component imports, as (interface, function). Interfaces that it only takes types from have none.
///
/// # Errors
/// `component.*` where the bytes are no valid component.
pub fn imports(bytes: &[u8]) -> Result<Vec<(String, String)>, Problem> {
    let (resolve, world) = decode(bytes)?;
    let mut found = Vec::new();
    for (key, item) in world_items(&resolve, world).0 {
        match item {
            WorldItem::Interface { id, .. } => {
                let functions = resolve.interfaces.get(*id).into_iter().flat_map(|interface| interface.functions.keys());
                found.extend(functions.map(|function| (key.clone(), function.clone())));
            }
            WorldItem::Function(function) => found.push((key, function.name.clone())),
            WorldItem::Type { .. } => {}
        }
    }
    found.sort();
    Ok(found)
}

/// Every interface that a component imports, also those it only takes types from.
pub(crate) fn imported_interfaces(bytes: &[u8]) -> Result<Vec<String>, Problem> {
    let (resolve, world) = decode(bytes)?;
    Ok(world_items(&resolve, world).0.map(|(key, _)| key).collect())
}

/// What a component exports of what the host knows.
///
/// # Errors
/// `component.*` where the bytes are no valid component.
pub fn exports(bytes: &[u8]) -> Result<Vec<Export>, Problem> {
    let (resolve, world) = decode(bytes)?;
    let mut found: Vec<Export> = world_items(&resolve, world).1.filter_map(|(key, _)| export(&key)).collect();
    found.sort();
    Ok(found)
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
        DecodedWasm::WitPackage(..) => Err(Problem::Invalid("it holds an interface and no code".into())),
    }
}

type Items<'a> = Box<dyn Iterator<Item = (String, &'a WorldItem)> + 'a>;

fn world_items(resolve: &Resolve, world: WorldId) -> (Items<'_>, Items<'_>) {
    let Some(world) = resolve.worlds.get(world) else {
        return (Box::new(std::iter::empty()), Box::new(std::iter::empty()));
    };
    let named = |(key, item)| (resolve.name_world_key(key), item);
    (Box::new(world.imports.iter().map(named)), Box::new(world.exports.iter().map(named)))
}
