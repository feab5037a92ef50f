//! What goes wrong.

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use stagewright_provider_sim::StandIn;
use stagewright_tests::api::{Ask, Outcome, list, text};
use stagewright_tests::fixture::Tenant;

use super::parrot::start_parrot;
use super::reader::Reader;

/// Everything that goes wrong: a provider that repeats the token, a plugin that runs into its
/// limits, a robot that logs, secrets that are not taken.
pub(super) async fn meet_trouble(
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
        reader.settle().await?;

        let conversations = reader.done(&Ask::get("/v1/conversations?limit=200")).await?;
        let is_own = |conversation: &&Value| conversation["address"] == json!(from);
        let own = list(&conversations, "/items").iter().find(is_own).context("a conversation")?;

        let path = format!("/v1/conversations/{}/reply", text(own, "/id")?);
        let reply = json!({"user": tenant.employees[0], "text": "Good morning"});
        reader.done(&Ask::post(path, &reply)).await?;
        // One after the other, so that each refusal is made in the next way.
        reader.settle().await?;
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
        reader.settle().await?;
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
