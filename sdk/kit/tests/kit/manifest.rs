//! What a manifest may say.

use std::time::Duration;

use stagewright_kit::Manifest;

const PLUGIN: &str = r#"
schema = 1
[plugin]
id = "acme.follow-up"
name = "Follow up"
app = "Acme CRM"
version = "1.4.0"
publisher = "Acme"
license = "MIT"
api = "0.1"
"#;

fn parse(text: &str) -> Result<Manifest, &'static str> {
    Manifest::parse(text.as_bytes()).map_err(|error| error.code())
}

/// The message of the refusal; nothing where there is none.
fn message(text: &str) -> String {
    Manifest::parse(text.as_bytes()).err().map(|error| error.to_string()).unwrap_or_default()
}

#[test]
fn a_whole_manifest_is_read() {
    let text = format!(
        "{PLUGIN}\n[[permissions]]\nscope = \"records.read:deal\"\nreason = \"Reads the \
         title.\"\noptional = true\n\
         [limits]\nfuel = 500\nmemory = \"32 MiB\"\nwall = \"10 s\"\n"
    );

    let manifest = parse(&text).unwrap();

    assert_eq!(manifest.file_name(), "acme.follow-up-1.4.0.stagewright");
    assert_eq!(manifest.plugin.app.as_deref(), Some("Acme CRM"));
    assert_eq!(
        (manifest.permissions[0].scope.to_string().as_str(), manifest.permissions[0].optional),
        ("records.read:deal", true)
    );
    assert_eq!((manifest.limits.fuel, manifest.limits.memory), (Some(500), Some(32 << 20)));
    assert_eq!(manifest.limits.wall, Some(Duration::from_secs(10)));
}

#[test]
fn an_unknown_field_is_named() {
    let text = format!("{PLUGIN}colour = \"red\"\n");

    assert_eq!(parse(&text), Err("manifest.unknown-field"));
    assert!(message(&text).contains("`colour`"));
}

#[test]
fn ids_are_publisher_and_name_in_small_letters() {
    for id in ["acme", "Acme.x", "acme.", ".x", "acme.a.b", "acme.1x", "acme.a b", "acme.ä"] {
        assert_eq!(parse(&PLUGIN.replace("acme.follow-up", id)), Err("manifest.id"), "{id}");
    }
}

#[test]
fn other_schemas_and_contracts_are_refused() {
    assert_eq!(parse(&PLUGIN.replace("schema = 1", "schema = 2")), Err("manifest.schema"));
    assert_eq!(parse(&PLUGIN.replace("api = \"0.1\"", "api = \"0.2\"")), Err("manifest.api"));
}

#[test]
fn what_an_admin_reads_may_not_be_empty() {
    assert_eq!(parse(&PLUGIN.replace("Acme\"\nlicense", "\"\nlicense")), Err("manifest.empty"));

    let reasonless =
        format!("{PLUGIN}\n[[permissions]]\nscope = \"directory.read\"\nreason = \" \"\n");
    assert_eq!(parse(&reasonless), Err("manifest.empty"));
}

#[test]
fn a_permission_is_declared_once() {
    let permission = "\n[[permissions]]\nscope = \"directory.read\"\nreason = \"Because.\"\n";

    assert_eq!(
        parse(&format!("{PLUGIN}{permission}{permission}")),
        Err("manifest.permission-twice")
    );
}

#[test]
fn an_unknown_permission_lists_the_known_ones() {
    let unknown = |scope: &str| {
        message(&format!("{PLUGIN}\n[[permissions]]\nscope = \"{scope}\"\nreason = \"Because.\"\n"))
    };

    assert!(unknown("records.erase:deal").contains("records.read:*"));
    assert!(unknown("records.read").contains("write it like `records.read:*`"));
    assert!(unknown("directory.read:all").contains("write it like `directory.read`"));
}

#[test]
fn limits_have_units() {
    assert!(message(&format!("{PLUGIN}\n[limits]\nmemory = \"32\"\n")).contains("32 MiB"));
    assert!(message(&format!("{PLUGIN}\n[limits]\nwall = \"1 hour\"\n")).contains("10 s"));
    assert!(
        message(&format!("{PLUGIN}\n[limits]\nmemory = \"99999999999999999 MiB\"\n"))
            .contains("too much")
    );
}

#[test]
fn a_scope_covers_itself_and_with_a_star_all_of_its_family() {
    let text = format!(
        "{PLUGIN}\n[[permissions]]\nscope = \"records.read:*\"\nreason = \
         \"a\"\n[[permissions]]\nscope = \"records.read:deal\"\nreason = \"b\"\n"
    );
    let manifest = parse(&text).unwrap();

    let (all, deals) = (&manifest.permissions[0].scope, &manifest.permissions[1].scope);
    assert!(all.covers(deals) && deals.covers(deals) && !deals.covers(all));
}
