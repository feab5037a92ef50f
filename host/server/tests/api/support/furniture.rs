//! What tenants have: made over the API, as its users would.

use serde_json::{Value, json};

use super::{Actor, BUNDLE};

/// A tenant and its admin.
pub(crate) struct Tenancy {
    pub(crate) id: String,
    pub(crate) admin: Actor,
    pub(crate) platform: Actor,
}

impl Tenancy {
    /// A token's secret for a new actor of this tenant.
    pub(crate) async fn token(&self, role: &str, user: Option<&str>) -> String {
        let made = self
            .admin
            .post("/v1/tokens", json!({"name": format!("a {role}"), "role": role, "user": user}))
            .await;
        made.expect(201)["secret"].as_str().unwrap().to_owned()
    }

    /// A record's id.
    pub(crate) async fn record(&self, kind: &str, fields: Value) -> String {
        let made = self
            .admin
            .post(&format!("/v1/records/{kind}"), json!({ "fields": fields }))
            .await
            .expect(201);
        made["id"].as_str().unwrap().to_owned()
    }

    /// An employee's id.
    pub(crate) async fn user(&self, name: &str) -> String {
        self.record("user", json!({ "name": name })).await
    }

    /// A deal on the pipeline's first stage.
    pub(crate) async fn deal(&self, title: &str) -> String {
        self.record("deal", json!({"title": title, "pipeline": "sales"})).await
    }

    /// The pipeline `sales` with the stages `new`, `paid` and `won`.
    pub(crate) async fn pipeline(&self) {
        let stages = json!([
            {"id": "new", "name": "New"}, {"id": "paid", "name": "Paid"},
            {"id": "won", "name": "Won", "semantics": "won"},
        ]);
        let body = json!({"kind": "deal", "name": "Sales", "stages": stages});
        self.admin.put("/v1/pipelines/sales", body).await.expect(201);
    }

    /// The kit, installed and enabled.
    pub(crate) async fn kit(&self) {
        let installed = self.platform.send_raw("POST", "/v1/plugins", BUNDLE.to_vec()).await;
        assert!(matches!(installed.status, 200 | 201), "{}", installed.text);
        self.admin.put("/v1/plugins/acme.kit/grants", json!({"all": true})).await.expect(200);
    }

    /// The stage `paid` with a trigger that moves items there and a robot that greets, published.
    pub(crate) async fn automation(&self) {
        let body = json!({
            "kind": "deal", "pipeline": "sales", "stage": "paid",
            "robots": [
                {
                    "id": "hello", "plugin": "acme.kit", "robot": "greet",
                    "settings": {"text": "hello {{item.title}}"},
                },
            ],
            "triggers": [
                {
                    "id": "on_paid", "plugin": "acme.kit", "trigger": "paid",
                    "settings": {"least": 10},
                },
            ],
        });

        self.admin.put("/v1/automations/on-paid", body).await.expect(201);
        self.admin.post("/v1/automations/on-paid/publish", json!({})).await.expect(200);
    }

    /// The line `help` with this queue, and the channel `chat` that leads to it.
    pub(crate) async fn line(&self, queue: &[&str]) {
        self.admin.put("/v1/lines/help", json!({"name": "Help", "queue": queue})).await.expect(201);
        self.admin.put("/v1/secrets/signing", json!({"value": "s3cret-signing"})).await.expect(204);

        let body = json!({
            "name": "Chat", "plugin": "acme.kit", "channel": "json", "line": "help",
            "settings": {"endpoint": "https://chat.example"},
        });
        self.admin.put("/v1/channels/chat", body).await.expect(201);
    }

    /// A client's message over the channel `chat`; gives the conversation's id.
    pub(crate) async fn message(&self, external_id: &str, address: &str) -> String {
        let event = json!([
            {
                "kind": "message", "external_id": external_id, "address": address,
                "display_name": "Olha", "body": {"text": "hi"},
            },
        ]);

        let path = format!("/hooks/{}/chat", self.id);
        self.admin.with("x-signature", "good").post(&path, event).await.expect(202);

        let all = self.admin.get("/v1/conversations").await.items();
        all.iter().find(|found| found["address"] == address).unwrap()["id"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// Everything at once.
    pub(crate) async fn furnished(self) -> Self {
        self.pipeline().await;
        self.kit().await;
        self.automation().await;
        self.line(&[]).await;
        self
    }
}
