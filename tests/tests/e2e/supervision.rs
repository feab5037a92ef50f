//! The walk of `host/docs/SUPERVISION.md`, every line of it, on a real host with the real plugins.

use std::process::Command;

use anyhow::{Context, ensure};

use stagewright_tests::host::{Home, Host};
use stagewright_tests::place;
use stagewright_tests::scratch::Scratch;

/// The blocks of this kind, in their order.
fn blocks<'a>(text: &'a str, kind: &str) -> Vec<&'a str> {
    let fence = format!("```{kind}\n");
    text.split(fence.as_str()).skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

#[test]
fn the_walk_through_supervision_works_as_it_is_written() -> anyhow::Result<()> {
    let guide = std::fs::read_to_string(place::root().join("host/docs/SUPERVISION.md"))?;
    let scratch = Scratch::new("supervision")?;
    let home = Home::make(&scratch.path().join("home"))?;

    let mut server = home.server()?;
    server.args(["--clock", "manual"]);
    let host = Host::start(server, &scratch.path().join("host.log"))?;

    let [file] = blocks(&guide, "yaml")[..] else { anyhow::bail!("the guide has one file") };
    let path = scratch.path().join("design.yaml");
    std::fs::write(&path, file)?;

    let target =
        place::server()?.ancestors().nth(2).context("the target folder")?.display().to_string();
    let steps = blocks(&guide, "sh")
        .join("\n")
        .replace("http://127.0.0.1:8080", &host.base)
        .replace("first-token", &home.folder().join("first-token").display().to_string())
        .replace("$PWD/target/", &format!("{target}/"))
        .replace(" target/", &format!(" {target}/"))
        .replace("design.yaml", &path.display().to_string());

    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c", &steps])
        .current_dir(place::root())
        .output()?;

    let (said, complaints) =
        (String::from_utf8(output.stdout)?, String::from_utf8_lossy(&output.stderr).into_owned());
    ensure!(output.status.success(), "{}: {complaints}\n{said}", output.status);

    for words in [
        "Call Anna",
        "Ivan has not moved Kitchen (₴12,500.00) for a day",
        "\"total\":1",
        "robot `tell` ran at ",
        "Prepare the design: Kitchen",
        "\"stage\":\"presentation\"",
        "trigger `The design is ready` moved the item to Presentation",
    ] {
        ensure!(said.contains(words), "nothing says {words:?}:\n{said}");
    }

    let exported = std::fs::read_to_string(&path)?;
    for part in ["id: design_won", "calendars:\n  - id: default"] {
        ensure!(
            exported.contains(part),
            "the export does not hold {part:?} of what was imported:\n{exported}"
        );
    }

    host.stop()
}
