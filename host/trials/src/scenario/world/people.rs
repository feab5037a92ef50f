//! Employees and departments of a fixture.

use serde_json::{Map, Value, json};

use stagewright_core::model::record::RecordRef;

use super::running::World;
use super::setup::{SetupError, done};
use crate::scenario::grammar::{Fields, Fixture};

impl World {
    /// Employees and departments, which name one another: first all without links, then the links.
    /// Every employee gets a token.
    pub(super) async fn people(&mut self, fixture: &Fixture) -> Result<(), SetupError> {
        let users = fixture.users.iter().map(|entry| ("user", entry));
        let everybody: Vec<_> =
            users.chain(fixture.departments.iter().map(|entry| ("department", entry))).collect();

        for (kind, (name, fields)) in &everybody {
            let plain = unlinked(kind, &fields.value);
            let (spot, what) = (Some(fields.spot), format!("{kind} `{name}`"));
            let made = done(
                spot,
                &what,
                self.admin.post(&format!("/v1/records/{kind}"), &json!({ "fields": plain })).await,
            )?;

            let id = made.text("/id").map_err(|e| e.to_string())?;
            self.names.record(name, RecordRef::new(kind, &id), self.now());

            if *kind == "user" {
                let token = json!({ "name": name, "role": "employee", "user": id });
                let token = done(spot, &what, self.admin.post("/v1/tokens", &token).await)?;
                let secret = token.text("/secret").map_err(|e| e.to_string())?;
                self.users.insert((*name).clone(), self.admin.with_token(&secret));
            }
        }

        for (kind, (name, fields)) in &everybody {
            let mut links = self.names.to_ids(kind, &fields.value);
            let plain = unlinked(kind, &fields.value);
            links.retain(|field, _| !plain.contains_key(field));

            if !links.is_empty() {
                let record = self.names.of(name)?;
                let answer = self
                    .admin
                    .patch(
                        &format!("/v1/records/{kind}/{}", record.id),
                        &json!({ "fields": links }),
                    )
                    .await;
                done(Some(fields.spot), &format!("{kind} `{name}`"), answer)?;
            }
        }

        Ok(())
    }
}

/// The fields that lead to no other record.
fn unlinked(kind: &str, fields: &Fields) -> Map<String, Value> {
    let is_link = |name: &str| {
        matches!((kind, name), ("user", "department") | ("department", "head" | "parent"))
    };

    fields
        .iter()
        .filter(|(name, _)| !is_link(name))
        .map(|(name, value)| (name.clone(), value.value.clone()))
        .collect()
}
