//! Secrets are set over the API and used in earnest; then they are looked for in everything that can be seen: every file, the log at
//! its most talkative, every answer. Only the provider, whom they are for, has them.

use std::sync::Arc;

use anyhow::{Context, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use stagewright::demo::PLUGINS;
use stagewright::demo::standin::{Became, Options, StandIn};
use stagewright::http::router::routes;
use stagewright_tests::api::{Api, Ask, Outcome, list, text};
use stagewright_tests::canary::Canary;
use stagewright_tests::fixture::{self, Robots, Tenant};
use stagewright_tests::host::{Home, Host, LOG_LEVEL};
use stagewright_tests::scratch::Scratch;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// What the provider knows the business by. None has fewer than 16 characters, and each has some that are spelled differently in
/// addresses and JSON.
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
        let Outcome::Answered(status, body) = self.api.send(ask).await else { anyhow::bail!("{ask:?} was not answered") };
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
        let kinds: &[&str] = if route.contains("{kind}") { &["user", "department", "contact", "lead", "deal"] } else { &[""] };
        let mut paths = Vec::new();
        for route in kinds.iter().map(|kind| route.replace("{kind}", kind)) {
            let Some((before, after)) = route.split_once("/{id}") else {
                paths.push(format!("{route}{}", if route.starts_with("/v1") { "?limit=200" } else { "" }));
                continue;
            };
            let listed = self.ask(&Ask::get(format!("{before}?limit=200"))).await?;
            paths.extend(
                list(&listed, "/items").iter().filter_map(|item| Some(format!("{before}/{}{after}", item["id"].as_str()?))),
            );
        }
        ensure!(!route.contains('{') || !paths.is_empty() || route.contains("{id}"), "no path for {route}");
        Ok(paths)
    }
}

/// A provider that refuses every request and repeats in its answer what it was sent, each time in another way. Gives its address and
/// how many ways there are.
async fn parrot() -> anyhow::Result<(String, usize)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let base = format!("http://{}/v21.0", listener.local_addr()?);
    let ways: [fn(&Canary) -> Vec<u8>; 7] = [
        |canary| in_error(&canary.value),
        |canary| in_error(&canary.spellings()[2].1),
        |canary| in_error(&canary.spellings()[4].1),
        |canary| in_error(&STANDARD.encode(format!("user:{}", canary.value))),
        // As Meta escapes its JSON.
        |canary| String::from_utf8_lossy(&in_error(&canary.value)).replace('/', "\\/").into_bytes(),
        // No JSON, and not even a text.
        |canary| [b"\xFF bad token ", canary.value.as_bytes()].concat(),
        |canary| format!("<html>{}</html>", canary.spellings()[1].1).into_bytes(),
    ];
    tokio::spawn(async move {
        for way in ways.iter().cycle() {
            let Ok((mut connection, _)) = listener.accept().await else { return };
            let mut request = Vec::new();
            while !request.ends_with(b"}") && connection.read_buf(&mut request).await.is_ok_and(|read| read > 0) {}
            let request = String::from_utf8_lossy(&request).into_owned();
            let token = request.lines().find_map(|line| line.split_once("Bearer ")).map_or("nothing", |(_, token)| token);
            let body = way(&Canary::new("", token));
            let head = format!(
                "HTTP/1.1 401 Unauthorized\r\nX-Token: {token}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            connection.write_all(&[head.as_bytes(), &body].concat()).await.ok();
        }
    });
    Ok((base, ways.len()))
}

fn in_error(token: &str) -> Vec<u8> {
    json!({"error": {"message": format!("Bad token {token}"), "code": 190}}).to_string().into_bytes()
}

/// Clients write over both channels and are answered, robots send, the provider reports, strangers forge.
async fn ordinary_life(reader: &mut Reader, tenant: &Tenant, provider: &StandIn) -> anyhow::Result<()> {
    let hook = |channel: &str, incoming| Ask::hook(&tenant.id, channel, incoming);
    let written = provider.inbound_text("+380509998877", "Petro", "It rains into my attic");
    reader.done(&hook("whatsapp", written.incoming())).await?;
    reader.ask(&hook("whatsapp", written.forged().incoming()).header("X-Request-Id", LOGGED)).await?;
    let told =
        json!([{"kind": "message", "external_id": "1", "address": "visitor", "display_name": "Iryna", "body": {"text": "Hello"}}]);
    reader.done(&hook("site", provider.signed_json(&told))).await?;
    settle(reader).await?;
    for conversation in list(&reader.done(&Ask::get("/v1/conversations")).await?, "/items").to_vec() {
        let path = format!("/v1/conversations/{}/reply", text(&conversation, "/id")?);
        // What people write is no place for a secret, whatever it looks like.
        let operator = usize::from(conversation["channel"] == "site");
        let reply = json!({"user": tenant.employees[operator], "text": "{{secret:access_token}} {{secret:api_token}}"});
        reader.done(&Ask::post(path, &reply)).await?;
    }
    settle(reader).await?;
    for message in provider.accepted() {
        let told = provider.statuses(&message.id, &[Became::Failed(131_026)]).context("a status")?;
        reader.done(&hook("whatsapp", told.incoming())).await?;
    }
    let handshake: Vec<String> =
        provider.handshake().query.iter().map(|(key, value)| format!("{key}={}", address(value))).collect();
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

/// Everything that goes wrong: a provider that repeats the token, a plugin that runs into its limits, a robot that logs, secrets that
/// are not taken.
async fn trouble(reader: &mut Reader, tenant: &Tenant, provider: &StandIn) -> anyhow::Result<()> {
    let (base, ways) = parrot().await?;
    let mut settings = provider.channel_settings();
    settings["api_base"] = json!(base);
    let channel = json!({"name": "Parrot", "plugin": "whatsapp.cloud", "channel": "whatsapp-cloud", "line": "whatsapp", "settings": settings});
    reader.done(&Ask::put("/v1/channels/parrot", &channel)).await?;
    for client in 0..ways {
        let from = format!("+38050111000{client}");
        let written = provider.inbound_text(&from, "Oksana", "Hello");
        reader.done(&Ask::hook(&tenant.id, "parrot", written.incoming())).await?;
        settle(reader).await?;
        let conversations = reader.done(&Ask::get("/v1/conversations?limit=200")).await?;
        let own = list(&conversations, "/items").iter().find(|conversation| conversation["address"] == json!(from));
        let path = format!("/v1/conversations/{}/reply", text(own.context("a conversation")?, "/id")?);
        reader.done(&Ask::post(path, &json!({"user": tenant.employees[0], "text": "Good morning"}))).await?;
        settle(reader).await?;
    }
    let refused = reader.done(&Ask::get("/v1/deliveries?channel=parrot&limit=200")).await?;
    let covered =
        |delivery: &&Value| delivery["state"] == "failed" && text(delivery, "/reason").is_ok_and(|why| why.contains("[secret]"));
    let covered = list(&refused, "/items").iter().filter(covered).count();
    ensure!(covered >= ways && covered == list(&refused, "/items").len(), "the token was repeated otherwise: {refused}");
    let large = provider.inbound("+380509998877", "Petro", "text", json!({"body": "x", "more": vec![0; 1_500_000]}));
    let trap = reader.api.send(&Ask::hook(&tenant.id, "whatsapp", large.incoming())).await;
    let Outcome::Answered(503, trap) = trap else { anyhow::bail!("the plugin did not run into its limits: {trap:?}") };
    reader.answers += &trap.to_string();
    let deal = reader.done(&Ask::get("/v1/records/deal?limit=1")).await?;
    let invocation = json!({"record": {"kind": "deal", "id": deal["items"][0]["id"]}, "settings": {"observer": "supervisor"}});
    for _ in 0..2 {
        reader.done(&Ask::post("/v1/robots/stagewright.add-observer/add-observer/invoke", &invocation)).await?;
        settle(reader).await?;
    }
    let token = &provider.options().access_token;
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
    let integrator = reader.api.done(&Ask::post("/v1/tokens", &json!({"name": "i", "role": "integrator"})).once("i")).await?;
    let seen = Canary::new("a name", "Seen/by+all=0Y6");
    let contact = json!({"fields": {"name": seen.value}});
    reader.done(&Ask::post("/v1/records/contact", &contact)).await?;

    ordinary_life(&mut reader, &tenant, &provider).await?;
    trouble(&mut reader, &tenant, &provider).await?;
    let mut count = reader.everything().await?;
    let answers = std::mem::take(&mut reader.answers);
    let mut operator = Reader { api: platform, answers };
    count += operator.everything().await?;
    host.stop()?;

    let mut canaries: Vec<Canary> = provider.options().secrets().iter().map(|(name, value)| Canary::new(name, value)).collect();
    canaries.push(Canary::new("the tenant's token", &tenant.token));
    canaries.push(Canary::new("the integrator's token", &text(&integrator, "/secret")?));
    canaries.push(Canary::kept_in(&home.folder().join("first-token"))?);
    canaries.push(Canary::kept_in(&home.folder().join("master.key"))?);
    let mut seen_where = Vec::new();
    for canary in &canaries {
        seen_where.extend(
            canary.files_with(scratch.path())?.into_iter().map(|(path, how)| format!("{canary:?} {} {how}", path.display())),
        );
        for line in operator.answers.lines() {
            seen_where.extend(canary.found_in(line.as_bytes()).map(|how| format!("{canary:?} in an answer, {how}: {line:.300}")));
        }
    }
    assert!(seen_where.is_empty(), "{seen_where:#?}");

    // The search sees what is not secret, and the secrets were where they had to be.
    assert!(!seen.files_with(&home.folder().join("data"))?.is_empty());
    assert!(seen.found_in(operator.answers.as_bytes()).is_some());
    assert!(Canary::new("", LOGGED).found_in(&std::fs::read(scratch.path().join("host.log"))?).is_some());
    let received: Vec<u8> = provider.received().iter().flat_map(|request| request.raw()).collect();
    for canary in &canaries {
        let used = ["access_token", "api_token"].contains(&canary.name.as_str());
        assert_eq!(canary.found_in(&received).is_some(), used, "{canary:?}");
    }
    println!("{} secrets, {count} answers, {} plugins", canaries.len(), PLUGINS.len());
    Ok(())
}
