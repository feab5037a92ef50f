//! The README's own words, taken at their word.

use std::process::Command;

use anyhow::{Context, ensure};
use serde_json::Value;

use stagewright_tests::host::{Home, Host};
use stagewright_tests::place;
use stagewright_tests::scratch::Scratch;

/// The block of this kind that holds `word`.
fn block<'a>(readme: &'a str, kind: &str, word: &str) -> anyhow::Result<&'a str> {
    let fence = format!("```{kind}\n");
    let mut blocks =
        readme.split(fence.as_str()).skip(1).filter_map(|rest| rest.split("```").next());
    blocks
        .find(|block| block.contains(word))
        .with_context(|| format!("no {kind} block with {word}"))
}

#[test]
fn the_readmes_configuration_and_first_steps_work_as_they_stand() -> anyhow::Result<()> {
    let readme = std::fs::read_to_string(place::root().join("README.md"))?;
    let scratch = Scratch::new("readme")?;
    let home = Home::make(&scratch.path().join("home"))?;
    let config = block(&readme, "toml", "listen")?;
    std::fs::write(home.config(), config.replace("127.0.0.1:8080", "127.0.0.1:0"))?;
    let host = Host::start(home.server()?, &scratch.path().join("host.log"))?;

    let target =
        place::server()?.ancestors().nth(2).context("the target folder")?.display().to_string();
    let steps = block(&readme, "sh", "first-token")?
        .replace("http://127.0.0.1:8080", &host.base)
        .replace("first-token", &home.folder().join("first-token").display().to_string())
        .replace("target/", &format!("{target}/"));

    let output = Command::new("sh").args(["-ec", &steps]).current_dir(place::root()).output()?;

    let (said, complaints) =
        (String::from_utf8(output.stdout)?, String::from_utf8_lossy(&output.stderr).into_owned());
    ensure!(output.status.success(), "{}: {complaints}", output.status);
    // The first line is the path of the bundle.

    let json = said.split_once('\n').context("no answers")?.1;
    let answers =
        serde_json::Deserializer::from_str(json).into_iter().collect::<Result<Vec<Value>, _>>()?;
    let [plugin, tenant] = &answers[..] else { anyhow::bail!("not two answers: {said}") };
    assert_eq!(plugin["id"], "stagewright.add-observer", "{plugin}");
    assert!(tenant["token"]["secret"].is_string(), "{tenant}");
    host.stop()
}
