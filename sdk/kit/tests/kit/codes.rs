//! Codes are what programs and documents refer to, so that none may mean two things.

use std::collections::BTreeSet;
use std::io;

use stagewright_kit::{BuildError, BundleError, ManifestError, Problem, ToolchainError};

fn cause() -> io::Error {
    io::Error::other("broken")
}

fn text() -> String {
    String::from("x")
}

fn codes() -> Vec<&'static str> {
    let problems = [
        Problem::Precompiled,
        Problem::CoreModule,
        Problem::Invalid(text()),
        Problem::ForeignImport(text()),
        Problem::NoDescribe,
        Problem::NothingOffered,
        Problem::WrongKind { interface: text(), kind: "a trigger" },
        Problem::Undeclared { family: text(), functions: text() },
        Problem::Unused(text()),
    ];
    let manifests = [
        ManifestError::Syntax(text()),
        ManifestError::UnknownField(text()),
        ManifestError::Schema(2),
        ManifestError::Id(text()),
        ManifestError::Api(text()),
        ManifestError::Empty("name"),
    ];
    let bundles = [
        BundleError::TooLarge { what: text(), bytes: 1, max: 0 },
        BundleError::Corrupt(text()),
        BundleError::TooManyEntries(1),
        BundleError::EntryName(text()),
        BundleError::EntryType(text()),
        BundleError::EntryUnknown(text()),
        BundleError::EntryTwice(text()),
        BundleError::EntryMissing("plugin.toml"),
        BundleError::Read { path: text(), cause: cause() },
    ];
    let toolchains = [
        ToolchainError::NoRust,
        ToolchainError::NoRoute { rustup: text(), debian: text() },
        ToolchainError::NoLinker,
        ToolchainError::Cache { path: text(), cause: cause() },
    ];
    let builds = [
        BuildError::NoManifest(text()),
        BuildError::NotRust(text()),
        BuildError::Project { dir: text(), said: text() },
        BuildError::NoModule(text()),
        BuildError::Compile { packages: text(), said: text() },
        BuildError::Read { path: text(), cause: cause() },
        BuildError::Write { path: text(), cause: cause() },
    ];

    let problems = problems.iter().map(Problem::code);
    let bundles =
        bundles.iter().map(BundleError::code).chain(manifests.iter().map(ManifestError::code));
    problems
        .chain(bundles)
        .chain(toolchains.iter().map(ToolchainError::code))
        .chain(builds.iter().map(BuildError::code))
        .collect()
}

#[test]
fn no_two_errors_share_a_code() {
    let codes = codes();

    assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len(), "{codes:?}");
}

#[test]
fn a_code_is_an_area_and_a_name_in_small_letters() {
    let word =
        |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c == '-');

    for code in codes() {
        assert!(
            code.split_once('.').is_some_and(|(area, name)| word(area) && word(name)),
            "{code}"
        );
    }
}

#[test]
fn an_error_keeps_the_code_of_what_caused_it() {
    let error = BuildError::from(BundleError::from(Problem::CoreModule));

    assert_eq!(error.code(), "component.core-module");
}
