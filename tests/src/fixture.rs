//! A tenant made over the API, with real plugins: employees with their supervisor, two channels
//! with a line each, and automations that keep robots busy.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use serde_json::{Value, json};

use stagewright_core::seams::Clock;
use stagewright_provider_sim::{Options, Rate, StandIn};
use stagewright_server::clock::SystemClock;
use stagewright_trials::demo::PLUGINS;

use crate::api::{Api, Ask, text};
use crate::place;

/// The employees that deals are given to. Each has a telephone, and one telephone gets its messages
/// one after the other.
pub const EMPLOYEES: usize = 20;

/// A tenant.
#[derive(Debug, Clone)]
pub struct Tenant {
    /// Its id.
    pub id: String,
    /// Its admin's token.
    pub token: String,
    /// Its employees.
    pub employees: Vec<String>,
    /// The supervisor of all of them.
    pub supervisor: String,
    /// Somebody who becomes an observer only where a robot is invoked for that.
    pub guest: String,
}

/// When the first robot of the stage "new" runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Robots {
    /// At once, for load.
    AtOnce,
    /// 30 minutes after the item was created, as in the story.
    AfterHalfAnHour,
}

/// A provider outside the host that takes messages as fast as they come.
///
/// # Errors
/// Where it finds no port.
pub async fn provider(clock: Option<Arc<dyn Clock>>) -> anyhow::Result<Arc<StandIn>> {
    provider_with(Options::default(), clock).await
}

/// The same with tokens and numbers of the test's own.
///
/// # Errors
/// As [`provider`].
pub async fn provider_with(
    options: Options,
    clock: Option<Arc<dyn Clock>>,
) -> anyhow::Result<Arc<StandIn>> {
    let fast = Rate::per_second(1_000_000);
    let options = Options { number_rate: fast, pair_rate: fast, ..options };

    let clock = clock.unwrap_or_else(|| Arc::new(SystemClock::default()));
    Ok(Arc::new(StandIn::start(options, clock).await?))
}

/// Builds the plugins that are not built yet and installs all of them.
///
/// # Errors
/// Where one does not build or is refused.
pub async fn install(platform: &Api) -> anyhow::Result<()> {
    let folders: Vec<_> =
        PLUGINS.iter().map(|(_, folder)| place::root().join("plugins").join(folder)).collect();
    let folders: Vec<&Path> = folders.iter().map(AsRef::as_ref).collect();

    for bundle in stagewright_kit::build_all(&folders, &|_progress| {})? {
        let name = bundle.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let ask = Ask::bytes("/v1/plugins", fs::read(&bundle)?)
            .once(format!("install {name}").replace(' ', "-"));
        platform.done(&ask).await.with_context(|| format!("installing {name}"))?;
    }
    Ok(())
}

/// Makes a tenant whose channels speak to `provider`.
///
/// # Errors
/// Where the API refuses something.
pub async fn tenant(platform: &Api, provider: &StandIn, robots: Robots) -> anyhow::Result<Tenant> {
    let new = json!({
        "name": "Roofs & Co", "time_zone": "Europe/Kyiv", "language": "en", "country": "UA",
    });
    let made = platform.done(&Ask::post("/v1/tenants", &new)).await?;
    let token = text(&made, "/token/secret")?;
    let api = platform.with_token(&token);

    for (plugin, _) in PLUGINS {
        api.done(&Ask::put(format!("/v1/plugins/{plugin}/grants"), &json!({"all": true}))).await?;
    }

    let supervisor = api.create("user", json!({"name": "Taras"})).await?;
    let guest = api.create("user", json!({"name": "Guest"})).await?;

    let department = api.create("department", json!({"name": "Sales", "head": supervisor})).await?;
    let mut employees = Vec::new();
    for number in 0..EMPLOYEES {
        let fields = json!({
            "name": format!("Employee {number}"), "mobile": format!("+3806711122{number:02}"),
            "department": department,
        });
        employees.push(api.create("user", fields).await?);
    }

    let tenant = Tenant { id: text(&made, "/id")?, token, employees, supervisor, guest };
    channels(&api, provider, &tenant).await?;
    automations(&api, robots).await?;
    Ok(tenant)
}

async fn channels(api: &Api, provider: &StandIn, tenant: &Tenant) -> anyhow::Result<()> {
    let stages = json!([
        {"id": "new", "name": "New"},
        {"id": "processed", "name": "Processed"},
        {"id": "won", "name": "Won", "semantics": "won"},
    ]);
    let pipeline = json!({"kind": "deal", "name": "Sales", "stages": stages});
    api.done(&Ask::put("/v1/pipelines/sales", &pipeline)).await?;

    for (name, value) in provider.options().secrets() {
        api.done(&Ask::put(format!("/v1/secrets/{name}"), &json!({ "value": value }))).await?;
    }

    let whatsapp = json!({
        "name": "WhatsApp", "plugin": "whatsapp.cloud", "channel": "whatsapp-cloud",
        "line": "whatsapp", "settings": provider.channel_settings(),
    });

    let site = json!({
        "name": "Site chat", "plugin": "stagewright.signed-json", "channel": "signed-json",
        "line": "site", "settings": {"url": provider.json_url()},
    });

    let channels = [("whatsapp", whatsapp), ("site", site)];
    for ((id, channel), employee) in channels.into_iter().zip(&tenant.employees) {
        let line = json!({
            "name": id, "creates": "deal", "pipeline": "sales", "default_responsible": employee,
            "queue": [employee],
        });
        api.done(&Ask::put(format!("/v1/lines/{id}"), &line)).await?;
        api.done(&Ask::put(format!("/v1/channels/{id}"), &channel)).await?;
    }
    Ok(())
}

async fn automations(api: &Api, robots: Robots) -> anyhow::Result<()> {
    for (id, automation) in
        [("on-new", describe_new_stage(robots)), ("on-processed", describe_processed_stage())]
    {
        api.done(&Ask::put(format!("/v1/automations/{id}"), &automation)).await?;
        api.done(&Ask::post(format!("/v1/automations/{id}/publish"), &json!({}))).await?;
    }
    Ok(())
}

/// On "new": look the employee up, remind him over WhatsApp, make the supervisor an observer.
fn describe_new_stage(robots: Robots) -> Value {
    let mut get = json!({
        "id": "get", "name": "Get employee", "plugin": "stagewright.get-employee",
        "robot": "get-employee", "settings": {"employee": "responsible"},
    });

    if let (Robots::AfterHalfAnHour, Some(get)) = (robots, get.as_object_mut()) {
        get.insert("run".into(), json!({"after": "30m", "field": "created_at"}));
    }

    let remind = json!({
        "id": "remind", "name": "Remind", "plugin": "whatsapp.cloud", "robot": "send-message",
        "after_previous": true,
        "settings": {
            "to": "{{ robots.get.phone }}", "channel": "whatsapp",
            "text": "{{ item.title }} is waiting", "template_name": "reminder",
            "template_language": "en", "template_parameters": ["{{ item.title }}"],
        },
    });

    let watch = json!({
        "id": "watch", "name": "Watch", "plugin": "stagewright.add-observer",
        "robot": "add-observer", "after_previous": true, "settings": {"observer": "supervisor"},
    });

    json!({
        "kind": "deal", "pipeline": "sales", "stage": "new", "robots": [get, remind, watch],
    })
}

/// On "processed": thank the client. A chat that is accepted moves its deal here.
fn describe_processed_stage() -> Value {
    let thank = json!({
        "id": "thank", "name": "Thank", "plugin": "stagewright.send-message",
        "robot": "send-message",
        "settings": {
            "to": "{{ conversation.address }}",
            "text": "Thank you, {{ conversation.display_name }}",
        },
    });

    let accepted = |line: &str| {
        json!({
            "id": line, "name": "Chat accepted", "plugin": "stagewright.conversation-accepted",
            "trigger": "conversation-accepted", "settings": {"line": line},
            "move_as": "responsible",
        })
    };
    json!({
        "kind": "deal", "pipeline": "sales", "stage": "processed", "robots": [thank],
        "triggers": [accepted("whatsapp"), accepted("site")],
    })
}
