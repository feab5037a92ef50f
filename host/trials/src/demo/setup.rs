//! Sets the demo tenant up over the API, as an administrator would.

use serde_json::{Value, json};

use stagewright_app::Server;
use stagewright_client::{Client, ClientError};
use stagewright_core::context::Actor;
use stagewright_core::id::TenantId;
use stagewright_core::model::tenant::Role;
use stagewright_server::service::{NewToken, Wishes};

use super::bundles::{Built, PLUGINS};
use super::error::DemoError;
use super::host::Host;

/// The demo tenant, as the story needs it.
pub(super) struct Tenant {
    pub(super) id: String,
    pub(super) token: String,
    pub(super) api: Client,
    pub(super) employee: String,
    pub(super) supervisor: String,
}

/// The employee's phone, as the reminder has to reach it.
pub(super) const EMPLOYEE_PHONE: &str = "+380671112233";

/// Installs the bundles, makes a tenant with people, a pipeline, two channels on one line, and
/// publishes the automation of the story.
pub(super) async fn tenant(
    host: &Host,
    client: &Client,
    bundles: &[Built],
    say: &(dyn Fn(&str) + Sync),
) -> Result<Tenant, DemoError> {
    let platform = client.with_token(&first_token(&host.server).await?);
    install_bundles(&platform, bundles, say).await?;

    let tenant = make_tenant(client, &platform).await?;
    channels(host, &tenant).await?;
    automations(&tenant).await?;

    say("Made the tenant Roofs & Co: Olena answers clients, Taras is her supervisor");
    say("  stage new        30 minutes after the deal was created: get the employee, remind by \
         WhatsApp, add the supervisor as observer");
    say("  stage processed  a deal whose chat was accepted moves here; the client is thanked");
    Ok(tenant)
}

async fn install_bundles(
    platform: &Client,
    bundles: &[Built],
    say: &(dyn Fn(&str) + Sync),
) -> Result<(), DemoError> {
    say("Installing the bundles");
    for built in bundles {
        let installed = platform.install(built.bytes.clone()).await;
        let installed =
            installed.map_err(DemoError::api(format!("installing {}", built.plugin)))?;

        let functions = installed.body.pointer("/imports").and_then(Value::as_array);
        let functions = functions.map_or(0, Vec::len);
        let plural = if functions == 1 { "" } else { "s" };

        say(&format!("  {:<34} may call {functions} function{plural} of the host", built.plugin));
    }

    Ok(())
}

/// Makes the tenant with its people, and lets every plugin do what it asks for.
async fn make_tenant(client: &Client, platform: &Client) -> Result<Tenant, DemoError> {
    let failed = || DemoError::api("making the tenant");
    let new = json!({
        "name": "Roofs & Co", "time_zone": "Europe/Kyiv", "language": "en", "country": "UA",
    });
    let made = platform.post("/v1/tenants", &new).await.map_err(failed())?;
    let token = made.text("/token/secret").or_else(|_| made.text("/token/token"));
    let token = token.map_err(failed())?;

    let api = client.with_token(&token);
    for (plugin, _) in PLUGINS {
        let granted = api.put(&format!("/v1/plugins/{plugin}/grants"), &json!({"all": true})).await;
        granted.map_err(|source| missing(plugin, source))?;
    }
    let (employee, supervisor) = people(&api).await?;
    let id = made.text("/id").map_err(failed())?;
    Ok(Tenant { id, token, api, employee, supervisor })
}

/// A plugin that is not there is named.
fn missing(plugin: &'static str, source: ClientError) -> DemoError {
    match source {
        ClientError::Refused(problem) if problem.status == 404 => DemoError::Missing { plugin },
        other => DemoError::Api { doing: format!("enabling {plugin}"), source: Box::new(other) },
    }
}

/// A host of one's own: the first token is made in it instead of being read from a file.
pub(crate) async fn first_token(server: &Server) -> Result<String, DemoError> {
    let service = &server.app.service;
    let command =
        service.begin(TenantId::PLATFORM, Actor::System, &["demo"], "demo", Wishes::default());

    let new = NewToken {
        name: "demo".into(),
        tenant: TenantId::PLATFORM,
        role: Role::PlatformAdmin,
        user: None,
    };

    let made = service
        .create_token(&command, &new)
        .await
        .map_err(|e| DemoError::Story(format!("no first token: {e}")))?;

    Ok(made.1)
}

async fn people(api: &Client) -> Result<(String, String), DemoError> {
    let create = async |kind: &str, fields: Value| {
        let made = api.post(&format!("/v1/records/{kind}"), &json!({ "fields": fields })).await;
        made.and_then(|made| made.text("/id")).map_err(DemoError::api(format!("creating a {kind}")))
    };

    let supervisor = create("user", json!({"name": "Taras", "position": "Head of sales"})).await?;
    let department = create("department", json!({"name": "Sales", "head": supervisor})).await?;

    let employee = json!({"name": "Olena", "mobile": EMPLOYEE_PHONE, "department": department});
    Ok((create("user", employee).await?, supervisor))
}

async fn put(tenant: &Tenant, path: &str, body: Value) -> Result<(), DemoError> {
    tenant
        .api
        .put(path, &body)
        .await
        .map(|_| ())
        .map_err(DemoError::api(format!("setting up {path}")))
}

async fn channels(host: &Host, tenant: &Tenant) -> Result<(), DemoError> {
    let stages = json!([
        {"id": "new", "name": "New"},
        {"id": "processed", "name": "Processed"},
        {"id": "won", "name": "Won", "semantics": "won"},
    ]);

    let pipeline = json!({"kind": "deal", "name": "Sales", "stages": stages});
    put(tenant, "/v1/pipelines/sales", pipeline).await?;

    let line = json!({
        "name": "Front desk", "creates": "deal", "pipeline": "sales",
        "default_responsible": tenant.employee, "queue": [tenant.employee],
    });
    put(tenant, "/v1/lines/front-desk", line).await?;

    for (name, value) in host.provider.options().secrets() {
        put(tenant, &format!("/v1/secrets/{name}"), json!({ "value": value })).await?;
    }

    let whatsapp = json!({
        "name": "WhatsApp", "plugin": "whatsapp.cloud", "channel": "whatsapp-cloud",
        "line": "front-desk", "settings": host.provider.channel_settings(),
    });
    put(tenant, "/v1/channels/whatsapp", whatsapp).await?;

    let site = json!({
        "name": "Site chat", "plugin": "stagewright.signed-json", "channel": "signed-json",
        "line": "front-desk", "settings": {"url": host.provider.json_url()},
    });
    put(tenant, "/v1/channels/site", site).await
}

/// Publishes the automations of the story.
async fn automations(tenant: &Tenant) -> Result<(), DemoError> {
    for (id, automation) in
        [("on-new", describe_new_stage()), ("on-processed", describe_processed_stage())]
    {
        put(tenant, &format!("/v1/automations/{id}"), automation).await?;
        let published = tenant.api.post(&format!("/v1/automations/{id}/publish"), &json!({})).await;
        published.map_err(DemoError::api(format!("publishing {id}")))?;
    }

    Ok(())
}

/// Three robots on New: 30 minutes after the deal came, its employee is reminded and the supervisor
/// looks on.
fn describe_new_stage() -> Value {
    let get = json!({
        "id": "get", "name": "Get employee info", "plugin": "stagewright.get-employee",
        "robot": "get-employee", "settings": {"employee": "responsible"},
        "run": {"after": "30m", "field": "created_at"},
    });

    let remind = json!({
        "id": "remind", "name": "WhatsApp: send message", "plugin": "whatsapp.cloud",
        "robot": "send-message", "after_previous": true,
        "settings": {
            "to": "{{ robots.get.phone }}", "channel": "whatsapp",
            "text": "{{ robots.get.name }}, {{ item.title }} has been waiting for 30 minutes",
            "template_name": "reminder", "template_language": "en",
            "template_parameters": ["{{ item.title }}"],
        },
    });

    let watch = json!({
        "id": "watch", "name": "Add observer", "plugin": "stagewright.add-observer",
        "robot": "add-observer", "after_previous": true, "settings": {"observer": "supervisor"},
    });

    json!({
        "kind": "deal", "pipeline": "sales", "stage": "new", "robots": [get, remind, watch],
    })
}

/// A trigger and a robot on Processed: a deal whose chat was accepted comes here, and its client is
/// thanked.
fn describe_processed_stage() -> Value {
    let thank = json!({
        "id": "thank", "name": "Thank the client", "plugin": "stagewright.send-message",
        "robot": "send-message",
        "settings": {
            "to": "{{ conversation.address }}",
            "text": "Thank you, {{ conversation.display_name }}, we are on it.",
        },
    });

    let accepted = json!({
        "id": "accepted", "name": "Chat accepted", "plugin": "stagewright.conversation-accepted",
        "trigger": "conversation-accepted", "settings": {"line": "front-desk"},
        "move_as": "responsible",
    });

    json!({
        "kind": "deal", "pipeline": "sales", "stage": "processed", "robots": [thank],
        "triggers": [accepted],
    })
}
