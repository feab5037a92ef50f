//! Secrets are set over the API and used in earnest; then they are looked for in everything that
//! can be seen: every file, the log at its most talkative, every answer. Only the provider, whom
//! they are for, has them.

mod parrot;

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use stagewright_provider_sim::{Became, Options, StandIn};
use stagewright_server::http::router::routes;
use stagewright_tests::api::{Api, Ask, Outcome, list, text};
use stagewright_tests::canary::Canary;
use stagewright_tests::fixture::{self, Robots, Tenant};
use stagewright_tests::host::{Home, Host, LOG_LEVEL};
use stagewright_tests::scratch::Scratch;
use stagewright_trials::demo::PLUGINS;

use crate::canary::parrot::start_parrot;

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

/// The id of a request that is in the log, since it was refused.
const LOGGED: &str = "seen-in-the-log-0Y6";

/// A client who keeps every answer.
struct Reader {
    api: Api,
    answers: String,
}

impl Reader {
    async fn ask(&mut self, ask: &Ask) -> anyhow::Result<Value> {
        let Outcome::Answered(status, body) = self.api.send(ask).await else {
            anyhow::bail!("{ask:?} was not answered")
        };

        ensure!(status < 500, "{ask:?} was answered {status}: {body}");
        self.answers += &format!("{status} {body}\n");
        Ok(body)
    }

    async fn done(&mut self, ask: &Ask) -> anyhow::Result<Value> {
        let answer = self.ask(ask).await?;
        ensure!(answer.pointer("/code").is_none(), "{ask:?} was refused: {answer}");
        Ok(answer)
    }

    /// Asks for everything that can be got, with every id that a list names.
    async fn everything(&mut self) -> anyhow::Result<usize> {
        let mut count = 0;
        for route in routes(true).iter().filter(|route| route.method == "GET") {
            for path in self.paths(route.path).await? {
                self.ask(&Ask::get(&path)).await?;
                count += 1;
            }
        }
        Ok(count)
    }

    /// The paths of a route, its variable parts filled in.
    async fn paths(&mut self, route: &str) -> anyhow::Result<Vec<String>> {
        let kinds: &[&str] = if route.contains("{kind}") {
            &["user", "department", "contact", "lead", "deal"]
        } else {
            &[""]
        };

        let mut paths = Vec::new();
        for route in kinds.iter().map(|kind| route.replace("{kind}", kind)) {
            let Some((before, after)) = route.split_once("/{id}") else {
                paths.push(format!(
                    "{route}{}",
                    if route.starts_with("/v1") { "?limit=200" } else { "" }
                ));
                continue;
            };

            let listed = self.ask(&Ask::get(format!("{before}?limit=200"))).await?;
            paths.extend(
                list(&listed, "/items")
                    .iter()
                    .filter_map(|item| Some(format!("{before}/{}{after}", item["id"].as_str()?))),
            );
        }
        ensure!(
            !route.contains('{') || !paths.is_empty() || route.contains("{id}"),
            "no path for {route}"
        );
        Ok(paths)
    }
}

/// Clients write over both channels and are answered, robots send, the provider reports, strangers
/// forge.
async fn ordinary_life(
    reader: &mut Reader,
    tenant: &Tenant,
    provider: &StandIn,
) -> anyhow::Result<()> {
    let hook = |channel: &str, incoming| Ask::hook(&tenant.id, channel, incoming);

    let written = provider.inbound_text("+380509998877", "Petro", "It rains into my attic");
    reader.done(&hook("whatsapp", written.incoming())).await?;
    reader
        .ask(&hook("whatsapp", written.forged().incoming()).header("X-Request-Id", LOGGED))
        .await?;

    let told = json!([
        {
            "kind": "message", "external_id": "1", "address": "visitor", "display_name": "Iryna",
            "body": {"text": "Hello"},
        },
    ]);
    reader.done(&hook("site", provider.signed_json(&told))).await?;
    settle(reader).await?;

    for conversation in list(&reader.done(&Ask::get("/v1/conversations")).await?, "/items").to_vec()
    {
        let path = format!("/v1/conversations/{}/reply", text(&conversation, "/id")?);

        // What people write is no place for a secret, whatever it looks like.
        let operator = usize::from(conversation["channel"] == "site");
        let reply = json!({
            "user": tenant.employees[operator],
            "text": "{{secret:access_token}} {{secret:api_token}}",
        });
        reader.done(&Ask::post(path, &reply)).await?;
    }

    settle(reader).await?;

    for message in provider.accepted() {
        let told =
            provider.statuses(&message.id, &[Became::Failed(131_026)]).context("a status")?;
        reader.done(&hook("whatsapp", told.incoming())).await?;
    }

    let handshake: Vec<String> = provider
        .handshake()
        .query
        .iter()
        .map(|(key, value)| format!("{key}={}", address(value)))
        .collect();
    for query in [handshake.join("&"), handshake.join("&").replace("verify%2F", "other%2F")] {
        reader.ask(&Ask::get(format!("/hooks/{}/whatsapp?{query}", tenant.id))).await?;
    }
    Ok(())
}

fn address(value: &str) -> String {
    Canary::new("", value).spellings()[2].1.clone()
}

async fn settle(reader: &mut Reader) -> anyhow::Result<()> {
    reader.done(&Ask::post("/dev/clock/advance", &json!({"by": "0s"}))).await.map(drop)
}

/// Everything that goes wrong: a provider that repeats the token, a plugin that runs into its
/// limits, a robot that logs, secrets that are not taken.
async fn meet_trouble(
    reader: &mut Reader,
    tenant: &Tenant,
    provider: &StandIn,
) -> anyhow::Result<()> {
    meet_parrot(reader, tenant, provider).await?;
    overburden_plugin(reader, tenant, provider).await?;
    have_robot_log(reader).await?;
    offer_wrong_secrets(reader, &provider.options().access_token).await
}

/// Sends over a channel whose provider refuses everything and repeats the token.
async fn meet_parrot(
    reader: &mut Reader,
    tenant: &Tenant,
    provider: &StandIn,
) -> anyhow::Result<()> {
    let (base, ways) = start_parrot().await?;
    let mut settings = provider.channel_settings();
    settings["api_base"] = json!(base);
    let channel = json!({
        "name": "Parrot", "plugin": "whatsapp.cloud", "channel": "whatsapp-cloud",
        "line": "whatsapp", "settings": settings,
    });
    reader.done(&Ask::put("/v1/channels/parrot", &channel)).await?;

    for client in 0..ways {
        let from = format!("+38050111000{client}");
        let written = provider.inbound_text(&from, "Oksana", "Hello");
        reader.done(&Ask::hook(&tenant.id, "parrot", written.incoming())).await?;
        settle(reader).await?;

        let conversations = reader.done(&Ask::get("/v1/conversations?limit=200")).await?;
        let is_own = |conversation: &&Value| conversation["address"] == json!(from);
        let own = list(&conversations, "/items").iter().find(is_own).context("a conversation")?;

        let path = format!("/v1/conversations/{}/reply", text(own, "/id")?);
        let reply = json!({"user": tenant.employees[0], "text": "Good morning"});
        reader.done(&Ask::post(path, &reply)).await?;
        // One after the other, so that each refusal is made in the next way.
        settle(reader).await?;
    }

    let refused = reader.done(&Ask::get("/v1/deliveries?channel=parrot&limit=200")).await?;
    let covered = list(&refused, "/items").iter().filter(|delivery| {
        delivery["state"] == "failed"
            && text(delivery, "/reason").is_ok_and(|why| why.contains("[secret]"))
    });
    let covered = covered.count();
    ensure!(
        covered >= ways && covered == list(&refused, "/items").len(),
        "the token was repeated otherwise: {refused}"
    );
    Ok(())
}

/// Has a plugin run into its limits.
async fn overburden_plugin(
    reader: &mut Reader,
    tenant: &Tenant,
    provider: &StandIn,
) -> anyhow::Result<()> {
    let message = json!({"body": "x", "more": vec![0; 1_500_000]});
    let large = provider.inbound("+380509998877", "Petro", "text", message);

    let trap = reader.api.send(&Ask::hook(&tenant.id, "whatsapp", large.incoming())).await;
    let Outcome::Answered(503, trap) = trap else {
        anyhow::bail!("the plugin did not run into its limits: {trap:?}")
    };

    reader.answers += &trap.to_string();
    Ok(())
}

async fn have_robot_log(reader: &mut Reader) -> anyhow::Result<()> {
    let deal = reader.done(&Ask::get("/v1/records/deal?limit=1")).await?;
    let invocation = json!({
        "record": {"kind": "deal", "id": deal["items"][0]["id"]},
        "settings": {"observer": "supervisor"},
    });

    let path = "/v1/robots/stagewright.add-observer/add-observer/invoke";
    // The second time there is nothing left to add, which the robot says in its log.
    for _ in 0..2 {
        reader.done(&Ask::post(path, &invocation)).await?;
        settle(reader).await?;
    }
    Ok(())
}

/// Offers secrets that are not taken; what refuses them must not repeat them.
async fn offer_wrong_secrets(reader: &mut Reader, token: &str) -> anyhow::Result<()> {
    for (name, body) in [
        ("Bad%20name", json!({ "value": token })),
        ("access_token", json!({ "value": token.repeat(500) })),
        ("access_token", json!({ "value": [token] })),
        ("access_token", json!({ "value": {"is": token} })),
        ("access_token", json!({ "value": token, "more": token })),
        ("access_token", json!([token])),
        ("access_token", json!(token)),
    ] {
        let refused = reader.ask(&Ask::put(format!("/v1/secrets/{name}"), &body)).await?;
        ensure!(refused.pointer("/code").is_some(), "it was taken: {body}");
    }
    Ok(())
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
