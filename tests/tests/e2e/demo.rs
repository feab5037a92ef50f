//! `stagewright demo`, as somebody who has just cloned the repository meets it.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use anyhow::{Context, ensure};
use serde_json::Value;

use stagewright_tests::host::Host;
use stagewright_tests::place;
use stagewright_tests::scratch::Scratch;
use stagewright_trials::demo::PLUGINS;

/// The demo, run inside the repository, its data below `scratch`.
fn demo(scratch: &Scratch, arguments: &[&str]) -> anyhow::Result<Command> {
    let mut command = Command::new(place::server()?);
    command
        .arg("demo")
        .args(arguments)
        .current_dir(place::root())
        .env("TMPDIR", scratch.path())
        .env_remove("STAGEWRIGHT_LOG");
    Ok(command)
}

fn nothing_is_left_in(folder: &Path) -> anyhow::Result<bool> {
    Ok(std::fs::read_dir(folder)?
        .filter_map(Result::ok)
        .all(|entry| !entry.file_name().to_string_lossy().contains("demo")))
}

fn said(output: &[u8]) -> String {
    String::from_utf8_lossy(output).into_owned()
}

/// The first of these lines that is not there, given that they come in this order, with whatever
/// between them.
fn missing<'a>(text: &str, wanted: &[&'a str]) -> Option<&'a str> {
    let mut lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    wanted.iter().copied().find(|wanted| !lines.any(|line| line.contains(wanted)))
}

#[test]
fn demo_once_plays_both_stories_and_shows_what_happened() -> anyhow::Result<()> {
    let scratch = Scratch::new("once")?;

    let Output { status, stdout, stderr } = demo(&scratch, &["--once"])?.output()?;
    ensure!(status.success(), "{status}: {}", said(&stderr));
    let text = said(&stdout);

    let first = [
        "Story 1",
        "0:00:00 Iryna: How much is a roof of 80 square metres?",
        "0:12:00 conversation accepted",
        "0:12:00 moved to Processed",
        "0:12:00 message to visitor-77: Thank you, Iryna, we are on it.",
        "robot remind on stage new by whatsapp.cloud cancelled (stage_left)",
        "robot thank on stage processed by stagewright.send-message done",
        "the site chat's server received: Good morning! I will count it for you.",
        "the site chat's server received: Thank you, Iryna, we are on it.",
        "in the end the deal stands on processed, watched by nobody",
        "Story 2",
    ];
    assert_eq!(missing(&text, &first), None, "{text}");

    let second = [
        "Story 2",
        "0:00:00 created: Petro",
        "0:30:00 message to +380671112233: Olena, Petro has been waiting for 30 minutes",
        "0:30:00 observers added: Taras",
        "0:30:00 message to +380671112233 sent",
        "0:30:00 message to +380671112233 read",
        "robot get on stage new by stagewright.get-employee done",
        "robot watch on stage new by stagewright.add-observer done",
        "the stand-in for WhatsApp received: template `reminder` to +380671112233 about Petro",
        "in the end the deal stands on new, watched by Taras",
        "Both stories came out as they should.",
    ];
    assert_eq!(missing(&text, &second), None, "{text}");

    assert!(nothing_is_left_in(scratch.path())?);
    Ok(())
}

#[test]
fn without_any_one_bundle_the_demo_fails_and_names_it() -> anyhow::Result<()> {
    for (plugin, _) in PLUGINS {
        let scratch = Scratch::new("without")?;

        let Output { status, stdout, stderr } =
            demo(&scratch, &["--once", "--without", plugin])?.output()?;
        let (stdout, stderr) = (said(&stdout), said(&stderr));

        assert_eq!(status.code(), Some(1), "{plugin}: {stdout}{stderr}");
        let error = stderr.lines().last().context("no error")?;
        let expected = format!(
            "error: the bundle of {plugin} is not installed, and the story needs it; \
             run the demo without `--without {plugin}` (demo.missing-bundle)"
        );
        assert_eq!(error, expected);

        assert!(!stdout.contains(plugin) && !stdout.contains("came out"), "{stdout}");
        assert!(nothing_is_left_in(scratch.path())?, "{plugin}");
    }
    Ok(())
}

#[test]
fn a_plugin_that_the_demo_does_not_know_cannot_be_left_out() -> anyhow::Result<()> {
    let output =
        demo(&Scratch::new("unknown")?, &["--once", "--without", "acme.nothing"])?.output()?;

    assert_eq!(output.status.code(), Some(1));
    assert!(
        said(&output.stderr).contains("--without takes one of stagewright.get-employee, "),
        "{}",
        said(&output.stderr)
    );
    Ok(())
}

#[test]
fn the_demo_asks_to_be_run_inside_the_repository() -> anyhow::Result<()> {
    let scratch = Scratch::new("elsewhere")?;

    let output = demo(&scratch, &["--once"])?.current_dir(scratch.path()).output()?;

    assert_eq!(output.status.code(), Some(1));
    assert!(
        said(&output.stderr).contains("run the demo inside the repository"),
        "{}",
        said(&output.stderr)
    );
    Ok(())
}

#[test]
fn a_reader_who_has_seen_enough_is_no_reason_to_panic() -> anyhow::Result<()> {
    let scratch = Scratch::new("head")?;
    let mut child =
        demo(&scratch, &["--once"])?.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;

    drop(child.stdout.take());
    let output = child.wait_with_output()?;

    assert!(output.status.success(), "{}: {}", output.status, said(&output.stderr));
    Ok(())
}

/// What a line that the demo shows prints when it is typed into a shell.
fn typed(line: &str) -> anyhow::Result<Value> {
    let output = Command::new("sh").args(["-c", line]).output()?;
    ensure!(
        output.status.success(),
        "`{line}` ended with {}: {}",
        output.status,
        said(&output.stderr)
    );

    serde_json::from_slice(&output.stdout)
        .with_context(|| format!("`{line}` gave {}", said(&output.stdout)))
}

fn serves_until(signal: &str) -> anyhow::Result<()> {
    let scratch = Scratch::new("serving")?;
    let log = scratch.path().join("log");
    let mut host = Host::spawn(demo(&scratch, &[])?, &log)?;
    let lines = host.lines_until("Press Ctrl-C to end.");
    let text = lines.join("\n");

    let base = lines
        .iter()
        .find_map(|line| line.strip_prefix("The host goes on serving on "))
        .context(text.clone())?;
    let token = text
        .split("The tenant's token: ")
        .nth(1)
        .and_then(|rest| rest.lines().next())
        .context(text.clone())?;

    let curls: Vec<&str> =
        lines.iter().map(|line| line.trim()).filter(|line| line.starts_with("curl ")).collect();
    let [timeline, automation, advance] = curls[..] else {
        anyhow::bail!("not three curl lines:\n{text}")
    };

    assert!(
        [timeline, automation].iter().all(|line| line.contains(base) && line.contains(token)),
        "{text}"
    );

    let seen = typed(timeline)?;
    let entries = seen["items"].as_array().context("no timeline")?;
    assert!(entries.iter().any(|entry| entry["text"] == "observers added: Taras"), "{seen}");

    let seen = typed(automation)?;
    assert_eq!(seen["runs"][0]["steps"][1]["id"], "remind", "{seen}");
    assert_eq!(seen["deliveries"][0]["state"], "read", "{seen}");

    // The stories begin at 10:00 in Kyiv and take 60 and 31 minutes.
    assert_eq!(typed(advance)?["now"], "2026-03-02T10:01:00.000Z");

    host.stop_by(signal)?;
    assert!(nothing_is_left_in(scratch.path())?);
    assert!(typed(timeline).is_err());
    Ok(())
}

#[test]
fn the_demo_serves_on_with_lines_to_try_and_ends_at_ctrl_c() -> anyhow::Result<()> {
    serves_until("INT")
}

#[test]
fn the_demo_ends_at_a_termination_signal_too() -> anyhow::Result<()> {
    serves_until("TERM")
}
