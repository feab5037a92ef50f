//! Turns a bundle into the row to install: opened, checked, compiled, asked what it offers, its
//! component kept.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use stagewright_core::call::CallLimits;
use stagewright_core::model::plugin::{Catalogue, Permission, Plugin, PluginLimits, SettingKind};
use stagewright_core::refusal::{Refusal, RefusalKind};
use stagewright_core::time::Timestamp;
use stagewright_kit::{Bundle, Limits, check};
use stagewright_runtime::Runtime;
use stagewright_server::blobs::Blobs;
use stagewright_server::service::Library;

/// Where bundles come from: the kit that knows their format, the runtime that knows WebAssembly,
/// the folder that keeps components.
#[must_use]
pub fn library(runtime: Runtime, blobs: Blobs) -> Library {
    Library::new(Arc::new(move |bytes| {
        let (runtime, blobs) = (runtime.clone(), blobs.clone());
        Box::pin(async move { open(&runtime, &blobs, &bytes).await })
    }))
}

async fn open(runtime: &Runtime, blobs: &Blobs, bytes: &[u8]) -> Result<Plugin, Refusal> {
    let bundle = Bundle::open(bytes).map_err(|e| refused(e.code(), e.to_string()))?;
    let report = check(&bundle).into_result().map_err(|e| refused(e.code(), e.to_string()))?;
    for finding in report.findings.iter().filter(|finding| !finding.refused) {
        tracing::warn!(
            plugin = %bundle.manifest().plugin.id, finding = %finding.problem,
            "a bundle could be better"
        );
    }

    let component = hex::encode(Sha256::digest(bundle.component()));
    let prepared = runtime
        .prepare(&component, bundle.component().to_vec())
        .await
        .map_err(|e| refused(e.code, e.message))?;

    let catalogue: Catalogue = serde_json::from_value(prepared.catalogue).map_err(|e| {
        refused(
            "install.describe-invalid",
            format!("the plugin describes itself in a way this host does not understand: {e}"),
        )
    })?;
    check_catalogue(&catalogue)?;

    // Only once all of it is known to be good, so that a refused bundle leaves nothing behind; and
    // before any row names it.
    let kept = blobs.put(bundle.component()).map_err(|e| {
        let message = format!(
            "the component could not be written: {e}; make room in the data \
            folder and install again"
        );
        Refusal::new(RefusalKind::Unavailable, "storage.no-space", message)
    })?;

    let manifest = bundle.manifest();
    Ok(Plugin {
        id: manifest.plugin.id.clone(),
        name: manifest.plugin.name.clone(),
        app: manifest.plugin.app.clone().unwrap_or_default(),
        version: manifest.plugin.version.to_string(),
        publisher: manifest.plugin.publisher.clone(),
        bundle: bundle.content_hash().to_owned(),
        component: kept,
        permissions: manifest
            .permissions
            .iter()
            .map(|asked| Permission {
                scope: asked.scope.to_string(),
                reason: asked.reason.clone(),
                optional: asked.optional,
            })
            .collect(),
        imports: prepared.imports,
        catalogue,
        limits: limits(&manifest.limits),
        installed_at: Timestamp::default(),
    })
}

/// What the plugin asks to be limited to, never more than the host's own limits.
fn limits(asked: &Limits) -> PluginLimits {
    let narrow = |limits: CallLimits| CallLimits {
        fuel: asked.fuel.map_or(limits.fuel, |fuel| fuel.min(limits.fuel)),
        memory_bytes: asked
            .memory
            .map_or(limits.memory_bytes, |bytes| bytes.min(limits.memory_bytes)),
        wall_ms: asked.wall.map_or(limits.wall_ms, |wall| {
            u64::try_from(wall.as_millis()).unwrap_or(u64::MAX).min(limits.wall_ms)
        }),
        ..limits
    };

    PluginLimits {
        robot: narrow(CallLimits::ROBOT),
        trigger: narrow(CallLimits::TRIGGER),
        channel: narrow(CallLimits::CHANNEL),
    }
}

/// Refuses a catalogue whose forms this host could not check, and a timer that no setting is for.
fn check_catalogue(catalogue: &Catalogue) -> Result<(), Refusal> {
    let robots = catalogue.robots.iter().map(|robot| (&robot.id, &robot.settings));
    let triggers = catalogue.triggers.iter().map(|trigger| (&trigger.id, &trigger.settings));
    let channels = catalogue.channels.iter().map(|channel| (&channel.id, &channel.settings));

    for (offer, settings) in robots.chain(triggers).chain(channels) {
        for setting in settings {
            if setting.kind.known().is_none() {
                let message = format!(
                    "`{offer}` has a setting of kind `{}`, which this host does not know",
                    setting.kind
                );
                return Err(refused("install.unknown-setting-kind", message));
            }
        }
    }

    for trigger in &catalogue.triggers {
        let is_timer = |key: &String| {
            trigger.settings.iter().any(|info| {
                info.key == *key && info.kind.is(SettingKind::Duration) && !info.multiple
            })
        };

        if let Some(key) = trigger.idle_after.as_ref().filter(|key| !is_timer(key)) {
            let message = format!(
                "`{}` waits for `{key}`, which is no setting of kind duration; name one in \
                 `idle_after`",
                trigger.id
            );
            return Err(refused("install.no-such-timer", message));
        }
    }

    Ok(())
}

fn refused(code: &'static str, message: impl Into<String>) -> Refusal {
    Refusal::new(RefusalKind::Invalid, code, message)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn code(trigger: serde_json::Value) -> Result<(), &'static str> {
        let catalogue: Catalogue =
            serde_json::from_value(json!({ "triggers": [trigger] })).unwrap();
        check_catalogue(&catalogue).map_err(|refusal| refusal.code)
    }

    #[test]
    fn a_setting_of_a_kind_that_nobody_checks_is_refused() {
        let trigger = |kind: &str| {
            json!({
                "id": "t", "name": {}, "events": [], "settings": [{"key": "k", "kind": kind}],
            })
        };

        assert_eq!(code(trigger("date-field")), Ok(()));
        assert_eq!(code(trigger("colour")), Err("install.unknown-setting-kind"));
    }

    #[test]
    fn a_timer_is_a_setting_of_kind_duration() {
        let trigger = |kind: &str| {
            json!({
                "id": "t", "name": {}, "events": [], "idle_after": "k",
                "settings": [{"key": "k", "kind": kind}],
            })
        };

        assert_eq!(code(trigger("duration")), Ok(()));
        assert_eq!(code(trigger("integer")), Err("install.no-such-timer"));
    }
}
