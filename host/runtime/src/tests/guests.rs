//! The guests, made from their text.

use crate::registry::hash_of;

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
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/guests/", $name, ".wat"))
    };
}
pub(super) use text;

/// A component from its text.
pub(super) fn component(text: &str) -> Guest {
    Guest::new(wat::parse_str(text).unwrap())
}

/// A robot around a core module, `{{name}}` replaced.
pub(super) fn robot(module: &str, numbers: &[(&str, u64)]) -> Guest {
    let filled = numbers.iter().fold(module.to_owned(), |text, (name, n)| {
        text.replace(&format!("{{{{{name}}}}}"), &n.to_string())
    });
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
    module
        .replace("{{text}}", &said.replace('"', "\\22"))
        .replace("{{length}}", &said.len().to_string())
}

fn framed(module: &str, describe: &str) -> Guest {
    component(&text!("frame").replace("{{describe}}", describe).replace("{{guest}}", module))
}

/// One function of the host's beside those that the frame always imports.
#[derive(Clone, Copy, Debug)]
pub(super) struct Import {
    /// Its interface, without `stagewright:` and version.
    pub(super) interface: &'static str,
    pub(super) function: &'static str,
    pub(super) takes: Takes,
    /// What it gives where it is not refused, as the text format writes it.
    pub(super) gives: &'static str,
}

/// What such a function takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Takes {
    /// A text.
    Text,
    /// A record, which is left out, and a text.
    TargetAndText,
    /// A request, whose address is the text.
    Request,
}

impl Takes {
    fn types(self) -> &'static str {
        match self {
            Self::Text => "(param \"text\" string)",
            Self::TargetAndText => {
                "(param \"target\" (option $record-ref1)) (param \"text\" string)"
            }
            Self::Request => "(param \"request\" $request1)",
        }
    }

    /// Flattened, before the text's address and length; then after them.
    fn arguments(self) -> (usize, &'static str, &'static str) {
        match self {
            Self::Text => (0, "", ""),
            Self::TargetAndText => {
                (5, "(i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)", "")
            }
            Self::Request => (
                6,
                "(i32.const 1000) (i32.const 4)",
                "(i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)",
            ),
        }
    }
}

/// A robot that calls `import` with a text.
pub(super) fn calling(import: Import, said: &str) -> Guest {
    let (more, before, after) = import.takes.arguments();
    let arguments = format!("{before} (i32.const 1024) (i32.const {}) {after}", said.len());

    let module = text!("effect")
        .replace("{{params}}", &format!("(param{})", " i32".repeat(more + 3)))
        .replace("{{arguments}}", &arguments)
        .replace("{{text}}", &said.replace('"', "\\22"));

    let types = match import.takes {
        Takes::Request => text!("http-types"),
        Takes::Text | Takes::TargetAndText => "",
    };
    let aliases = match import.takes {
        Takes::Request => {
            "(alias outer 1 $request (type $request0))
             (export \"request\" (type $request1 (eq $request0)))
             (alias outer 1 $response (type $response0))
             (export \"response\" (type $response1 (eq $response0)))"
        }
        Takes::Text | Takes::TargetAndText => {
            "(alias outer 1 $record-ref (type $record-ref0))
             (export \"record-ref\" (type $record-ref1 (eq $record-ref0)))"
        }
    };

    let imported = format!(
        "{types} (import \"stagewright:{}@0.1.0\" (instance $effect {aliases}
           (alias outer 1 $host-error (type $host-error0))
           (export \"host-error\" (type $host-error1 (eq $host-error0)))
           (export \"{}\" (func {} (result (result {} (error $host-error1)))))))",
        import.interface,
        import.function,
        import.takes.types(),
        import.gives
    );

    let lowered = format!(
        "(core func $effect (canon lower (func $effect \"{}\")
           (memory $libc \"memory\") (realloc (func $libc \"realloc\"))))",
        import.function
    );

    let frame = text!("frame")
        .replace(";; {{import}}", &imported)
        .replace(";; {{lower}}", &lowered)
        .replace(";; {{export}}", "(export \"effect\" (func $effect))");
    component(&frame.replace("{{describe}}", "libc").replace("{{guest}}", &module))
}
