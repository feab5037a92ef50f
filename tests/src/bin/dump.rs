//! `dump`: a few rows of every table as the real server of today writes them, for `tests/formats`. `tests/formats/README.md` says when.
#![expect(clippy::print_stdout, reason = "the dump is what it is for")]

use std::sync::Arc;

use anyhow::{Context, bail};
use serde_json::json;
use stagewright::clock::SystemClock;
use stagewright::store::sled::{Options, SledStore};
use stagewright_core::id::TenantId;
use stagewright_core::key::{Key, Queue};
use stagewright_core::read::{Found, Range, Read};
use stagewright_core::seams::{Clock, Store};
use stagewright_tests::api::{Api, Ask, text};
use stagewright_tests::fixture::{self, Robots};
use stagewright_tests::host::{Home, Host};
use stagewright_tests::scratch::Scratch;

/// Rows of each table and queue, from its beginning: enough to be read, few enough to be kept.
const ROWS: usize = 2;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let scratch = Scratch::new("dump")?;
    let home = Home::make(&scratch.path().join("home"))?;
    let host = Host::start(home.server()?, &scratch.path().join("host.log"))?;
    let tenant = live(&host, &home).await?;
    host.stop()?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let store = SledStore::open(&home.folder().join("data/rows"), Options::at(clock.now()))?;
    for prefix in prefixes(tenant) {
        let answers = store.read(&[Read::Range(Range::first(prefix, ROWS))]).await?;
        let Some(Found::Range { rows, .. }) = answers.into_iter().next() else { bail!("no range was answered") };
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
    let calendar = json!({"name": "Office", "time_zone": "Europe/Kyiv", "week": week, "days": {"2026-12-25": []}});
    api.done(&Ask::put("/v1/calendars/default", &calendar)).await?;
    let employee = tenant.employees.first().context("no employee")?;
    let deal = json!({"fields": {"title": "A roof", "pipeline": "sales", "responsible": employee}});
    let made = api.done(&Ask::post("/v1/records/deal", &deal).once("a-roof")).await?;
    let id = text(&made, "/id")?;
    api.done(&Ask::post("/v1/events", &json!({"kind": "custom.poke", "record": {"kind": "deal", "id": id}}))).await?;
    let conversations = api.list("/v1/conversations", |_| true).await?;
    let conversation = text(conversations.first().context("no conversation")?, "/id")?;
    let reply = json!({"user": employee, "text": "We are on our way"});
    api.done(&Ask::post(format!("/v1/conversations/{conversation}/reply"), &reply)).await?;
    TenantId::try_from(tenant.id).map_err(anyhow::Error::msg)
}

/// Every table of the platform and the tenant, and every queue.
fn prefixes(tenant: TenantId) -> Vec<Key> {
    let table = |(tenant, table): (TenantId, u8)| Key::from_bytes(&[&tenant.0[..], &[table]].concat());
    let tables = [TenantId::PLATFORM, tenant].into_iter().flat_map(|tenant| (1..=u8::MAX).map(move |table| (tenant, table)));
    tables.map(table).chain(Queue::ALL.map(|queue| Key::due_tenant(queue, tenant))).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
