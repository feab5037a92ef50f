//! The search for secrets once everything has happened.

use std::path::Path;
use std::sync::Arc;

use serde_json::json;

use stagewright_provider_sim::{Options, StandIn};
use stagewright_tests::api::{Api, Ask, text};
use stagewright_tests::canary::Canary;
use stagewright_tests::fixture::{self, Robots, Tenant};
use stagewright_tests::host::{Home, Host, LOG_LEVEL};
use stagewright_tests::scratch::Scratch;
use stagewright_trials::demo::PLUGINS;

use super::life::{LOGGED, ordinary_life};
use super::reader::Reader;
use super::trouble::meet_trouble;

/// What the provider knows the business by. None has fewer than 16 characters, and each has some
/// that are spelled differently in addresses and JSON.
fn secrets() -> Options {
    Options {
        access_token: "EAA/canary+token=7Q1".into(),
        app_secret: "app/canary+secret=8W2".into(),
        verify_token: "verify/canary+token=9E3".into(),
        json_token: "json/canary+token=1R4".into(),
        json_secret: "json/canary+secret=2T5".into(),
        ..Options::default()
    }
}

/// Everything that nobody but the provider may see.
fn gather_canaries(
    provider: &StandIn,
    tenant: &Tenant,
    integrator: &str,
    home: &Home,
) -> anyhow::Result<Vec<Canary>> {
    let secrets = provider.options().secrets();
    let mut canaries: Vec<Canary> =
        secrets.iter().map(|(name, value)| Canary::new(name, value)).collect();
    canaries.push(Canary::new("the tenant's token", &tenant.token));
    canaries.push(Canary::new("the integrator's token", integrator));
    canaries.push(Canary::kept_in(&home.folder().join("first-token"))?);
    canaries.push(Canary::kept_in(&home.folder().join("master.key"))?);

    Ok(canaries)
}

/// Where a canary is, in files and in answers, and how it is spelled there.
fn find_places(canary: &Canary, files: &Path, answers: &str) -> anyhow::Result<Vec<String>> {
    let files = canary.files_with(files)?.into_iter();
    let in_files = files.map(|(path, how)| format!("{canary:?} {} {how}", path.display()));

    let in_answers = answers.lines().filter_map(|line| {
        let how = canary.found_in(line.as_bytes())?;
        Some(format!("{canary:?} in an answer, {how}: {line:.300}"))
    });

    Ok(in_files.chain(in_answers).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_in_no_file_log_row_or_answer() -> anyhow::Result<()> {
    let scratch = Scratch::new("canary")?;
    let home = Home::make(&scratch.path().join("home"))?;

    let mut command = home.server()?;
    command.args(["--clock", "manual"]).env(LOG_LEVEL, "trace");
    let host = Host::start(command, &scratch.path().join("host.log"))?;

    let platform = Api::new(&host.base, &home.first_token()?)?;
    fixture::install(&platform).await?;

    let provider: Arc<StandIn> = fixture::provider_with(secrets(), None).await?;
    let tenant = fixture::tenant(&platform, &provider, Robots::AtOnce).await?;

    let mut reader = Reader { api: platform.with_token(&tenant.token), answers: String::new() };
    let integrator = reader
        .api
        .done(&Ask::post("/v1/tokens", &json!({"name": "i", "role": "integrator"})).once("i"))
        .await?;

    let seen = Canary::new("a name", "Seen/by+all=0Y6");
    let contact = json!({"fields": {"name": seen.value}});
    reader.done(&Ask::post("/v1/records/contact", &contact)).await?;

    ordinary_life(&mut reader, &tenant, &provider).await?;
    meet_trouble(&mut reader, &tenant, &provider).await?;

    let mut count = reader.everything().await?;
    let answers = std::mem::take(&mut reader.answers);
    let mut operator = Reader { api: platform, answers };
    count += operator.everything().await?;
    host.stop()?;

    let canaries = gather_canaries(&provider, &tenant, &text(&integrator, "/secret")?, &home)?;
    let mut seen_where = Vec::new();
    for canary in &canaries {
        seen_where.extend(find_places(canary, scratch.path(), &operator.answers)?);
    }

    assert!(seen_where.is_empty(), "{seen_where:#?}");

    // The search sees what is not secret, and the secrets were where they had to be.
    assert!(!seen.files_with(&home.folder().join("data"))?.is_empty());
    assert!(seen.found_in(operator.answers.as_bytes()).is_some());
    assert!(
        Canary::new("", LOGGED)
            .found_in(&std::fs::read(scratch.path().join("host.log"))?)
            .is_some()
    );

    let received: Vec<u8> = provider.received().iter().flat_map(|request| request.raw()).collect();
    for canary in &canaries {
        let used = ["access_token", "api_token"].contains(&canary.name.as_str());
        assert_eq!(canary.found_in(&received).is_some(), used, "{canary:?}");
    }

    println!("{} secrets, {count} answers, {} plugins", canaries.len(), PLUGINS.len());
    Ok(())
}
