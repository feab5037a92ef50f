//! Bundles and components as the tests need them.

use std::fs;
use std::path::Path;

use tar::{Builder, EntryType, Header};
use tempfile::TempDir;
use wit_parser::{ManglingAndAbi, Resolve};

/// A manifest without permissions.
pub(crate) const MANIFEST: &str = "schema = 1\n[plugin]\nid = \"acme.test\"\nname = \
    \"Test\"\nversion = \"1.0.0\"\npublisher = \"Acme\"\n\
                            license = \"MIT\"\napi = \"0.1\"\n";

/// The empty component: magic number, version, layer.
pub(crate) const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

/// A plugin's folder with a manifest, removed at the end.
pub(crate) struct PluginFolder(TempDir);

impl PluginFolder {
    pub(crate) fn new() -> Self {
        let folder = Self(TempDir::new().expect("a temporary folder"));
        folder.write("plugin.toml", MANIFEST);
        folder
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn write(&self, name: &str, contents: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder");
        fs::write(path, contents).expect("the file");
    }
}

/// A tar of regular files in the given order, with names that the `tar` crate itself would refuse
/// to write.
pub(crate) fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    for (name, contents) in files {
        append(&mut builder, name, contents, EntryType::Regular);
    }
    builder.into_inner().expect("writing to memory")
}

/// A tar of one entry of any type.
pub(crate) fn tar_of(name: &str, contents: &[u8], kind: EntryType) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    append(&mut builder, name, contents, kind);
    builder.into_inner().expect("writing to memory")
}

fn append(builder: &mut Builder<Vec<u8>>, name: &str, contents: &[u8], kind: EntryType) {
    let mut header = Header::new_ustar();
    header
        .as_old_mut()
        .name
        .get_mut(..name.len())
        .expect("a short name")
        .copy_from_slice(name.as_bytes());

    header.set_entry_type(kind);
    header.set_size(contents.len() as u64);
    header.set_mode(0o644);
    header.set_cksum();
    builder.append(&header, contents).expect("writing to memory");
}

/// A component that imports everything in `world`, a world of the contract's packages, and traps
/// when it is called.
pub(crate) fn component(world: &str) -> Vec<u8> {
    let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit");
    let mut resolve = Resolve::default();
    resolve.push_dir(wit).expect("the contract parses");

    let package = resolve
        .push_str("test.wit", &format!("package test:test; world test {{ {world} }}"))
        .expect("the world parses");
    let id = resolve.select_world(&[package], Some("test")).expect("the world is there");

    let mut module = wit_component::dummy_module(&resolve, id, ManglingAndAbi::Standard32);
    wit_component::embed_component_metadata(
        &mut module,
        &resolve,
        id,
        wit_component::StringEncoding::UTF8,
    )
    .expect("it has room");

    stagewright_kit::encode(&module).expect("it fits its world")
}
