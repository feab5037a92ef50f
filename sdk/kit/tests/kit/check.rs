//! What a component does against what its manifest declares.

use stagewright_kit::{Bundle, Export, Problem, Report, check, imports};

use crate::support::{MANIFEST, component, tar};

const OFFER: &str =
    "export stagewright:plugin/describe@0.1.0; export stagewright:plugin/robot@0.1.0;";

/// The report on a plugin with that world and those permissions.
fn report(world: &str, scopes: &[&str]) -> Option<Report> {
    let permission =
        |scope: &&str| format!("\n[[permissions]]\nscope = \"{scope}\"\nreason = \"Because.\"\n");
    let manifest = format!("{MANIFEST}{}", scopes.iter().map(permission).collect::<String>());
    let bytes = tar(&[("plugin.toml", manifest.as_bytes()), ("plugin.wasm", &component(world))]);
    Bundle::open(&bytes).ok().map(|bundle| check(&bundle))
}

/// The codes of what was found, refusals with a `!`.
fn found(world: &str, scopes: &[&str]) -> Vec<String> {
    let findings = report(world, scopes).map(|report| report.findings).unwrap_or_default();
    let mark = |refused| if refused { "!" } else { "" };
    findings
        .iter()
        .map(|finding| format!("{}{}", mark(finding.refused), finding.problem.code()))
        .collect()
}

#[test]
fn declared_imports_are_in_order() {
    let world = format!(
        "import stagewright:directory/directory@0.1.0; import stagewright:log/log@0.1.0; {OFFER}"
    );

    let report = report(&world, &["directory.read"]).unwrap();

    assert!(report.is_ok() && report.findings.is_empty());
    assert_eq!(report.exports, [Export::Describe, Export::Robot]);
    let expected = [
        ("stagewright:directory/directory@0.1.0", "profile"),
        ("stagewright:directory/directory@0.1.0", "resolve"),
        ("stagewright:directory/directory@0.1.0", "supervisor-of"),
        ("stagewright:log/log@0.1.0", "write"),
    ];
    assert_eq!(
        report.imports,
        expected.map(|(interface, function)| (interface.to_owned(), function.to_owned()))
    );
}

#[test]
fn an_import_that_the_manifest_does_not_declare_is_refused_with_the_line_to_add() {
    let world = format!("import stagewright:records/observe@0.1.0; {OFFER}");

    assert_eq!(found(&world, &[]), ["!permission.undeclared"]);

    let problem = report(&world, &[]).unwrap().into_result().unwrap_err();
    let functions = "`stagewright:records/observe@0.1.0#add-observers`".into();
    assert_eq!(problem, Problem::Undeclared { family: "records.observe:*".into(), functions });
}

#[test]
fn any_scope_of_the_family_declares_the_import() {
    let world = format!("import stagewright:records/read@0.1.0; {OFFER}");

    assert!(found(&world, &["records.read:deal"]).is_empty());
}

#[test]
fn a_permission_that_nothing_needs_is_a_warning() {
    assert_eq!(found(OFFER, &["messaging.send"]), ["permission.unused"]);
}

#[test]
fn a_channel_sends_without_an_import() {
    let world =
        "export stagewright:plugin/describe@0.1.0; export stagewright:channel/channel@0.1.0;";

    assert!(found(world, &["http.send:*"]).is_empty());
    assert_eq!(found(OFFER, &["http.send:*"]), ["permission.unused"]);
}

#[test]
fn foreign_imports_are_refused() {
    let world = format!("import clocks: interface {{ now: func() -> u64; }} {OFFER}");

    assert_eq!(found(&world, &[]), ["!component.foreign-import"]);
}

#[test]
fn a_trigger_may_not_write_and_a_channel_may_not_read() {
    let trigger =
        "import stagewright:messaging/messaging@0.1.0; export stagewright:plugin/describe@0.1.0;
                   export stagewright:plugin/trigger@0.1.0;";
    let channel = "import stagewright:records/read@0.1.0; export stagewright:plugin/describe@0.1.0;
                   export stagewright:channel/channel@0.1.0;";

    assert_eq!(found(trigger, &["messaging.send"]), ["!component.wrong-kind"]);
    assert_eq!(found(channel, &["records.read:*"]), ["!component.wrong-kind"]);
}

#[test]
fn only_robots_wait_and_ask_servers() {
    let trigger =
        "export stagewright:plugin/describe@0.1.0; export stagewright:plugin/trigger@0.1.0;";
    let channel =
        "export stagewright:plugin/describe@0.1.0; export stagewright:channel/channel@0.1.0;";
    let (waiting, asking) =
        ("import stagewright:wait/wait@0.1.0;", "import stagewright:http/http@0.1.0;");

    for other in [trigger, channel] {
        assert_eq!(found(&format!("{waiting} {other}"), &[]), ["!component.wrong-kind"]);
        assert_eq!(
            found(&format!("{asking} {other}"), &["http.send:a.example"]),
            ["!component.wrong-kind"]
        );
    }

    assert!(
        found(&format!("{waiting} {asking} {OFFER}"), &["http.send:a.example:8443"]).is_empty()
    );
}

#[test]
fn functions_of_one_interface_need_permissions_of_their_own() {
    let world = format!(
        "import stagewright:records/change@0.1.0; import stagewright:work/tasks@0.1.0; {OFFER}"
    );

    let all = [
        "records.write:deal",
        "records.move:deal",
        "records.assign:deal",
        "tasks.create",
        "tasks.complete",
    ];

    assert!(found(&world, &all).is_empty());

    for missing in 0..all.len() {
        let mut some = all.to_vec();
        let left_out = some.remove(missing);
        assert_eq!(found(&world, &some), ["!permission.undeclared"], "{left_out}");
    }
}

#[test]
fn a_robot_may_not_ask_about_secrets_unless_a_channel_is_with_it() {
    let asking = format!("import stagewright:secrets/secret-check@0.1.0; {OFFER}");
    let messenger = format!("{asking} export stagewright:channel/channel@0.1.0;");

    assert_eq!(found(&asking, &["secrets.check:token"]), ["!component.wrong-kind"]);
    assert!(found(&messenger, &["secrets.check:token"]).is_empty());
}

#[test]
fn a_plugin_must_describe_and_offer_something() {
    assert_eq!(found("export stagewright:plugin/robot@0.1.0;", &[]), ["!component.no-describe"]);
    assert_eq!(
        found("export stagewright:plugin/describe@0.1.0;", &[]),
        ["!component.nothing-offered"]
    );
}

#[test]
fn types_alone_count_as_no_import() {
    let bytes =
        component("import stagewright:types/types@0.1.0; import stagewright:channel/http@0.1.0;");

    assert_eq!(imports(&bytes), Ok(Vec::new()));
}

#[test]
fn every_world_of_the_contract_is_allowed_what_it_lists() {
    let all = [
        "records.read:*",
        "records.observe:*",
        "records.write:*",
        "records.move:*",
        "records.assign:*",
        "directory.read",
        "messaging.send",
        "tasks.create",
        "tasks.complete",
        "activities.write",
        "history.write",
        "notify.send",
        "http.send:*",
        "secrets.check:*",
    ];
    let refused = |world: &str| {
        found(&format!("include stagewright:plugin/{world}@0.1.0;"), &all)
            .iter()
            .any(|code| code.starts_with('!'))
    };

    for world in ["robot-plugin", "trigger-plugin", "channel-plugin", "messenger-plugin"] {
        assert!(!refused(world), "{world}");
    }
}
