//! The commands that ask a running host over its API: the real binary on both sides.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use stagewright_tests::api::{Api, Ask};
use stagewright_tests::host::{Home, Host};
use stagewright_tests::place;
use stagewright_tests::scratch::Scratch;

/// A running host with a tenant, and the files that hold its admin's and the platform's token.
struct Office {
    scratch: Scratch,
    host: Host,
    api: Api,
}

impl Office {
    async fn open(name: &str) -> anyhow::Result<Self> {
        let scratch = Scratch::new(name)?;
        let home = Home::make(&scratch.path().join("home"))?;
        let host = Host::start(home.server()?, &scratch.path().join("host.log"))?;
        fs::write(scratch.path().join("platform-token"), home.first_token()?)?;
        let platform = Api::new(&host.base, &home.first_token()?)?;

        let tenant =
            json!({"name": "Roofs", "time_zone": "Europe/Kyiv", "language": "en", "country": "UA"});
        let made = platform.done(&Ask::post("/v1/tenants", &tenant)).await?;
        let token = text(&made, "/token/secret")?;
        fs::write(scratch.path().join("token"), format!("{token}\n"))?;
        let api = Api::new(&host.base, &token)?;

        let stages =
            json!([{"id": "new", "name": "New"}, {"id": "won", "name": "Won", "semantics": "won"}]);
        api.done(&Ask::put(
            "/v1/pipelines/sales",
            &json!({"kind": "deal", "name": "Sales", "stages": stages}),
        ))
        .await?;

        Ok(Self { scratch, host, api })
    }

    fn path(&self, name: &str) -> String {
        self.scratch.path().join(name).display().to_string()
    }

    /// Runs a command with address and the tenant's token; gives what it says.
    fn says(&self, arguments: &[&str]) -> anyhow::Result<String> {
        self.says_as("token", arguments)
    }

    /// The same with the token in this file.
    fn says_as(&self, file: &str, arguments: &[&str]) -> anyhow::Result<String> {
        let token = self.path(file);
        let output =
            command(&[arguments, &["--url", &self.host.base, "--token-file", &token]].concat())?
                .output()?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8(output.stdout)?)
    }
}

fn text(of: &Value, pointer: &str) -> anyhow::Result<String> {
    of.pointer(pointer)
        .and_then(Value::as_str)
        .map(str::to_owned)
        .with_context(|| format!("no {pointer} in {of}"))
}

/// The binary with nothing of this process' environment that says which host is meant.
fn command(arguments: &[&str]) -> anyhow::Result<Command> {
    let mut command = Command::new(place::server()?);
    command.args(arguments).env_remove("STAGEWRIGHT_URL").env_remove("STAGEWRIGHT_TOKEN");
    Ok(command)
}

/// The one line that a command ends with when it cannot do what it should.
fn error(command: &mut Command) -> anyhow::Result<String> {
    let output = command.output()?;
    ensure!(
        output.status.code() == Some(1) && output.stdout.is_empty(),
        "it ended with {}",
        output.status
    );
    Ok(String::from_utf8(output.stderr)?.trim_end().to_owned())
}

#[tokio::test]
async fn automations_are_written_to_a_file_and_read_back() -> anyhow::Result<()> {
    let office = Office::open("remote-files").await?;
    let file = office.path("sales.yaml");

    office.says(&["automation", "export", "sales", "--out", &file])?;
    let written = fs::read_to_string(&file)?;
    assert_eq!(office.says(&["automation", "export", "sales"])?, written);

    fs::write(&file, written.replace("name: Won", "name: Closed"))?;
    let planned = office.says(&["automation", "import", &file, "--dry-run"])?;
    assert!(
        planned.contains("pipeline sales: changed\n  stages[won].name: \"Won\" → \"Closed\""),
        "{planned}"
    );
    assert_eq!(office.says(&["automation", "export", "sales"])?, written);

    office.says(&["automation", "import", &file])?;
    assert_eq!(office.says(&["automation", "export", "sales"])?, fs::read_to_string(&file)?);

    office.says(&["automation", "import", &file, "--publish", "--waiting", "migrate"])?;
    let alone = command(&["automation", "import", &file, "--waiting", "migrate"])?.output()?;
    assert!(String::from_utf8_lossy(&alone.stderr).contains("--publish"), "{alone:?}");

    fs::write(&file, written.replace("stages:", "stagez:"))?;
    let token = office.path("token");
    let refused = error(&mut command(&[
        "automation",
        "import",
        &file,
        "--url",
        &office.host.base,
        "--token-file",
        &token,
    ])?)?;
    assert!(
        refused.contains("line ")
            && refused.contains("unknown field `stagez`")
            && refused.contains("(import.malformed)"),
        "{refused}"
    );
    Ok(())
}

#[tokio::test]
async fn enabling_plugins_widens_no_grant_unless_that_is_asked_for() -> anyhow::Result<()> {
    const ASKER: &str = "stagewright.http-request";
    let office = Office::open("remote-enable").await?;

    let folders = ["robot-http-request", "robot-add-observer"]
        .map(|name| place::root().join("plugins").join(name));
    let bundles = stagewright_kit::build_all(&[&folders[0], &folders[1]], &|_progress| {})?;
    let bundles: Vec<String> = bundles.iter().map(|path| path.display().to_string()).collect();
    let install =
        [&["plugin", "install"], &bundles.iter().map(String::as_str).collect::<Vec<_>>()[..]]
            .concat();
    office.says_as("platform-token", &install)?;

    let narrow = json!({"scopes": ["http.send:api.example.com"]});
    office.api.done(&Ask::put(format!("/v1/plugins/{ASKER}/grants"), &narrow)).await?;
    let granted = async || -> anyhow::Result<Value> {
        let shown = office.api.done(&Ask::get(format!("/v1/plugins/{ASKER}"))).await?;
        Ok(shown["granted"].clone())
    };
    let left = format!("{ASKER} left as granted: http.send:api.example.com");

    let all = office.says(&["plugin", "enable"])?;
    assert!(all.contains(&left) && all.contains("stagewright.add-observer enabled"), "{all}");
    assert_eq!(office.says(&["plugin", "enable", ASKER])?.trim_end(), left);

    let unnamed = command(&["plugin", "enable", "--all-permissions"])?.output()?;
    assert!(
        !unnamed.status.success() && String::from_utf8_lossy(&unnamed.stderr).contains("PLUGINS"),
        "{unnamed:?}"
    );
    assert_eq!(granted().await?, json!(["http.send:api.example.com"]));

    let widened = office.says(&["plugin", "enable", "--all-permissions", ASKER])?;
    assert!(widened.contains(&format!("{ASKER} enabled\n  http.send:*: ")), "{widened}");
    assert_eq!(granted().await?, json!(["http.send:*"]));
    Ok(())
}

#[tokio::test]
async fn why_is_answered_and_what_is_not_there_named() -> anyhow::Result<()> {
    let office = Office::open("remote-why").await?;
    let deal = office
        .api
        .done(&Ask::post(
            "/v1/records/deal",
            &json!({"fields": {"title": "Roof", "pipeline": "sales"}}),
        ))
        .await?;
    let deal = format!("deal/{}", text(&deal, "/id")?);

    assert_eq!(office.says(&["why", &deal])?, "nothing is automated on this item's pipeline\n");

    let token = office.path("token");
    let asked = |more: &[&str]| {
        command(&[&["why", "--url", &office.host.base, "--token-file", &token], more].concat())
    };
    assert!(error(&mut asked(&[&deal, "remind"])?)?.contains("(why.unknown: trigger)"));
    assert!(error(&mut asked(&["deal/no&body"])?)?.contains("(not-found)"));
    Ok(())
}

#[test]
fn a_host_that_cannot_be_asked_is_told_by_code() -> anyhow::Result<()> {
    let of = |arguments: &[&str], environment: &[(&str, &str)]| -> anyhow::Result<String> {
        let mut command = command(arguments)?;
        command.envs(environment.iter().copied());
        error(&mut command)
    };
    let there = [("STAGEWRIGHT_TOKEN", "sw_1")];

    assert!(of(&["why", "deal/1"], &there)?.contains("(remote.no-url)"));
    assert!(of(&["why", "deal/1", "--url", "localhost"], &there)?.contains("(remote.bad-url)"));
    assert!(
        of(&["why", "deal/1"], &[("STAGEWRIGHT_URL", "http://127.0.0.1:1")])?
            .contains("(remote.no-token)")
    );
    assert!(
        of(&["why", "deal/1", "--url", "http://127.0.0.1:1"], &there)?
            .contains("(remote.no-answer)")
    );

    let missing = Path::new("/nowhere/at/all").display().to_string();
    assert!(
        of(&["why", "deal/1", "--url", "http://127.0.0.1:1", "--token-file", &missing], &[])?
            .contains("(remote.token-file)")
    );
    assert!(
        of(&["automation", "import", &missing, "--url", "http://127.0.0.1:1"], &there)?
            .contains("(remote.file)")
    );
    Ok(())
}
