//! A disk that fills up under load: nothing is acknowledged that is not durable, the process ends
//! by itself and says why, and once there is room again everything goes on.

use std::fs;

use anyhow::{Context, ensure};
use serde_json::json;

use stagewright_tests::api::{Api, Ask, Outcome};
use stagewright_tests::host::{Home, Host};
use stagewright_tests::place;
use stagewright_tests::preload::Rack;
use stagewright_tests::rig::Rig;
use stagewright_tests::scratch::Scratch;
use stagewright_trials::demo::PLUGINS;

/// What everything is chosen by. Change it to try other moments.
const SEED: u64 = 9;
/// How often the disk fills up.
const TIMES: u64 = 4;

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_ends_the_host_and_loses_nothing_acknowledged() -> anyhow::Result<()> {
    let (mut rig, host) = Rig::new("full-disk", SEED, async |home, scratch| {
        Host::start(home.server()?, &scratch.path().join("set-up.log"))
    })
    .await?;

    host.stop()?;
    // The home was set up without the shim; from here on the host under load runs under it.
    let rack = Rack::around(rig.home.folder())?;
    let log = rig.home.folder().parent().context("a home in no folder")?.join("host.log");

    let mut acknowledged = 0;
    for time in 1..=TIMES {
        let mut command = rig.home.server()?;
        rack.power_on(&mut command)?;
        let mut host = rig.start(command)?;
        // Only what it says from here on counts.
        fs::write(&log, "")?;

        let wanted = 200 + rig.chance.below(300);
        let mut status = None;
        let mut ended = rig
            .shift_until(&mut host, wanted, |host| {
                // The crew is still at work here, so that the full disk meets writes that are under
                // way.
                rack.fill()?;
                status = Some(host.wait()?);
                Ok(())
            })
            .await?;

        let said = fs::read_to_string(&log)?;
        ensure!(
            status.and_then(|status| status.code()) == Some(74),
            "it ended with {status:?}:\n{said}"
        );
        ensure!(
            said.contains("storage.no-space") && said.contains("free some space and start again"),
            "it says:\n{said}"
        );
        ensure!(!said.contains("panicked"), "it panicked:\n{said}");

        rack.make_room()?;
        let host = rig.start(rig.home.server()?)?;
        rig.examine(&host, &mut ended)
            .await
            .with_context(|| format!("seed {SEED}, full for the {time}. time"))?;
        rig.examine_all(&host, ended.at).await?;
        host.stop()?;

        acknowledged += ended.acknowledged;
        println!(
            "full after {} acknowledgements with {} under way",
            ended.acknowledged, ended.under_way
        );
    }

    println!("seed {SEED}: {TIMES} times full, {acknowledged} acknowledgements");
    Ok(())
}

#[test]
fn a_start_on_a_full_disk_says_so_and_the_next_one_needs_no_help() -> anyhow::Result<()> {
    let scratch = Scratch::new("full-start")?;
    let home = Home::make(&scratch.path().join("home"))?;
    let rack = Rack::around(home.folder())?;

    // Nothing is there yet, then only the key, then everything.
    for (code, keys, data) in [
        ("key.unusable", false, false),
        ("storage.folder", true, false),
        ("storage.no-space", true, true),
    ] {
        if keys {
            fs::write(home.folder().join("master.key"), "22".repeat(32))?;
        }
        if data {
            Host::start(home.server()?, &scratch.path().join("host.log"))?.stop()?;
        }

        let mut command = home.server()?;
        rack.power_on(&mut command)?;
        rack.fill()?;
        let output = command.output()?;
        rack.make_room()?;

        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(
            output.status.code() == Some(1) && said.contains(&format!("({code})")),
            "{}: {said}",
            output.status
        );
        ensure!(said.contains("No space left") || said.contains("disk is full"), "{said}");
        ensure!(said.lines().count() == 1, "it says more than that: {said}");
    }

    Host::start(home.server()?, &scratch.path().join("host.log"))?.stop()
}

#[tokio::test]
async fn a_plugin_that_does_not_fit_on_the_disk_is_refused_and_can_be_installed_later()
-> anyhow::Result<()> {
    let scratch = Scratch::new("full-plugin")?;
    let home = Home::make(&scratch.path().join("home"))?;
    let (rack, host) = Rack::serve(&home, &scratch.path().join("host.log"))?;
    let platform = Api::new(&host.base, &home.first_token()?)?;

    let folder = PLUGINS
        .first()
        .map(|(_, folder)| place::root().join("plugins").join(folder))
        .context("a plugin")?;
    let bundles = stagewright_kit::build_all(&[folder.as_path()], &|_progress| {})?;
    let install = Ask::bytes("/v1/plugins", fs::read(bundles.first().context("a bundle")?)?);

    rack.fill()?;
    let Outcome::Answered(status, problem) = platform.send(&install).await else {
        anyhow::bail!("no answer")
    };
    rack.make_room()?;

    assert_eq!((status, &problem["code"]), (503, &json!("storage.no-space")), "{problem}");

    platform.done(&install).await?;
    host.stop()
}
