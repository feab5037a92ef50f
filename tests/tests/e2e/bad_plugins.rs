//! Plugins that misbehave in a real run: the step says what, whose fault it is and what to do;
//! everybody else goes on.

use std::fs;
use std::path::Path;

use anyhow::Context;
use serde_json::{Value, json};

use stagewright_tests::api::{Ask, Outcome, list, text};
use stagewright_tests::fixture::{self, Robots};
use stagewright_tests::guest::{CATALOGUE, bundle, manifest, robot, trigger};
use stagewright_tests::trial::Trial;

/// A guest with its numbers and its manifest's limits; what its failure is called and advises.
type Offender = (
    &'static str,
    &'static str,
    &'static [(&'static str, u64)],
    &'static str,
    (&'static str, &'static str),
);

const OFFENDERS: [Offender; 7] = [
    ("trap", "panic", &[], "", ("plugin.trap", "its author has to repair it")),
    (
        "fuel",
        "spin",
        &[("rounds", 1_000_000)],
        "fuel = 100_000",
        ("limit.fuel", "raise limits.fuel or do less"),
    ),
    (
        "time",
        "spin",
        &[("rounds", 0)],
        "wall = \"20 ms\"",
        ("limit.time", "raise limits.wall or do less"),
    ),
    (
        "memory",
        "memories",
        &[("first", 1), ("more", 100)],
        "memory = \"1024 KiB\"",
        ("limit.memory", "raise limits.memory"),
    ),
    (
        "table",
        "tables",
        &[("first", 10), ("more", 60_000)],
        "",
        ("limit.table", "use smaller tables"),
    ),
    ("calls", "ask", &[("times", 1_001)], "", ("limit.host-calls", "ask for less")),
    ("output", "answer", &[("bytes", 65_537)], "", ("limit.output", "answer less")),
];

async fn publish(trial: &Trial, id: &str, automation: Value) -> anyhow::Result<()> {
    trial.admin.done(&Ask::put(format!("/v1/automations/{id}"), &automation)).await?;
    trial
        .admin
        .done(&Ask::post(format!("/v1/automations/{id}/publish"), &json!({})))
        .await
        .map(drop)
}

fn go(id: &str) -> Value {
    json!({"id": id, "name": id, "plugin": format!("acme.{id}"), "robot": "go"})
}

/// Installs the plugin `acme.good`, whose robot does nothing.
async fn good(trial: &Trial) -> anyhow::Result<String> {
    trial.enable(bundle(&manifest("acme.good", ""), &robot("nothing", &[], CATALOGUE)?)?).await
}

async fn is_well(trial: &Trial) -> anyhow::Result<()> {
    for path in ["/health/live", "/health/ready"] {
        trial.admin.done(&Ask::get(path)).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_robot_over_any_limit_fails_by_code_and_the_others_run() -> anyhow::Result<()> {
    let trial = Trial::start("offenders").await?;
    for (id, guest, numbers, limits, _) in OFFENDERS {
        trial
            .enable(bundle(
                &manifest(&format!("acme.{id}"), limits),
                &robot(guest, numbers, CATALOGUE)?,
            )?)
            .await?;
    }

    good(&trial).await?;

    let robots: Vec<Value> = OFFENDERS.iter().map(|(id, ..)| go(id)).chain([go("good")]).collect();
    publish(
        &trial,
        "on-new",
        json!({"kind": "deal", "pipeline": "sales", "stage": "new", "robots": robots}),
    )
    .await?;

    let deal = trial.deal("A roof").await?;
    trial.pass("1d").await?;

    let seen = trial.admin.done(&Ask::get(format!("/v1/records/deal/{deal}/automation"))).await?;
    let steps = list(&seen, "/runs/0/steps");
    for (place, (id, .., (code, advice))) in OFFENDERS.iter().enumerate() {
        let step = steps.get(place).context(seen.to_string())?;
        assert_eq!(
            (step["id"].as_str(), step["state"].as_str()),
            (Some(*id), Some("failed")),
            "{step}"
        );

        assert_eq!(step["code"], *code, "{step}");
        assert!(text(step, "/reason")?.contains(advice), "{step}");

        let error = step["attempts"]
            .as_array()
            .and_then(|attempts| attempts.last())
            .context(step.to_string())?;
        assert_eq!(
            (error["error"]["code"].as_str(), error["error"]["blame"].as_str()),
            (Some(*code), Some("plugin")),
            "{step}"
        );
    }

    assert_eq!(steps.last().map(|step| step["state"].clone()), Some(json!("done")), "{seen}");

    let timeline =
        trial.admin.done(&Ask::get(format!("/v1/records/deal/{deal}/timeline?limit=200"))).await?;
    let failed = list(&timeline, "/items")
        .iter()
        .filter(|entry| entry["text"].as_str().is_some_and(|text| text.contains(" failed: ")));
    assert_eq!(failed.count(), OFFENDERS.len(), "{timeline}");

    is_well(&trial).await?;
    trial.end()
}

#[tokio::test]
async fn a_trigger_that_traps_is_a_failed_decision_and_the_next_one_counts() -> anyhow::Result<()> {
    let trial = Trial::start("trapping-trigger").await?;
    trial.enable(trigger("acme.bad", "unreachable")?).await?;
    trial.enable(trigger("acme.good", "nop")?).await?;

    let asked = |id: &str| json!({"id": id, "plugin": format!("acme.{id}"), "trigger": "when"});
    let automation = json!({
        "kind": "deal", "pipeline": "sales", "stage": "processed",
        "triggers": [asked("bad"), asked("good")],
    });
    publish(&trial, "on-processed", automation).await?;

    let deal = trial.deal("A roof").await?;
    trial.pass("0s").await?;

    let poke = json!({"kind": "custom.poke", "record": {"kind": "deal", "id": deal}});

    trial.admin.done(&Ask::post("/v1/events", &poke)).await?;
    trial.pass("0s").await?;

    let record = trial.admin.done(&Ask::get(format!("/v1/records/deal/{deal}"))).await?;
    assert_eq!(record["fields"]["stage"], "processed");

    let seen = trial.admin.done(&Ask::get(format!("/v1/records/deal/{deal}/automation"))).await?;
    let decisions = list(&seen, "/decisions");
    let poked = decisions
        .iter()
        .find(|decision| decision["kind"] == "custom.poke")
        .context(seen.to_string())?;
    let bad = list(poked, "/candidates")
        .iter()
        .find(|candidate| candidate["trigger"] == "bad")
        .context(poked.to_string())?;
    assert_eq!(
        (bad["outcome"].as_str(), bad["code"].as_str()),
        (Some("failed"), Some("plugin.trap")),
        "{bad}"
    );

    is_well(&trial).await?;
    trial.end()
}

/// Damages the stored component as a bad disk would, and forgets what was compiled of it.
fn damage(data: &Path) -> anyhow::Result<()> {
    for entry in fs::read_dir(data.join("files/components"))? {
        let path = entry?.path();
        let mut bytes = fs::read(&path)?;
        *bytes.last_mut().context("an empty component")? ^= 1;
        fs::write(&path, bytes)?;
    }
    Ok(fs::remove_dir_all(data.join("files/compiled"))?)
}

#[tokio::test]
async fn a_plugin_that_is_missing_is_named_and_works_once_it_is_back() -> anyhow::Result<()> {
    let trial = Trial::start("missing-plugin").await?;
    good(&trial).await?;

    let mut robot_later = go("good");
    robot_later["run"] = json!({"after": "30m"});
    publish(
        &trial,
        "on-new",
        json!({"kind": "deal", "pipeline": "sales", "stage": "new", "robots": [robot_later]}),
    )
    .await?;

    let deal = trial.deal("A roof").await?;
    let trial = trial.restart(damage)?;

    trial.pass("31m").await?;

    let path = format!("/v1/records/deal/{deal}/automation");
    let seen = trial.admin.done(&Ask::get(&path)).await?;
    let step = seen.pointer("/runs/0/steps/0").context(seen.to_string())?;
    let error = step.pointer("/attempts/0/error").context(step.to_string())?;
    assert_eq!(
        (error["code"].as_str(), error["blame"].as_str()),
        (Some("plugin.missing"), Some("host")),
        "{step}"
    );
    assert!(text(error, "/message")?.contains("install the plugin anew"), "{step}");
    assert_eq!(step["state"], "waiting_time", "{step}");

    good(&trial).await?;
    trial.pass("1h").await?;
    let seen = trial.admin.done(&Ask::get(&path)).await?;
    assert_eq!(seen["runs"][0]["steps"][0]["state"], "done", "{seen}");
    trial.end()
}

#[tokio::test]
async fn a_version_that_lost_its_robot_fails_the_step_and_says_what_to_do() -> anyhow::Result<()> {
    let trial = Trial::start("lost-robot").await?;
    good(&trial).await?;

    let mut robot_later = go("good");
    robot_later["run"] = json!({"after": "30m"});
    publish(
        &trial,
        "on-new",
        json!({"kind": "deal", "pipeline": "sales", "stage": "new", "robots": [robot_later]}),
    )
    .await?;

    let deal = trial.deal("A roof").await?;
    let without = manifest("acme.good", "").replace("1.0.0", "1.1.0");
    trial.enable(bundle(&without, &robot("nothing", &[], r#"{"robots":[]}"#)?)?).await?;

    trial.pass("31m").await?;

    let seen = trial.admin.done(&Ask::get(format!("/v1/records/deal/{deal}/automation"))).await?;
    let step = seen.pointer("/runs/0/steps/0").context(seen.to_string())?;
    assert_eq!(
        (step["state"].as_str(), step["code"].as_str()),
        (Some("failed"), Some("plugin.no-such-robot")),
        "{step}"
    );
    assert!(text(step, "/reason")?.contains("install a version that has it"), "{step}");
    trial.end()
}

#[tokio::test]
async fn a_forged_notification_is_refused_and_leaves_no_row() -> anyhow::Result<()> {
    let trial = Trial::start("forged").await?;
    let provider = fixture::provider(None).await?;
    fixture::install(&trial.platform).await?;
    let tenant = fixture::tenant(&trial.platform, &provider, Robots::AtOnce).await?;

    let admin = trial.admin.with_token(&tenant.token);
    let written = provider.inbound_text("+380509998877", "Petro", "It rains into my attic");

    let mut altered = written.incoming();
    let place = altered.body.windows(5).position(|bytes| bytes == b"attic").context("no text")?;
    altered.body[place] ^= 1;

    let mut unsigned = written.incoming();
    unsigned.headers.retain(|header| !header.name.to_ascii_lowercase().contains("signature"));

    for (what, incoming) in [
        ("forged", written.clone().forged().incoming()),
        ("altered", altered),
        ("unsigned", unsigned),
    ] {
        let Outcome::Answered(status, body) =
            admin.send(&Ask::hook(&tenant.id, "whatsapp", incoming)).await
        else {
            anyhow::bail!("no answer")
        };
        assert_eq!((status, body["code"].as_str()), (401, Some("hook.forged")), "{what}: {body}");
    }

    trial.pass("0s").await?;
    for path in ["/v1/conversations", "/v1/records/deal", "/v1/records/contact", "/v1/runs"] {
        let listed = admin.done(&Ask::get(path)).await?;
        assert!(list(&listed, "/items").is_empty(), "{path}: {listed}");
    }

    admin.done(&Ask::hook(&tenant.id, "whatsapp", written.incoming())).await?;
    let deals = admin.done(&Ask::get("/v1/records/deal")).await?;
    assert_eq!(list(&deals, "/items").len(), 1);
    trial.end()
}
