//! A client's file, from WhatsApp's server to whoever asks for it over the API: the real host, the
//! real plugin, real HTTP.

use std::sync::Arc;

use anyhow::{Context, ensure};
use reqwest::StatusCode;
use serde_json::Value;

use stagewright_provider_sim::StandIn;
use stagewright_tests::api::{Api, Ask, text};
use stagewright_tests::fixture::{self, Robots, Tenant};
use stagewright_tests::host::{Home, Host};
use stagewright_tests::scratch::Scratch;

/// A running host with a tenant on WhatsApp.
struct World {
    provider: Arc<StandIn>,
    tenant: Tenant,
    api: Api,
    host: Host,
    _scratch: Scratch,
}

impl World {
    async fn new(name: &str) -> anyhow::Result<Self> {
        let scratch = Scratch::new(name)?;
        let home = Home::make(scratch.path())?;
        let host = Host::start(home.server()?, &scratch.path().join("log"))?;
        let provider = fixture::provider(None).await?;

        let platform = Api::new(&host.base, &home.first_token()?)?;
        fixture::install(&platform).await?;
        let tenant = fixture::tenant(&platform, &provider, Robots::AtOnce).await?;
        let api = platform.with_token(&tenant.token);
        Ok(Self { provider, tenant, api, host, _scratch: scratch })
    }

    /// Anna sends a file; gives where it can be fetched.
    async fn sent(&self, kind: &str, file: (&str, Vec<u8>)) -> anyhow::Result<String> {
        let told = self.provider.inbound_file("+380501234567", "Anna", kind, file, "The roof");
        self.api.done(&Ask::hook(&self.tenant.id, "whatsapp", told.incoming())).await?;

        let conversations = self.api.done(&Ask::get("/v1/conversations")).await?;
        let id = text(&conversations, "/items/0/id")?;
        let messages =
            self.api.done(&Ask::get(format!("/v1/conversations/{id}/messages?limit=1"))).await?;

        ensure!(text(&messages, "/items/0/body/caption")? == "The roof", "{messages}");
        text(&messages, "/items/0/media_url")
    }

    async fn fetch(&self, url: &str) -> anyhow::Result<reqwest::Response> {
        let client = reqwest::Client::builder().no_proxy().build()?;
        Ok(client
            .get(format!("{}{url}", self.host.base))
            .bearer_auth(&self.tenant.token)
            .send()
            .await?)
    }
}

/// Bytes that are no text and do not repeat soon.
fn bytes(len: usize) -> Vec<u8> {
    (0..len).map(|at| at.wrapping_mul(2_654_435_761).to_le_bytes()[2]).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clients_file_is_fetched_byte_for_byte_and_a_huge_one_is_refused() -> anyhow::Result<()> {
    let world = World::new("media").await?;

    for len in [1, 70_000, 16 << 20] {
        let url = world.sent("image", ("image/jpeg", bytes(len))).await?;
        let answer = world.fetch(&url).await?;

        ensure!(answer.status() == StatusCode::OK, "{len}: {}", answer.text().await?);
        let mime = answer.headers().get("content-type").context("no type")?.to_str()?.to_owned();
        ensure!(mime == "image/jpeg", "{mime}");
        ensure!(answer.bytes().await? == bytes(len), "{len} bytes came back changed");
    }

    let url = world.sent("video", ("video/mp4", bytes((16 << 20) + 1))).await?;
    let refused = world.fetch(&url).await?;
    ensure!(refused.status() == StatusCode::BAD_GATEWAY, "{}", refused.status());
    let problem: Value = serde_json::from_slice(&refused.bytes().await?)?;
    ensure!(text(&problem, "/code")? == "media.refused", "{problem}");
    ensure!(text(&problem, "/detail")?.contains("16777217 bytes; at most 16777216"), "{problem}");

    // The file was described and not fetched.
    let asked = world.provider.received();
    ensure!(
        asked.last().is_some_and(|request| !request.target.starts_with("/files/")),
        "{:?}",
        asked.last()
    );

    world.host.stop()
}
