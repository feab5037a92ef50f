//! Calls of "add observer" in fresh instances, its reads answered by the store and its effect
//! recorded, not committed.

use serde_json::{Map, json};

use stagewright_core::call::{Build, CallContext, RobotCall};
use stagewright_core::context::OpContext;
use stagewright_core::id::TenantId;
use stagewright_core::model::plugin::Grant;
use stagewright_core::model::record::RecordRef;
use stagewright_core::scope::Scope;
use stagewright_core::seams::Clock;
use stagewright_runtime::bench::fresh_calls;
use stagewright_server::clock::SystemClock;

use super::error::BenchError;
use super::office::Office;
use crate::measure::{share, time};

pub(super) async fn measure(
    office: &Office,
    calls: usize,
    say: &(dyn Fn(&str) + Sync),
) -> Result<(), BenchError> {
    let wrong = |e: &dyn std::fmt::Display| BenchError::Wrong(e.to_string());
    let service = &office.server.app.service;
    let plugin = service.plugin("stagewright.add-observer").await.map_err(|e| wrong(&e))?;

    let fields = json!({"fields": {"title": "Roof", "pipeline": "sales"}});
    let deal =
        RecordRef::new("deal", &office.api.post("/v1/records/deal", &fields).await?.text("/id")?);
    let tenant = TenantId::try_from(office.tenant.clone()).map_err(|e| wrong(&e))?;
    let (ctx, now) = (
        OpContext::system(tenant, &["bench"], SystemClock::default().now()),
        SystemClock::default().now(),
    );

    let scopes = plugin.permissions.iter().map(|asked| asked.scope.clone()).collect();
    let grant = Grant { scopes, more: Map::new() };
    let settings = json!({"observer": format!("user:{}", office.supervisor)})
        .as_object()
        .cloned()
        .unwrap_or_default();

    let call = |number: usize| RobotCall {
        build: Build {
            plugin: plugin.id.clone(),
            version: plugin.version.clone(),
            component: plugin.component.clone(),
            limits: plugin.limits.robot,
        },
        context: CallContext {
            step_id: format!("bench-{number}"),
            attempt: 1,
            offer: "add-observer".to_owned(),
            target: Some(deal.clone()),
            settings: settings.clone(),
            now,
            time_zone: "Europe/Kyiv".to_owned(),
            language: "en".to_owned(),
        },
        scope: Scope::new(
            ctx.clone(),
            Some(deal.clone()),
            grant.clone(),
            plugin.limits.robot.effects,
        ),
    };

    let mut times = fresh_calls(&office.server.app.runtime, calls, call)
        .await
        .map_err(|failure| wrong(&failure.message))?;
    times.inside.sort_unstable();
    times.whole.sort_unstable();

    say(&format!(
        "robot in a fresh instance: p50 {}, p99 {}; from question to answer p50 {}, p99 {}",
        time(share(&times.inside, 50)),
        time(share(&times.inside, 99)),
        time(share(&times.whole, 50)),
        time(share(&times.whole, 99))
    ));
    Ok(())
}
