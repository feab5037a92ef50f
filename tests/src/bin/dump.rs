//! `dump`: a few rows of every table as the real server of today writes them, for `tests/formats`.
//! `tests/formats/README.md` says when.
#![expect(clippy::print_stdout, reason = "the dump is what it is for")]

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::json;

use stagewright_core::id::TenantId;
use stagewright_core::key::{Key, Queue};
use stagewright_core::read::{Found, Range, Read};
use stagewright_core::seams::{Clock, Store};
use stagewright_server::clock::SystemClock;
use stagewright_store::sled::{Options, SledStore};
use stagewright_tests::api::{Api, Ask, list, text};
use stagewright_tests::fixture::{self, Robots};
use stagewright_tests::host::{Home, Host};
use stagewright_tests::place;
use stagewright_tests::scratch::Scratch;

/// Rows of each table and queue, from its beginning: enough to be read, few enough to be kept.
const ROWS: usize = 2;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let scratch = Scratch::new("dump")?;
    let home = Home::make(&scratch.path().join("home"))?;
    let host = Host::start(home.server()?, &scratch.path().join("host.log"))?;
    let tenant = live(&host, &home).await?;
    // Only one process may have the folder open.
    host.stop()?;

    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let store = SledStore::open(&home.folder().join("data/rows"), Options::at(clock.now()))?;

    for prefix in prefixes(tenant) {
        let answers = store.read(&[Read::Range(Range::first(prefix, ROWS))]).await?;
        let Some(Found::Range { rows, .. }) = answers.into_iter().next() else {
            bail!("no range was answered")
        };
        for (key, value) in rows {
            println!("{}", json!({"key": hex(key.as_bytes()), "value": hex(&value)}));
        }
    }

    store.shutdown().await?;
    Ok(())
}

/// Something of everything: a client writes, a robot waits for its time, a request may be repeated.
async fn live(host: &Host, home: &Home) -> anyhow::Result<TenantId> {
    let platform = Api::new(&host.base, &home.first_token()?)?;
    let provider = fixture::provider(None).await?;
    fixture::install(&platform).await?;
    let tenant = fixture::tenant(&platform, &provider, Robots::AfterHalfAnHour).await?;
    let api = platform.with_token(&tenant.token);

    let written = provider.inbound_text("+380509998877", "Petro", "It rains into my attic");
    api.done(&Ask::hook(&tenant.id, "whatsapp", written.incoming())).await?;

    let week = json!({"mon": ["09:00-13:00", "14:00-18:00"], "fri": ["09:00-17:00"]});
    let calendar = json!({
        "name": "Office", "time_zone": "Europe/Kyiv", "week": week, "days": {"2026-12-25": []},
    });
    api.done(&Ask::put("/v1/calendars/default", &calendar)).await?;

    let employee = tenant.employees.first().context("no employee")?;
    api.done(&Ask::put("/v1/webhooks/bank", &json!({"name": "Bank"}))).await?;
    api.done(&Ask::post("/v1/sending/pause", &json!({}))).await?;
    api.done(&Ask::post("/v1/sending/resume", &json!({}))).await?;

    let deal = json!({"fields": {"title": "A roof", "pipeline": "sales", "responsible": employee}});
    let made = api.done(&Ask::post("/v1/records/deal", &deal).once("a-roof")).await?;
    let id = text(&made, "/id")?;
    api.done(&Ask::post(
        "/v1/events",
        &json!({"kind": "custom.poke", "record": {"kind": "deal", "id": id}}),
    ))
    .await?;
    supervised(&platform, &api, &id, employee).await?;

    let conversations = api.list("/v1/conversations", |_| true).await?;
    let conversation = text(conversations.first().context("no conversation")?, "/id")?;
    let reply = json!({"user": employee, "text": "We are on our way"});
    api.done(&Ask::post(format!("/v1/conversations/{conversation}/reply"), &reply)).await?;

    TenantId::try_from(tenant.id).map_err(anyhow::Error::msg)
}

/// A tenant's own kind, a work group, a task, a file, an employee's turn, and a notification that a
/// robot sends.
async fn supervised(platform: &Api, api: &Api, deal: &str, employee: &str) -> anyhow::Result<()> {
    let area = json!([{"name": "x_area", "label": "Area", "type": "decimal"}]);
    api.done(&Ask::put("/v1/kinds/deal", &json!({"name": "Deal", "fields": area}))).await?;
    api.done(&Ask::put("/v1/groups/roofers", &json!({"name": "Roofers", "members": [employee]})))
        .await?;

    let item = json!({"kind": "deal", "id": deal});
    api.create("task", json!({"title": "Measure the attic", "group": "roofers", "items": [item]}))
        .await?;
    api.create("activity", json!({"type": "call", "subject": "Call back", "item": item})).await?;

    api.done(&Ask::bytes(
        format!("/v1/records/deal/{deal}/files?name=roof.txt"),
        b"It is red".to_vec(),
    ))
    .await?;

    let folders = ["robot-change-responsible", "robot-send-notification"]
        .map(|name| place::root().join("plugins").join(name));
    for bundle in stagewright_kit::build_all(
        &folders.each_ref().map(|folder| folder.as_path()),
        &|_progress| {},
    )? {
        platform.done(&Ask::bytes("/v1/plugins", std::fs::read(bundle)?)).await?;
    }

    // One after the other, as robots of one item run: once somebody is notified, somebody has had a
    // turn.
    for (robot, settings) in [
        ("change-responsible", json!({"users": ["responsible"]})),
        ("send-notification", json!({"text": "Look at this roof"})),
    ] {
        let plugin = format!("stagewright.{robot}");
        api.done(&Ask::put(format!("/v1/plugins/{plugin}/grants"), &json!({"all": true}))).await?;
        let body = json!({"record": item, "settings": settings});
        api.done(&Ask::post(format!("/v1/robots/{plugin}/{robot}/invoke"), &body)).await?;
    }

    for _ in 0..600 {
        let found = api.done(&Ask::get(format!("/v1/notifications?user={employee}"))).await?;
        if !list(&found, "/items").is_empty() {
            return Ok(());
        }
        pause().await;
    }
    bail!("the robot has notified nobody within a minute")
}

/// The host works on its own clock here, and nothing tells when it is done.
#[expect(clippy::disallowed_methods, reason = "a tool that a person runs, and no test")]
async fn pause() {
    tokio::time::sleep(Duration::from_millis(100)).await;
}

/// Every table of the platform and the tenant, and every queue.
fn prefixes(tenant: TenantId) -> Vec<Key> {
    let table =
        |(tenant, table): (TenantId, u8)| Key::from_bytes(&[&tenant.0[..], &[table]].concat());
    let tables = [TenantId::PLATFORM, tenant]
        .into_iter()
        .flat_map(|tenant| (1..=u8::MAX).map(move |table| (tenant, table)));
    tables.map(table).chain(Queue::ALL.map(|queue| Key::due_tenant(queue, tenant))).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
