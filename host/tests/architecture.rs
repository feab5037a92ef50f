//! Keeps the directions of `docs/ARCHITECTURE.md` true.

use std::fs;
use std::path::{Path, PathBuf};

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

fn host() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Whether `line` names `module` as the first part of a path.
fn names(line: &str, module: &str) -> bool {
    line.match_indices(&format!("{module}::")).any(|(at, _)| {
        !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':' || c == '.')
    })
}

/// The files outside `allowed` (below `src`) that name `module`.
fn strangers(module: &str, allowed: &[&str]) -> Vec<String> {
    let src = host().join("src");
    let outside = |path: &Path| !allowed.iter().any(|dir| path.starts_with(src.join(dir)));

    sources(&src)
        .into_iter()
        .filter(|(path, text)| outside(path) && code(text).any(|line| names(line, module)))
        .map(|(path, _)| path.display().to_string())
        .collect()
}

#[test]
fn each_library_stays_behind_its_fence() {
    let nobody: Vec<String> = Vec::new();

    assert_eq!(strangers("axum", &["http", "demo/standin"]), nobody);
    assert_eq!(strangers("wasmtime", &["runtime"]), nobody);
    assert_eq!(strangers("sled", &["store/sled"]), nobody);
    assert_eq!(strangers("reqwest", &["connector", "client", "app/start.rs"]), nobody);
    assert_eq!(strangers("chacha20poly1305", &["secrets.rs"]), nobody);
}

#[test]
fn the_parts_know_the_core_and_never_one_another() {
    let parts = ["engine", "store", "runtime", "connector"];
    for part in parts {
        let others = parts
            .iter()
            .filter(|other| **other != part)
            .chain(&["http", "service", "app", "cli", "demo", "scenario"]);
        let forbidden: Vec<String> = others.map(|other| format!("crate::{other}::")).collect();

        for (path, text) in sources(&host().join("src").join(part)) {
            for line in code(&text) {
                let found = forbidden.iter().find(|name| line.contains(name.as_str()));
                // The parts' own tests may stand in one another for what they need.
                let is_test = path
                    .components()
                    .any(|c| c.as_os_str() == "tests" || c.as_os_str() == "tests.rs");
                assert!(found.is_none() || is_test, "{} has `{}`", path.display(), line);
            }
        }
    }
}

#[test]
fn use_cases_know_neither_transport_nor_storage() {
    for (path, text) in sources(&host().join("src/service")) {
        for line in code(&text) {
            for forbidden in [
                "crate::http",
                "crate::store",
                "crate::runtime",
                "crate::engine",
                "crate::connector",
                "crate::app",
            ] {
                assert!(!line.contains(forbidden), "{} has `{line}`", path.display());
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

    for (path, text) in sources(&host().join("core/src")) {
        for line in code(&text) {
            for word in forbidden {
                assert!(!line.contains(word), "{} has `{line}`", path.display());
            }
        }
    }
}

#[test]
fn the_seams_are_four() {
    let text = fs::read_to_string(host().join("core/src/seams.rs")).unwrap();
    let traits: Vec<&str> = code(&text).filter(|line| line.starts_with("pub trait ")).collect();
    assert_eq!(traits.len(), 4, "{traits:?}");
}
