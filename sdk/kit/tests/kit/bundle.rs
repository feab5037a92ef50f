//! What may be in a bundle, and that the same files are the same bytes.

use std::fs;

use tar::EntryType;

use stagewright_kit::{Bundle, pack};

use crate::support::{COMPONENT, MANIFEST, PluginFolder, tar};

fn code(bytes: &[u8]) -> Option<&'static str> {
    Bundle::open(bytes).err().map(|error| error.code())
}

fn with(name: &str, contents: &[u8]) -> Vec<u8> {
    tar(&[("plugin.toml", MANIFEST.as_bytes()), ("plugin.wasm", COMPONENT), (name, contents)])
}

#[test]
fn the_same_folder_gives_the_same_bytes() {
    let folder = PluginFolder::new();
    folder.write("README.md", "Hello");
    folder.write("locales/de.toml", "a = 1");
    folder.write("locales/.swp", "an editor was here");
    folder.write("notes.txt", "not for shipping");

    let (first, bundle) = pack(folder.path(), COMPONENT).unwrap();
    let (second, _) = pack(folder.path(), COMPONENT).unwrap();

    assert_eq!(first, second);
    assert_eq!(
        bundle.names().collect::<Vec<_>>(),
        ["README.md", "locales/de.toml", "plugin.toml", "plugin.wasm"]
    );
    assert_eq!(bundle.file("README.md"), Some(b"Hello".as_slice()));
}

#[test]
fn the_content_hash_covers_every_file_but_the_signature() {
    let plain = Bundle::open(&with("README.md", b"a")).unwrap();
    let changed = Bundle::open(&with("README.md", b"b")).unwrap();
    let list = [
        ("plugin.toml", MANIFEST.as_bytes()),
        ("plugin.wasm", COMPONENT),
        ("README.md", b"a"),
        ("SIGNATURE", b"x"),
    ];
    let signed = Bundle::open(&tar(&list)).unwrap();

    assert_ne!(plain.content_hash(), changed.content_hash());
    assert_eq!(plain.content_hash(), signed.content_hash());
    assert_eq!(plain.content_list().lines().count(), 3);
    assert!(plain.content_list().starts_with(
        "README.md 1 ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb\n"
    ));
}

#[test]
fn the_order_in_the_file_does_not_change_the_hash() {
    let one = tar(&[("plugin.toml", MANIFEST.as_bytes()), ("plugin.wasm", COMPONENT)]);
    let other = tar(&[("plugin.wasm", COMPONENT), ("plugin.toml", MANIFEST.as_bytes())]);

    assert_eq!(
        Bundle::open(&one).unwrap().content_hash(),
        Bundle::open(&other).unwrap().content_hash()
    );
}

#[test]
fn names_that_leave_the_bundle_are_refused() {
    for name in [
        "../x",
        "/etc/passwd",
        "locales/../../x",
        "locales//x",
        "locales/.hidden",
        "scenarios/a b",
        "locales\\x",
    ] {
        assert_eq!(code(&with(name, b"x")), Some("bundle.entry-name"), "{name}");
    }
}

#[test]
fn files_that_a_bundle_has_no_place_for_are_refused() {
    assert_eq!(code(&with("run.sh", b"x")), Some("bundle.entry-unknown"));
    assert_eq!(code(&with("lib/x.so", b"x")), Some("bundle.entry-unknown"));
}

#[test]
fn the_same_name_twice_is_refused() {
    assert_eq!(code(&with("plugin.wasm", COMPONENT)), Some("bundle.entry-twice"));
}

#[test]
fn links_and_folders_are_refused() {
    for kind in [EntryType::Symlink, EntryType::Link, EntryType::Directory, EntryType::Char] {
        assert_eq!(
            code(&crate::support::tar_of("README.md", b"", kind)),
            Some("bundle.entry-type"),
            "{kind:?}"
        );
    }
}

#[test]
fn a_bundle_needs_manifest_and_component() {
    assert_eq!(code(&tar(&[("plugin.wasm", COMPONENT)])), Some("bundle.entry-missing"));
    assert_eq!(code(&tar(&[("plugin.toml", MANIFEST.as_bytes())])), Some("bundle.entry-missing"));
    assert_eq!(code(b""), Some("bundle.entry-missing"));
}

#[test]
fn what_is_no_tar_or_cut_off_is_corrupt() {
    let whole = with("README.md", &[b'x'; 2000]);

    assert_eq!(code(&[b'x'; 2048]), Some("bundle.corrupt"));
    assert_eq!(code(&whole[..whole.len() - 2048]), Some("bundle.corrupt"));
}

#[test]
fn too_large_files_are_refused() {
    let text = vec![b'x'; (1 << 20) + 1];
    let component = vec![0; (32 << 20) + 1];

    assert_eq!(code(&with("README.md", &text)), Some("bundle.too-large"));
    assert_eq!(code(&tar(&[("plugin.wasm", &component)])), Some("bundle.too-large"));
    assert_eq!(code(&vec![0; (40 << 20) + 1]), Some("bundle.too-large"));
}

#[test]
fn a_size_that_the_header_only_claims_reserves_no_memory() {
    let mut bytes = with("README.md", b"x");
    let header = bytes.windows(9).position(|window| window == b"README.md").unwrap();
    // The size field of the entry's header: 30 MiB claimed, one byte there.
    bytes[header + 124..header + 135].copy_from_slice(b"00170000000");

    let sum: u32 = (0..512)
        .map(|i| if (148..156).contains(&i) { 32 } else { u32::from(bytes[header + i]) })
        .sum();
    bytes[header + 148..header + 156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());

    assert_eq!(code(&bytes), Some("bundle.too-large"));
}

#[test]
fn too_many_files_are_refused() {
    let names: Vec<String> = (0..201).map(|number| format!("scenarios/{number}.yaml")).collect();
    let files: Vec<(&str, &[u8])> =
        names.iter().map(|name| (name.as_str(), b"x".as_slice())).collect();

    assert_eq!(code(&tar(&files)), Some("bundle.too-many-entries"));
}

#[test]
fn core_modules_and_machine_code_are_refused_by_name() {
    let holding = |wasm: &[u8]| tar(&[("plugin.toml", MANIFEST.as_bytes()), ("plugin.wasm", wasm)]);

    assert_eq!(code(&holding(b"\0asm\x01\0\0\0")), Some("component.core-module"));
    assert_eq!(code(&holding(b"\x7fELF\x02\x01\x01")), Some("component.precompiled"));
    assert_eq!(code(&holding(b"hello")), Some("component.invalid"));
}

#[test]
fn a_wrong_manifest_keeps_its_own_code() {
    let bytes = tar(&[("plugin.toml", b"schema = 1".as_slice()), ("plugin.wasm", COMPONENT)]);

    assert_eq!(code(&bytes), Some("manifest.syntax"));
}

#[test]
fn a_folder_without_a_manifest_cannot_be_packed() {
    let folder = PluginFolder::new();
    fs::remove_file(folder.path().join("plugin.toml")).unwrap();

    assert_eq!(pack(folder.path(), COMPONENT).err().map(|error| error.code()), Some("bundle.read"));
}
