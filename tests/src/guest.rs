//! Hostile plugins: the guests of `tests/guests` as whole components, and bundles packed by hand,
//! so that they may be wrong.

use std::fs;

use anyhow::{Context, ensure};
use tar::{Builder, EntryType, Header};

use crate::place;

/// What robots here offer: `go`, which takes no settings.
pub const CATALOGUE: &str = r#"{"robots":[{"id":"go","name":{"en":"Go"}}]}"#;
/// What triggers here offer: `when`, which is asked about `custom.poke`.
const TRIGGERS: &str =
    r#"{"triggers":[{"id":"when","name":{"en":"When"},"events":["custom.poke"]}]}"#;

/// What every guest here may import, which its manifest has to declare.
const PERMISSIONS: &str = "[[permissions]]\nscope = \"records.read:*\"\nreason = \"To read.\"\n\
    [[permissions]]\nscope = \"records.observe:*\"\nreason = \"To watch.\"\n";

/// The manifest of a robot, version 1.0.0; `limits` are lines of its `[limits]`.
#[must_use]
pub fn manifest(id: &str, limits: &str) -> String {
    format!("{}{PERMISSIONS}[limits]\n{limits}\n", inert_manifest(id))
}

/// A manifest, version 1.0.0, that asks for nothing.
#[must_use]
pub fn inert_manifest(id: &str) -> String {
    format!(
        "schema = 1\n[plugin]\nid = \"{id}\"\nname = \"A guest\"\nversion = \"1.0.0\"\npublisher \
         = \"Acme\"\nlicense = \"MIT\"\n\
         api = \"0.1\"\n"
    )
}

/// The text of a guest.
///
/// # Errors
/// Where there is no such file.
pub fn text(name: &str) -> anyhow::Result<String> {
    let path = place::root().join("tests/guests").join(format!("{name}.wat"));
    fs::read_to_string(&path).with_context(|| path.display().to_string())
}

/// A component from its text.
///
/// # Errors
/// Where the text makes none.
pub fn component(text: &str) -> anyhow::Result<Vec<u8>> {
    Ok(wat::parse_str(text)?)
}

/// A robot in its frame, with these numbers, which offers what `catalogue` says. The frame's
/// trigger is left out: its types are the robot's own, which is a component but none that the tools
/// for interfaces can read.
///
/// # Errors
/// Where the texts do not fit one another.
pub fn robot(name: &str, numbers: &[(&str, u64)], catalogue: &str) -> anyhow::Result<Vec<u8>> {
    let mut module = text(name)?;
    for (number, value) in numbers {
        module = module.replace(&format!("{{{{{number}}}}}"), &value.to_string());
    }

    let describe = if module.contains("(export \"describe\")") { "guest" } else { "libc" };
    let frame = text("frame")?.replace("{{describe}}", describe);
    let frame =
        swap(&frame, "(export \"stagewright:plugin/trigger@0.1.0\" (instance $exported))", "")?;
    let frame = swap(&frame, r"{}{\22robots\22:[]}", &format!("{{}}{}", quoted(catalogue)))?;
    let frame = swap(&frame, "(i32.const 13)", &format!("(i32.const {})", catalogue.len()))?;

    component(&frame.replace("{{guest}}", &module))
}

/// The bundle of a trigger that does `evaluate` about every event.
///
/// # Errors
/// Where the texts do not fit one another.
pub fn trigger(id: &str, evaluate: &str) -> anyhow::Result<Vec<u8>> {
    let length = TRIGGERS.len().to_string();
    let filled =
        text("trigger")?.replace("{{text}}", &quoted(TRIGGERS)).replace("{{length}}", &length);
    bundle(&inert_manifest(id), &component(&filled.replace("{{evaluate}}", evaluate))?)
}

/// A text inside a string of WebAssembly's text format.
fn quoted(text: &str) -> String {
    text.replace('"', "\\22").replace('\n', " ")
}

fn swap(text: &str, old: &str, new: &str) -> anyhow::Result<String> {
    ensure!(text.matches(old).count() == 1, "the frame has not exactly one `{old}`");
    Ok(text.replace(old, new))
}

/// A tar of these files, whatever they are.
///
/// # Errors
/// Where a name is too long for a tar.
pub fn pack(files: &[(&str, &[u8])]) -> anyhow::Result<Vec<u8>> {
    let mut tar = Builder::new(Vec::new());
    for (name, contents) in files {
        let mut header = Header::new_ustar();
        header.set_entry_type(EntryType::Regular);
        header.set_size(contents.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, name, *contents)?;
    }
    Ok(tar.into_inner()?)
}

/// The bundle of a manifest and a component.
///
/// # Errors
/// As [`pack`].
pub fn bundle(manifest: &str, component: &[u8]) -> anyhow::Result<Vec<u8>> {
    pack(&[("plugin.toml", manifest.as_bytes()), ("plugin.wasm", component)])
}
