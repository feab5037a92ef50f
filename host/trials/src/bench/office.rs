//! A host on the machine's clock with one tenant: a site chat whose conversations become deals, a
//! trigger that moves the deal of an accepted chat, and a robot that makes the supervisor an
//! observer of it.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use stagewright_app::{Keys, Listen, Parts, Server, Storage};
use stagewright_client::Client;
use stagewright_provider_sim::{Options, StandIn};
use stagewright_server::clock::SystemClock;

use super::error::BenchError;
use crate::demo::{Built, DemoError, first_token};

/// Employees who accept chats.
const EMPLOYEES: usize = 20;
/// The plugins that are needed.
const PLUGINS: [&str; 3] =
    ["stagewright.add-observer", "stagewright.conversation-accepted", "stagewright.signed-json"];

/// A running host and its tenant.
#[derive(Debug)]
pub(super) struct Office {
    pub(super) server: Server,
    pub(super) provider: StandIn,
    pub(super) api: Client,
    /// The tenant's id.
    pub(super) tenant: String,
    pub(super) employees: Vec<String>,
    pub(super) supervisor: String,
}

impl Office {
    /// Starts a host in `folder` and sets the tenant up over the API.
    pub(super) async fn open(folder: &Path, bundles: &[Built]) -> Result<Self, BenchError> {
        std::fs::create_dir_all(folder)?;
        let clock = Arc::new(SystemClock::default());
        let listen =
            Listen::on(SocketAddr::from(([127, 0, 0, 1], 0))).await.map_err(DemoError::from)?;
        let provider = StandIn::start(Options::default(), Arc::clone(&clock) as _).await?;
        let keys = Keys::random().map_err(DemoError::from)?;
        let parts = Parts {
            public_url: format!("http://{}", listen.address),
            ..Parts::new(Storage::Sled(folder.join("rows")), folder.join("files"), keys, clock)
        };
        let server = Server::start(listen, parts, None).await.map_err(DemoError::from)?;

        let platform = Client::new(&format!("http://{}", server.address))?;
        let platform = platform.with_token(&first_token(&server).await?);
        for built in bundles.iter().filter(|built| PLUGINS.contains(&built.plugin.as_str())) {
            platform.install(built.bytes.clone()).await?;
        }
        let new = json!({
            "name": "Bench", "time_zone": "Europe/Kyiv", "language": "en", "country": "UA",
        });
        let made = platform.post("/v1/tenants", &new).await?;
        let api = platform.with_token(&made.text("/token/secret")?);

        let create = async |fields: Value| {
            let made = api.post("/v1/records/user", &json!({ "fields": fields })).await?;
            made.text("/id")
        };
        let supervisor = create(json!({"name": "Supervisor"})).await?;
        let mut employees = Vec::new();
        for number in 0..EMPLOYEES {
            employees.push(create(json!({"name": format!("Employee {number}")})).await?);
        }

        let office =
            Self { server, provider, api, tenant: made.text("/id")?, employees, supervisor };
        office.furnish().await?;
        Ok(office)
    }

    async fn furnish(&self) -> Result<(), BenchError> {
        for plugin in PLUGINS {
            self.api.put(&format!("/v1/plugins/{plugin}/grants"), &json!({"all": true})).await?;
        }

        for (name, value) in self.provider.options().secrets() {
            self.api.put(&format!("/v1/secrets/{name}"), &json!({ "value": value })).await?;
        }

        let stages =
            json!([{"id": "new", "name": "New"}, {"id": "processed", "name": "Processed"}]);
        let line = json!({
            "name": "Site", "creates": "deal", "pipeline": "sales", "queue": self.employees,
        });
        let channel = json!({
            "name": "Site chat", "plugin": "stagewright.signed-json", "channel": "signed-json",
            "line": "site", "settings": {"url": self.provider.json_url()},
        });

        let settings = [
            ("/v1/pipelines/sales", json!({"kind": "deal", "name": "Sales", "stages": stages})),
            ("/v1/lines/site", line),
            ("/v1/channels/site", channel),
            ("/v1/automations/on-processed", self.describe_processed_stage()),
        ];

        for (path, body) in settings {
            self.api.put(path, &body).await?;
        }

        self.api.post("/v1/automations/on-processed/publish", &json!({})).await?;
        Ok(())
    }

    /// The automation of the stage to which a deal moves when its chat is accepted.
    fn describe_processed_stage(&self) -> Value {
        let watch = json!({
            "id": "watch", "name": "Watch", "plugin": "stagewright.add-observer",
            "robot": "add-observer", "settings": {"observer": format!("user:{}", self.supervisor)},
        });

        let accepted = json!({
            "id": "accepted", "name": "Chat accepted",
            "plugin": "stagewright.conversation-accepted", "trigger": "conversation-accepted",
            "settings": {"line": "site"},
        });

        json!({
            "kind": "deal", "pipeline": "sales", "stage": "processed", "robots": [watch],
            "triggers": [accepted],
        })
    }

    /// Stops the host.
    pub(super) async fn close(self) -> Result<(), BenchError> {
        Ok(self.server.stop().await.map_err(DemoError::from)?)
    }
}
