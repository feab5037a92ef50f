//! Bundles that must not be installed, sent to a real server: each is refused with its code and
//! with what to do, and leaves nothing behind.

use anyhow::ensure;
use serde_json::{Value, json};

use stagewright_tests::api::{Ask, Outcome, list, text};
use stagewright_tests::guest::{
    CATALOGUE, bundle, component, manifest, pack, robot, text as guest,
};
use stagewright_tests::trial::Trial;

/// Status, code and detail of a refusal.
fn refusal(outcome: Outcome) -> anyhow::Result<(u16, String, String)> {
    match outcome {
        Outcome::Answered(status, body) => {
            Ok((status, text(&body, "/code")?, text(&body, "/detail")?))
        }
        Outcome::Lost => anyhow::bail!("no answer"),
    }
}

/// What is wrong with a bundle, the bundle, the code of its refusal, and a part of what to do about
/// it.
type Wrong = (&'static str, Vec<u8>, &'static str, &'static str);

fn make_good_manifest() -> String {
    manifest("acme.guest", "")
}

/// A component that does nothing, well.
fn make_good_component() -> anyhow::Result<Vec<u8>> {
    robot("nothing", &[], CATALOGUE)
}

fn make_wrong_archives() -> anyhow::Result<Vec<Wrong>> {
    let again = "build it again with `stagewright plugin build`";
    let manifest = make_good_manifest();
    let whole = bundle(&manifest, &make_good_component()?)?;
    let half = whole[..whole.len() / 2].to_vec();
    let no_component = pack(&[("plugin.toml", manifest.as_bytes())])?;
    let script = pack(&[("plugin.toml", manifest.as_bytes()), ("run.sh", b"")])?;

    Ok(vec![
        ("nothing at all", Vec::new(), "bundle.entry-missing", again),
        ("some text", b"hello, install me".repeat(100), "bundle.corrupt", again),
        ("half a bundle", half, "bundle.corrupt", again),
        ("no component", no_component, "bundle.entry-missing", again),
        ("a script in it", script, "bundle.entry-unknown", "it holds plugin.toml"),
    ])
}

fn make_wrong_manifests() -> anyhow::Result<Vec<Wrong>> {
    let (good, component) = (make_good_manifest(), make_good_component()?);
    let with = |old: &str, new: &str| bundle(&good.replace(old, new), &component);

    let field = with("license", "colour = \"red\"\nlicense")?;
    let permission = with("records.read:*", "records.burn:*")?;
    let twice = with("records.observe", "records.read")?;
    let less = with("records.observe:*", "directory.read")?;

    Ok(vec![
        ("another schema", with("schema = 1", "schema = 2")?, "manifest.schema", "update the host"),
        ("another contract", with("\"0.1\"", "\"0.9\"")?, "manifest.api", "update the host"),
        ("no version", with("1.0.0", "first")?, "manifest.syntax", "correct this place"),
        ("an unknown field", field, "manifest.unknown-field", "remove or correct it"),
        (
            "an unknown permission",
            permission,
            "manifest.syntax",
            "the permissions are records.read:",
        ),
        ("no publisher", with("acme.guest", "guest")?, "manifest.id", "write publisher.name"),
        ("an undeclared import", twice, "manifest.permission-twice", "keep one of them"),
        ("less than it imports", less, "permission.undeclared", "add [[permissions]]"),
    ])
}

fn make_wrong_components() -> anyhow::Result<Vec<Wrong>> {
    let of = |component: &[u8]| bundle(&make_good_manifest(), component);

    let core_module = of(b"\0asm\x01\0\0\0")?;
    let machine_code = of(b"\x7fELF\x02\x01\x01\0")?;
    let wasi = of(&component(&guest("wasi")?)?)?;
    let mute = of(&component(&guest("mute")?)?)?;

    Ok(vec![
        ("a core module", core_module, "component.core-module", "stagewright plugin build"),
        ("machine code", machine_code, "component.precompiled", "ship the component itself"),
        ("WASI", wasi, "component.foreign-import", "build without WASI"),
        ("no `describe`", mute, "component.no-describe", "`plugin!` adds it"),
    ])
}

fn make_wrong_descriptions() -> anyhow::Result<Vec<Wrong>> {
    let of =
        |name: &str, catalogue: &str| bundle(&make_good_manifest(), &robot(name, &[], catalogue)?);

    let trap = of("describe-traps", CATALOGUE)?;
    let no_json = of("nothing", "{\"robots\":")?;
    let setting = r#"{"robots":[{"id":"go","name":{},"settings":[{"key":"x","kind":"colour"}]}]}"#;
    let setting = of("nothing", setting)?;

    Ok(vec![
        ("a trap in `describe`", trap, "install.describe-failed", "plugin.trap"),
        (
            "a catalogue that is no JSON",
            no_json,
            "install.describe-invalid",
            "does not answer JSON",
        ),
        ("a setting of no known kind", setting, "install.unknown-setting-kind", "`colour`"),
    ])
}

#[tokio::test]
async fn a_bundle_that_is_wrong_is_refused_by_code_and_leaves_nothing_behind() -> anyhow::Result<()>
{
    let trial = Trial::start("bad-bundles").await?;

    let wrong = [
        make_wrong_archives()?,
        make_wrong_manifests()?,
        make_wrong_components()?,
        make_wrong_descriptions()?,
    ];

    for (what, bytes, code, hint) in wrong.into_iter().flatten() {
        let (status, found, detail) = refusal(trial.install(bytes).await)?;
        assert_eq!((status, found.as_str()), (422, code), "{what}: {detail}");
        assert!(detail.contains(hint), "{what}: {detail}");
    }

    let installed = trial.admin.done(&Ask::get("/v1/plugins")).await?;
    assert!(list(&installed, "/items").is_empty(), "{installed}");

    let good = bundle(&make_good_manifest(), &make_good_component()?)?;
    trial.enable(good).await?;
    trial.end()
}

#[tokio::test]
async fn a_bundle_over_40_mib_is_too_large() -> anyhow::Result<()> {
    let trial = Trial::start("large-bundle").await?;

    let (status, code, detail) = refusal(trial.install(vec![0; (40 << 20) + 1]).await)?;
    assert_eq!((status, code.as_str()), (413, "request.too-large"), "{detail}");

    let (status, code, _) = refusal(trial.install(vec![0; 40 << 20]).await)?;
    assert_eq!((status, code.as_str()), (422, "bundle.entry-missing"));

    trial.end()
}

#[tokio::test]
async fn a_flipped_bit_anywhere_is_refused_or_makes_another_good_bundle() -> anyhow::Result<()> {
    let trial = Trial::start("flipped-bits").await?;
    let good = bundle(&make_good_manifest(), &make_good_component()?)?;

    let mut refused = 0;
    // A prime, so that headers, manifest and every part of the component are met.
    for place in (0..good.len()).step_by(97) {
        let mut flipped = good.clone();
        flipped[place] ^= 1 << (place % 8);

        let Outcome::Answered(status, body) = trial.install(flipped).await else {
            anyhow::bail!("no answer at byte {place}")
        };

        match status {
            409 | 422 => {
                ensure!(
                    body["code"].is_string() && body["detail"].is_string(),
                    "byte {place}: {body}"
                );
                refused += 1;
            }
            200 | 201 => {}
            _ => anyhow::bail!("byte {place} was answered {status}: {body}"),
        }
    }

    assert!(refused > 10, "only {refused} were refused");

    trial.enable(bundle(&manifest("acme.other", ""), &make_good_component()?)?).await?;
    trial.end()
}

#[tokio::test]
async fn settings_that_do_not_fit_a_robots_description_name_the_setting() -> anyhow::Result<()> {
    let trial = Trial::start("settings").await?;
    let catalogue = r#"{"robots":[{"id":"go","name":{},"settings":[
        {"key":"n","kind":"integer","min":1,"max":9},
        {"key":"c","kind":"choice","choices":[{"value":"a"}]},
        {"key":"w","kind":"who"},
        {"key":"d","kind":"duration"},
        {"key":"t","kind":"template","required":true,"max":5},
        {"key":"l","kind":"text","multiple":true}]}]}"#;

    let plugin = trial
        .enable(bundle(&manifest("acme.form", ""), &robot("nothing", &[], catalogue)?)?)
        .await?;
    let deal = trial.deal("A roof").await?;

    let cases: [(Value, &str, &str); 10] = [
        (json!({}), "settings.missing", "t"),
        (json!({"t": "x", "z": 1}), "settings.unknown", "z"),
        (json!({"t": 5}), "settings.wrong-type", "t"),
        (json!({"t": "123456"}), "settings.out-of-bounds", "t"),
        (json!({"t": "{{"}), "template.invalid", "t"),
        (json!({"t": "x", "n": 10}), "settings.out-of-bounds", "n"),
        (json!({"t": "x", "c": "b"}), "settings.not-a-choice", "c"),
        (json!({"t": "x", "w": "boss"}), "settings.wrong-type", "w"),
        (json!({"t": "x", "d": "soon"}), "settings.wrong-type", "d"),
        (json!({"t": "x", "l": ["a", 1]}), "settings.wrong-type", "l[1]"),
    ];
    for (settings, code, field) in cases {
        let body = json!({"record": {"kind": "deal", "id": deal}, "settings": settings});
        let ask = Ask::post(format!("/v1/robots/{plugin}/go/invoke"), &body);

        let Outcome::Answered(status, body) = trial.admin.send(&ask).await else {
            anyhow::bail!("no answer")
        };

        assert_eq!((status, body["code"].as_str()), (422, Some(code)), "{settings}: {body}");
        assert_eq!(body["field"], format!("settings.{field}"), "{settings}: {body}");
    }

    let runs = trial.admin.done(&Ask::get("/v1/runs")).await?;
    assert!(list(&runs, "/items").is_empty(), "{runs}");

    let run = trial
        .invoke(
            &plugin,
            "go",
            &deal,
            json!({"t": "x", "n": 9, "c": "a", "w": "responsible", "d": "30m"}),
        )
        .await?;
    assert_eq!(run["steps"][0]["state"], "done", "{run}");
    trial.end()
}
