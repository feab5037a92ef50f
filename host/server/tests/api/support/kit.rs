//! A plugin with one robot, one trigger and one channel, answered for by scripts.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use stagewright_core::call::{
    Blame, CallFailure, CallLimits, ChannelCall, ChannelSays, ChannelVerb, Exchange, Retry,
    RobotOutcome, Verdict,
};
use stagewright_core::doubles::ScriptedPlugins;
use stagewright_core::model::plugin::{Plugin, PluginLimits};
use stagewright_core::outside::{Header, Incoming, Reply, Request};
use stagewright_core::refusal::Refusal;
use stagewright_core::time::Timestamp;
use stagewright_server::service::Library;

/// The bundle of the kit's version 1.0.0.
pub(crate) const BUNDLE: &[u8] = b"kit 1.0.0";

/// Opens bundles that say `kit <version>`, optionally with something behind it; panics at
/// `kit panic`.
pub(crate) fn library() -> Library {
    Library::new(Arc::new(|bytes: Vec<u8>| {
        let text = String::from_utf8(bytes).unwrap_or_default();
        let opened = match text.strip_prefix("kit ") {
            Some("panic") => panic!("the private reason of a panic"),
            Some(rest) => Ok(plugin(rest.split(' ').next().unwrap_or_default(), &text)),
            None => Err(Refusal::invalid("bundle.not-a-bundle", "bundle", "this is no bundle")),
        };
        Box::pin(std::future::ready(opened))
    }))
}

fn plugin(version: &str, bundle: &str) -> Plugin {
    let catalogue = json!({
        "robots": [
            {
                "id": "greet", "name": {"en": "Greet", "uk": "Привітати"},
                "description": {"en": "Says hello."}, "group": "talk", "kinds": ["deal"],
                "settings": [
                    {
                        "key": "text", "kind": "template", "label": {"en": "Text", "uk": "Текст"},
                        "required": true, "max": 100,
                    },
                ],
                "results": [{"key": "said", "kind": "text", "label": {"en": "What was said"}}],
            },
        ],
        "triggers": [
            {
                "id": "paid", "name": {"en": "Invoice paid"}, "group": "automation",
                "events": ["custom.paid", "webhook.received"],
                "settings": [{"key": "least", "kind": "integer", "default": 1}],
            },
        ],
        "channels": [
            {
                "id": "json", "name": {"en": "JSON"}, "kind": "json",
                "settings": [{"key": "endpoint", "kind": "text", "required": true}],
                "secrets": [{"name": "signing"}],
            },
        ],
    });

    Plugin {
        id: "acme.kit".into(),
        name: "Kit".into(),
        app: "Acme".into(),
        version: version.into(),
        publisher: "acme".into(),
        bundle: bundle.into(),
        component: "c0".into(),
        permissions: serde_json::from_value(json!([
            {"scope": "records.read:deal", "reason": "to greet by name"},
            {"scope": "messaging.send", "reason": "to say it", "optional": true},
        ]))
        .unwrap(),
        imports: vec!["stagewright:records/read@0.1.0#get".into()],
        catalogue: serde_json::from_value(catalogue).unwrap(),
        limits: PluginLimits {
            robot: CallLimits::ROBOT,
            trigger: CallLimits::TRIGGER,
            channel: CallLimits::CHANNEL,
        },
        installed_at: Timestamp(0),
    }
}

/// The robot says its text, or fails for good where that is `fail`; the trigger fires where enough
/// was paid; the channel believes whoever sends the header `x-signature: good`, and sends whatever
/// the text says its fate is.
pub(crate) fn scripted() -> ScriptedPlugins {
    ScriptedPlugins::new()
        .robot(|call| greet(&call.context.settings))
        .trigger(|call| Ok(paid(&call.event, &call.context.settings)))
        .on_channel(channel)
}

fn greet(settings: &Map<String, Value>) -> Result<RobotOutcome, CallFailure> {
    let text = settings.get("text").and_then(Value::as_str).unwrap_or_default().to_owned();
    if text == "fail" {
        let message = "cannot greet like this".to_owned();
        return Err(CallFailure {
            blame: Blame::Caller,
            code: "plugin.bad-text".into(),
            message,
            setting: None,
            retry: Retry::Never,
        });
    }

    Ok(RobotOutcome::Done(Map::from_iter([("said".to_owned(), json!(text))])))
}

fn paid(event: &Value, settings: &Map<String, Value>) -> Verdict {
    let payload = &event["payload"];
    let amount = payload["amount"].as_i64().or(payload["body"]["amount"].as_i64()).unwrap_or(0);
    let least = settings["least"].as_i64().unwrap();

    if amount >= least {
        Verdict::Fire
    } else {
        Verdict::Ignore(format!("{amount} is less than {least}"))
    }
}

fn channel(call: &ChannelCall) -> Result<ChannelSays, CallFailure> {
    match &call.verb {
        ChannelVerb::Authenticate(incoming) => Ok(authenticate(incoming)),
        ChannelVerb::Receive(incoming) => {
            let events = serde_json::from_slice(&incoming.body).map_err(|e| CallFailure {
                blame: Blame::Remote,
                code: "plugin.not-json".into(),
                message: format!("secret cause: {e}"),
                setting: None,
                retry: Retry::Never,
            })?;
            Ok(ChannelSays::Events(events))
        }

        ChannelVerb::Send { job, last_response, .. } if !job["media"].is_null() => {
            Ok(look_up(&job["media"], last_response.is_some()))
        }

        ChannelVerb::Send { job, .. } => {
            let outcome = job["text"]
                .as_str()
                .filter(|text| ["failed", "unknown"].contains(text))
                .unwrap_or("sent");
            let verdict = json!({
                "outcome": outcome, "external_id": format!("out-{}", job["id"].as_str().unwrap()),
                "reason": "so it is",
            });
            Ok(ChannelSays::Verdict(verdict.as_object().unwrap().clone()))
        }
    }
}

/// Asks for a file, then ends as the file's id says.
fn look_up(media: &Value, is_answered: bool) -> ChannelSays {
    let id = media["id"].as_str().unwrap();
    if !is_answered {
        let url = format!("https://chat.example/files/{id}");
        let request = Request { method: "GET".into(), url, headers: Vec::new(), body: Vec::new() };
        return ChannelSays::Request(Exchange { request, state: Vec::new(), sends: id == "sends" });
    }

    let outcome = if ["failed", "retry", "sent"].contains(&id) { id } else { "found" };
    let verdict = json!({"outcome": outcome, "reason": "so it is", "data": {"mime": "image/png"}});
    ChannelSays::Verdict(verdict.as_object().unwrap().clone())
}

fn authenticate(incoming: &Incoming) -> ChannelSays {
    let header = |name: &str| {
        incoming
            .headers
            .iter()
            .find(|header| header.name == name)
            .map(|header| header.value.as_str())
    };

    if let Some((_, challenge)) = incoming.query.iter().find(|(name, _)| name == "challenge") {
        let body = format!("{} {} {challenge}", incoming.method, incoming.path).into_bytes();
        return ChannelSays::Handshake(Reply { status: 200, headers: Vec::new(), body });
    }

    match header("x-signature") {
        Some("good") => {
            let headers = [
                ("x-taken", "yes"),
                // How the connection is used is not the channel's to say, and the last is no header
                // at all.
                ("connection", "close"),
                ("content-length", "999"),
                ("bad name", "x"),
            ];
            let headers = headers
                .map(|(name, value)| Header { name: name.into(), value: value.into() })
                .to_vec();
            ChannelSays::Authentic(Reply { status: 202, headers, body: b"thanks".to_vec() })
        }
        Some("strange") => {
            ChannelSays::Authentic(Reply { status: 101, headers: Vec::new(), body: Vec::new() })
        }
        _ => ChannelSays::Reject("the signature is not good".into()),
    }
}
