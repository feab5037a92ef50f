//! The guests, made from their text.

use crate::runtime::registry::hash_of;

/// A component and its hash.
#[derive(Clone, Debug)]
pub(super) struct Guest {
    pub(super) hash: String,
    pub(super) bytes: Vec<u8>,
}

impl Guest {
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        Self { hash: hash_of(&bytes), bytes }
    }
}

/// The text of a guest.
macro_rules! text {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/guests/", $name, ".wat"))
    };
}
pub(super) use text;

/// A component from its text.
pub(super) fn component(text: &str) -> Guest {
    Guest::new(wat::parse_str(text).unwrap())
}

/// A robot around a core module, `{{name}}` replaced.
pub(super) fn robot(module: &str, numbers: &[(&str, u64)]) -> Guest {
    let filled = numbers.iter().fold(module.to_owned(), |text, (name, n)| text.replace(&format!("{{{{{name}}}}}"), &n.to_string()));
    framed(&filled, "libc")
}

/// A robot whose module has `{{text}}`, and `{{length}}` of it.
pub(super) fn robot_saying(module: &str, said: &str) -> Guest {
    framed(&with_text(module, said), "libc")
}

/// A robot that describes itself.
pub(super) fn describing(module: &str, said: &str) -> Guest {
    framed(&with_text(module, said), "guest")
}

fn with_text(module: &str, said: &str) -> String {
    module.replace("{{text}}", &said.replace('"', "\\22")).replace("{{length}}", &said.len().to_string())
}

fn framed(module: &str, describe: &str) -> Guest {
    component(&text!("frame").replace("{{describe}}", describe).replace("{{guest}}", module))
}
