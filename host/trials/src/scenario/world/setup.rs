//! Sets the fixture up over the API, as an admin would.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};

use stagewright_client::{Answer, Client, ClientError, Recorder};
use stagewright_core::context::Actor;
use stagewright_core::id::TenantId;
use stagewright_core::model::tenant::Role;
use stagewright_server::clock::ManualClock;
use stagewright_server::service::{NewToken, Wishes};

use super::call::plugin_of;
use super::host::{Ground, StoreKind};
use super::names::Names;
use super::provider::Provider;
use super::running::{World, recorded};
use super::workshop::Workshop;
use crate::scenario::grammar::{Fixture, Spot};

/// What stands for the stand-in's address in a channel's settings.
const STANDIN: &str = "${standin}";

/// A number for every world of this process, for the names of folders.
static WORLDS: AtomicU32 = AtomicU32::new(1);

/// Why a fixture could not be set up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::scenario) struct SetupError {
    /// The entry at fault; none where it is none of them.
    pub(in crate::scenario) spot: Option<Spot>,
    /// A sentence.
    pub(in crate::scenario) message: String,
}

impl From<String> for SetupError {
    fn from(message: String) -> Self {
        Self { spot: None, message }
    }
}

impl World {
    /// A world with everything that the fixture says.
    ///
    /// # Errors
    /// [`SetupError`].
    pub(in crate::scenario) async fn new(
        workshop: &Workshop,
        kind: StoreKind,
        fixture: &Fixture,
        recorder: Option<&Recorder>,
    ) -> Result<Self, SetupError> {
        let tenant =
            fixture.tenant.clone().ok_or_else(|| "the fixture has no tenant".to_owned())?;

        let clock = Arc::new(ManualClock::at(tenant.start));
        let provider = Provider::start(fixture, Arc::clone(&clock)).await?;

        let number = WORLDS.fetch_add(1, Ordering::Relaxed);
        let root = workshop.dir.join(format!("world-{number}"));
        let ground = Ground::new(
            kind,
            &root,
            &workshop.dir.join("files"),
            &workshop.keys,
            Arc::clone(&clock),
        );

        let host = ground.start().await?;

        let first = NewToken {
            name: "first".into(),
            tenant: TenantId::PLATFORM,
            role: Role::PlatformAdmin,
            user: None,
        };
        let command = host.server.app.service.begin(
            TenantId::PLATFORM,
            Actor::System,
            &["first token"],
            "first token",
            Wishes::default(),
        );

        let made = host.server.app.service.create_token(&command, &first).await;
        // Its stamp would hold every step back.
        drop(command);
        let (_, secret) = made.map_err(|e| e.to_string())?;

        let base = format!("http://{}", host.server.address);
        let client = Client::new(&base).map_err(|e| e.to_string())?;
        let platform = recorded(client.with_token(&secret), recorder);

        let mut world = Self {
            names: Names::new(tenant.start),
            clock,
            ground,
            host: Some(host),
            provider,
            tenant,
            tenant_id: String::new(),
            recorder: recorder.cloned(),
            admin: platform.clone(),
            users: std::collections::BTreeMap::new(),
            fixture: fixture.clone(),
            messages: 0,
            under_way: None,
        };

        world.install(workshop, &platform, fixture).await?;
        world.people(fixture).await?;
        world.configure(fixture).await?;
        world.rest_now().await?;

        Ok(world)
    }

    /// The tenant, its admin, plugins and secrets.
    async fn install(
        &mut self,
        workshop: &Workshop,
        platform: &Client,
        fixture: &Fixture,
    ) -> Result<(), SetupError> {
        let tenant = json!({
            "name": "Scenario", "time_zone": self.tenant.time_zone,
            "language": self.tenant.language, "country": self.tenant.country,
        });

        let made = done(None, "the tenant", platform.post("/v1/tenants", &tenant).await)?;

        let text = |pointer| made.text(pointer).map_err(|e| e.to_string());
        self.tenant_id = text("/id")?;
        self.names.keep("tenant", self.tenant_id.clone());
        self.names.keep("server", self.provider.server());
        self.admin = platform.with_token(&text("/token/secret")?);

        for plugin in &fixture.plugins {
            let (spot, what) = (Some(plugin.spot), format!("plugin `{plugin}`"));
            let bundle = workshop
                .bundles
                .of(&plugin.value)
                .map_err(|message| SetupError { spot, message })?;
            done(spot, &what, platform.install(bundle).await)?;
            let grants = self
                .admin
                .put(&format!("/v1/plugins/{plugin}/grants"), &json!({ "all": true }))
                .await;
            done(spot, &what, grants)?;
        }

        let known =
            self.provider.secrets().map(|(name, value)| (name.to_owned(), value.to_owned()));
        for (name, value) in known.into_iter().chain(fixture.secrets.clone()) {
            let answer =
                self.admin.put(&format!("/v1/secrets/{name}"), &json!({ "value": value })).await;
            done(None, &format!("secret `{name}`"), answer)?;
        }

        for (id, kind) in &fixture.kinds {
            let answer = self.admin.put(&format!("/v1/kinds/{id}"), &kind.value).await;
            done(Some(kind.spot), &format!("kind `{id}`"), answer)?;
        }

        // Before the people and lines that have them.
        for (id, calendar) in &fixture.calendars {
            let answer = self.admin.put(&format!("/v1/calendars/{id}"), &calendar.value).await;
            done(Some(calendar.spot), &format!("calendar `{id}`"), answer)?;
        }

        Ok(())
    }

    /// Pipelines, lines, channels and automations, each after what it names.
    async fn configure(&self, fixture: &Fixture) -> Result<(), SetupError> {
        for (id, group) in &fixture.groups {
            let body = self.with_members(&group.value);
            done(
                Some(group.spot),
                &format!("group `{id}`"),
                self.admin.put(&format!("/v1/groups/{id}"), &body).await,
            )?;
        }

        for (id, pipeline) in &fixture.pipelines {
            let answer = self.admin.put(&format!("/v1/pipelines/{id}"), &pipeline.value).await;
            done(Some(pipeline.spot), &format!("pipeline `{id}`"), answer)?;
        }

        for (id, line) in &fixture.lines {
            let answer = self.admin.put(&format!("/v1/lines/{id}"), &self.line(&line.value)).await;
            done(Some(line.spot), &format!("line `{id}`"), answer)?;
        }

        for (id, channel) in &fixture.channels {
            let body = self.channel_body(id);
            done(
                Some(channel.spot),
                &format!("channel `{id}`"),
                self.admin.put(&format!("/v1/channels/{id}"), &body).await,
            )?;
        }

        for (id, automation) in &fixture.automations {
            let (spot, what) = (Some(automation.spot), format!("automation `{id}`"));
            let body = self.names.with_ids(&automation.value)?;
            done(spot, &what, self.admin.put(&format!("/v1/automations/{id}"), &body).await)?;
            done(
                spot,
                &what,
                self.admin.post(&format!("/v1/automations/{id}/publish"), &json!({})).await,
            )?;
        }

        Ok(())
    }

    /// A channel of the fixture, as the API takes it.
    pub(super) fn channel_body(&self, id: &str) -> Value {
        let body = self.fixture.channels.get(id).map(|channel| &channel.value);
        let address = self.provider.address(plugin_of(body)).unwrap_or_default();
        body.map(|body| with_standin(body, &address)).unwrap_or_default()
    }

    /// A work group with ids in place of employees' names.
    fn with_members(&self, body: &Value) -> Value {
        let mut body = body.clone();
        for member in body.get_mut("members").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(user) = member.as_str().and_then(|name| self.names.of(name).ok()) {
                *member = Value::String(user.id.clone());
            }
        }

        body
    }

    /// A line with ids in place of employees' names.
    fn line(&self, body: &Value) -> Value {
        let id = |value: &Value| {
            let found = value.as_str().and_then(|name| self.names.of(name).ok());
            found.map_or_else(|| value.clone(), |user| Value::String(user.id.clone()))
        };

        let mut body = body.clone();

        if let Some(queue) = body.get_mut("queue").and_then(Value::as_array_mut) {
            queue.iter_mut().for_each(|user| *user = id(user));
        }

        if let Some(user) = body.get_mut("default_responsible") {
            *user = id(user);
        }

        body
    }
}

fn with_standin(body: &Value, url: &str) -> Value {
    match body {
        Value::String(text) => Value::String(text.replace(STANDIN, url)),
        Value::Array(list) => list.iter().map(|value| with_standin(value, url)).collect(),
        Value::Object(map) => {
            map.iter().map(|(key, value)| (key.clone(), with_standin(value, url))).collect()
        }
        other => other.clone(),
    }
}

/// An answer to a part of the set-up.
pub(super) fn done(
    spot: Option<Spot>,
    what: &str,
    answer: Result<Answer, ClientError>,
) -> Result<Answer, SetupError> {
    answer
        .map_err(|error| SetupError { spot, message: format!("{what} cannot be set up: {error}") })
}

/// Makes the folder that scenarios of this process share, readable by this user alone.
///
/// # Errors
/// What the system says.
pub(in crate::scenario) fn make_dir(dir: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)
}
