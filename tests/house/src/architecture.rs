//! Keeps the directions of `host/docs/ARCHITECTURE.md` true.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The crates of the host with the crates of ours that each may depend on outside its tests.
/// Whoever is not in the list of another cannot name it, so only `app` knows all parts of a host,
/// and what tries the product (`client`, `provider-sim`, `trials`) is below nothing but the binary.
const MAY_DEPEND_ON: [(&str, &[&str]); 10] = [
    ("host/core", &["catalogue"]),
    ("host/store", &["core"]),
    ("host/runtime", &["core"]),
    ("host/connector", &["core"]),
    ("host/server", &["core"]),
    ("host/app", &["connector", "core", "kit", "runtime", "server", "store"]),
    ("host/client", &[]),
    ("host/provider-sim", &["core"]),
    (
        "host/trials",
        &[
            "app",
            "client",
            "connector",
            "core",
            "kit",
            "provider-sim",
            "runtime",
            "server",
            "store",
        ],
    ),
    ("host", &["app", "client", "connector", "core", "kit", "server", "store", "trials"]),
];

/// Where each library is used; everything else sees the seam in front of it.
const FENCES: [(&str, &[&str]); 5] = [
    ("axum", &["host/server/src/http", "host/provider-sim/src"]),
    ("wasmtime", &["host/runtime/src"]),
    ("sled", &["host/store/src/sled"]),
    ("reqwest", &["host/connector/src", "host/client/src", "host/app/src/start_error.rs"]),
    ("chacha20poly1305", &["host/server/src/secrets.rs"]),
];

/// Folders of one crate that know nothing of one another.
const STRANGERS: [(&str, &[&str]); 3] = [
    ("host/server/src/http", &["crate::engine", "super::engine"]),
    ("host/server/src/service", &["crate::http", "crate::engine"]),
    ("host/server/src/engine", &["crate::http", "crate::service"]),
];

/// The root of the repository.
pub(crate) fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The folders of all crates that have sources of ours, from the root of the repository.
pub(crate) fn crates() -> Vec<String> {
    let mut found: Vec<String> =
        MAY_DEPEND_ON.iter().map(|(folder, _)| (*folder).to_owned()).collect();
    found.extend(
        ["sdk/catalogue", "sdk/kit", "sdk/rust", "sdk/rust/macros", "tests", "tests/powercut"]
            .map(str::to_owned),
    );
    for entry in fs::read_dir(repository().join("plugins")).unwrap() {
        found.push(format!("plugins/{}", entry.unwrap().file_name().to_string_lossy()));
    }
    found
}

/// Every Rust file below `dir`, tests included.
fn sources(dir: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
    found
}

/// The code lines of a file: what stands in comments imports nothing.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim_start).filter(|line| !line.starts_with("//"))
}

/// Whether `line` names `module` as the first part of a path.
fn names(line: &str, module: &str) -> bool {
    let goes_on = |c: char| c.is_alphanumeric() || c == '_' || c == ':' || c == '.';
    let mut before = line.split(&format!("{module}::")).collect::<Vec<_>>();
    before.pop();
    before.into_iter().any(|before| !before.ends_with(goes_on))
}

/// The crates of ours that a manifest depends on, tests apart.
fn dependencies(folder: &str) -> BTreeSet<String> {
    let manifest = fs::read_to_string(repository().join(folder).join("Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    let names = manifest["dependencies"].as_table().unwrap().keys();
    names.filter_map(|name| name.strip_prefix("stagewright-")).map(str::to_owned).collect()
}

#[test]
fn each_crate_depends_on_those_that_it_may_know() {
    for (folder, allowed) in MAY_DEPEND_ON {
        let found = dependencies(folder);

        let allowed: BTreeSet<String> = allowed.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(found, allowed, "{folder}");
    }
}

#[test]
fn each_library_stays_behind_its_fence() {
    let host = sources(&repository().join("host"));
    for (library, allowed) in FENCES {
        let outside = |path: &Path| {
            let within = |folder: &&str| path.starts_with(repository().join(folder));
            !allowed.iter().any(within)
                && !path.components().any(|part| part.as_os_str() == "tests")
        };

        let found: Vec<String> = host
            .iter()
            .filter(|(path, text)| outside(path) && code(text).any(|line| names(line, library)))
            .map(|(path, _)| path.display().to_string())
            .collect();

        assert!(found.is_empty(), "{library} is used in {found:?}");
    }
}

#[test]
fn http_use_cases_and_engine_know_nothing_of_one_another_but_what_http_asks_of_use_cases() {
    for (folder, forbidden) in STRANGERS {
        for (path, text) in sources(&repository().join(folder)) {
            for line in code(&text) {
                let found = forbidden.iter().find(|name| line.contains(**name));

                assert!(found.is_none(), "{} has `{line}`", path.display());
            }
        }
    }
}

#[test]
fn the_core_has_no_clock_no_chance_no_threads_and_no_floats() {
    let forbidden = [
        "tokio",
        "axum",
        "wasmtime",
        "sled::",
        "reqwest",
        "std::fs",
        "std::net",
        "std::thread",
        "std::env",
        "SystemTime",
        "Instant::",
        "Utc::now",
        "Local::now",
        "getrandom",
        "HashMap",
        "HashSet",
        "f32",
        "f64",
    ];
    for (path, text) in sources(&repository().join("host/core/src")) {
        for line in code(&text) {
            for word in forbidden {
                assert!(!line.contains(word), "{} has `{line}`", path.display());
            }
        }
    }
}

#[test]
fn the_seams_are_four() {
    let text = fs::read_to_string(repository().join("host/core/src/seams.rs")).unwrap();

    let traits: Vec<&str> = code(&text).filter(|line| line.starts_with("pub trait ")).collect();

    assert_eq!(traits.len(), 4, "{traits:?}");
}
