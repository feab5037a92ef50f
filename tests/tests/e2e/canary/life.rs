//! What goes well: clients, operators, robots and a provider that reports.

use anyhow::Context;
use serde_json::json;

use stagewright_provider_sim::{Became, StandIn};
use stagewright_tests::api::{Ask, list, text};
use stagewright_tests::canary::Canary;
use stagewright_tests::fixture::Tenant;

use super::reader::Reader;

/// The id of a request that is in the log, since it was refused.
pub(super) const LOGGED: &str = "seen-in-the-log-0Y6";

/// Clients write over both channels and are answered, robots send, the provider reports, strangers
/// forge.
pub(super) async fn ordinary_life(
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
    reader.settle().await?;

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

    reader.settle().await?;

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
