//! A tenant in memory, its decisions applied one after another: what the rules need to be tested,
//! without a store, a runtime or a plugin.

mod commands;
mod engine;
mod kit;
mod rows;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use stagewright_core::command::{
    create_record, ingest, publish_automation, put_automation, put_channel, put_line, put_pipeline,
    send_message,
};
use stagewright_core::id::TenantId;
use stagewright_core::key::Key;
use stagewright_core::model::channel::Channel;
use stagewright_core::model::plugin::{Grant, Plugin};
use stagewright_core::model::record::RecordRef;
use stagewright_core::model::tenant::Tenant;
use stagewright_core::refusal::Refusal;
use stagewright_core::row::Bytes;
use stagewright_core::time::Timestamp;

use kit::plugin;
pub(crate) use kit::{robot, trigger};

pub(crate) const TENANT: TenantId = TenantId([1; 16]);

/// Minutes as a moment.
pub(crate) fn minute(minutes: i64) -> Timestamp {
    Timestamp(1_750_000_000_000 + minutes * 60_000)
}

#[derive(Default)]
pub(crate) struct World {
    pub(crate) rows: BTreeMap<Key, Bytes>,
    pub(crate) now: Timestamp,
    commands: u64,
}

impl World {
    /// A tenant with a sales pipeline (new, processed, won), the test plugin, a channel and a line.
    pub(crate) fn new() -> Self {
        let mut world = Self { now: minute(0), ..Self::default() };
        world.put(Tenant::key(TENANT), &tenant());
        world.put(Plugin::key("test.kit"), &plugin());
        let scopes = plugin().permissions.into_iter().map(|asked| asked.scope).collect();
        world.put(Grant::key(TENANT, "test.kit"), &Grant { scopes, ..Grant::default() });

        let pipeline = json!({"kind": "deal", "name": "Sales", "stages": [
            {"id": "new", "name": "New"},
            {"id": "processed", "name": "Processed"},
            {"id": "won", "name": "Won", "semantics": "won"},
        ]});
        world.put_pipeline("sales", &pipeline);

        let line = json!({"name": "Support"});
        world.ok(|tx, ctx| {
            let line = serde_json::from_value(line.clone()).unwrap();
            put_line::decide(tx, ctx, "support", line, None)
        });

        let channel =
            json!({"name": "WhatsApp", "plugin": "test.kit", "channel": "chat", "line": "support"});
        world.ok(|tx, ctx| {
            let channel = serde_json::from_value(channel.clone()).unwrap();
            put_channel::decide(tx, ctx, "wa", channel, None)
        });

        world
    }

    /// A pipeline `leads` with one stage, for leads.
    pub(crate) fn pipeline_of_leads(&mut self) {
        let stages = json!([{"id": "fresh", "name": "Fresh"}]);
        self.put_pipeline("leads", &json!({"kind": "lead", "name": "Leads", "stages": stages}));
    }

    fn put_pipeline(&mut self, id: &str, pipeline: &Value) {
        self.ok(|tx, ctx| {
            let pipeline = serde_json::from_value(pipeline.clone()).unwrap();
            put_pipeline::decide(tx, ctx, id, pipeline, None)
        });
    }

    pub(crate) fn create(&mut self, kind: &str, fields: Value) -> RecordRef {
        let fields = fields.as_object().unwrap().clone();
        self.ok(|tx, ctx| create_record::decide(tx, ctx, kind, &fields)).0.key
    }

    /// A deal of the sales pipeline with these fields too, whose events are dispatched.
    pub(crate) fn deal(&mut self, more: Value) -> RecordRef {
        let mut fields = json!({"title": "Roof", "pipeline": "sales"});

        fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let item = self.create("deal", fields);
        self.dispatch_quietly();
        item
    }

    /// Saves and publishes an automation for a stage of the sales pipeline.
    pub(crate) fn automate(&mut self, stage: &str, robots: Value, triggers: Value) {
        self.save(stage, robots, triggers).unwrap_or_else(|refusal| panic!("{refusal}"));

        self.ok(|tx, ctx| publish_automation::decide(tx, ctx, stage));
    }

    pub(crate) fn save(
        &mut self,
        stage: &str,
        robots: Value,
        triggers: Value,
    ) -> Result<(), Refusal> {
        let draft = json!({
            "kind": "deal", "pipeline": "sales", "stage": stage, "robots": robots,
            "triggers": triggers,
        });

        let saved = self.run(|tx, ctx| {
            let draft = serde_json::from_value(draft.clone()).unwrap();
            put_automation::decide(tx, ctx, stage, draft, None)
        });

        saved.map(|_| ())
    }

    /// A message that waits to be sent; gives its delivery.
    pub(crate) fn message(&mut self, to: &str) -> String {
        let request =
            send_message::Request::parse(&json!({"to": to, "text": "Hello", "channel": "wa"}))
                .unwrap();

        let origin = send_message::Origin { item: None, epoch: None, step: None };
        self.ok(|tx, ctx| send_message::decide(tx, ctx, &request, &origin)).id
    }

    /// Takes a client's message in.
    pub(crate) fn client_writes(&mut self, id: &str, from: &str) -> ingest::Ingested {
        let channel: Channel = self.get(&Channel::key(TENANT, "wa")).unwrap();

        let event = json!({
            "external_id": id, "address": from, "display_name": "Olha", "body": {"text": "Hello"},
        });

        let inbound = ingest::Inbound::parse(&event).unwrap();
        self.ok(|tx, ctx| ingest::decide(tx, ctx, &channel, &inbound))
    }
}

fn tenant() -> Tenant {
    Tenant {
        id: TENANT,
        name: "Roofs".into(),
        time_zone: "Europe/Kyiv".into(),
        language: "en".into(),
        country: "UA".into(),
        created_at: minute(0),
    }
}
