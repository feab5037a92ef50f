//! What an integrator does first: copies a plugin under a new name, builds it, installs it into a
//! running server and uses it. Nothing but the new folder changes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};
use serde_json::json;

use stagewright_tests::api::{Ask, list, text};
use stagewright_tests::place;
use stagewright_tests::trial::Trial;

/// The folder that the copy gets.
const NEW_FOLDER: &str = "plugins/robot-invite-watcher";
/// What is called differently in the copy: its crate, as cargo and as Rust write it, the plugin,
/// and the robot.
const RENAMED: [(&str, &str); 4] = [
    ("stagewright-robot-add-observer", "acme-robot-invite-watcher"),
    ("stagewright_robot_add_observer", "acme_robot_invite_watcher"),
    ("stagewright.add-observer", "acme.invite-watcher"),
    ("\"add-observer\"", "\"invite-watcher\""),
];
/// No sources: what is built, and what belongs to git.
const LEFT_OUT: [&str; 2] = ["target", ".git"];
/// Below the folder that everything is built in.
const SCRATCH: &str = env!("CARGO_TARGET_TMPDIR");

/// Every file below `folder` by its path inside.
fn files(folder: &Path) -> anyhow::Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];

    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next)? {
            let entry = entry?;
            let left_out = LEFT_OUT.iter().any(|name| entry.file_name() == *name);
            match entry.file_type()?.is_dir() {
                true if !left_out => folders.push(entry.path()),
                false => drop(found.insert(
                    entry.path().strip_prefix(folder)?.to_owned(),
                    fs::read(entry.path())?,
                )),
                _ => {}
            }
        }
    }
    Ok(found)
}

fn write(path: &Path, contents: &[u8]) -> anyhow::Result<()> {
    fs::create_dir_all(path.parent().context("a file in no folder")?)?;
    fs::write(path, contents).with_context(|| format!("writing {}", path.display()))
}

/// A copy of the repository. Its place is the same in every run, so that what is compiled there
/// does not pile up.
fn repository() -> anyhow::Result<PathBuf> {
    let copy = Path::new(SCRATCH).join("copied-plugin");
    if copy.exists() {
        fs::remove_dir_all(&copy)?;
    }

    for (path, contents) in files(&place::root())? {
        write(&copy.join(path), &contents)?;
    }
    Ok(copy)
}

/// Copies "add observer" within `repository` under its new name.
fn copy_plugin(repository: &Path) -> anyhow::Result<()> {
    for (path, contents) in files(&repository.join("plugins/robot-add-observer"))? {
        let contents = String::from_utf8(contents)?;
        let renamed =
            RENAMED.iter().fold(contents, |contents, (old, new)| contents.replace(old, new));
        write(&repository.join(NEW_FOLDER).join(path), renamed.as_bytes())?;
    }
    Ok(())
}

/// Removes what an earlier run has built, so that this one builds.
fn forget() -> anyhow::Result<()> {
    for file in ["stagewright", "stamp"]
        .map(|kind| format!("plugins/bundles/acme.invite-watcher-0.1.0.{kind}"))
    {
        let path = target()?.join(file);
        if path.exists() {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// Where everything is built, the copy too, so that dependencies that are compiled already are not
/// compiled again.
fn target() -> anyhow::Result<&'static Path> {
    Path::new(SCRATCH).parent().context("the target folder")
}

/// Builds the copy as a user would, and gives the bundle.
fn build(repository: &Path) -> anyhow::Result<Vec<u8>> {
    let mut command = Command::new(place::server()?);
    command
        .args(["plugin", "build", NEW_FOLDER])
        .current_dir(repository)
        .env("CARGO_TARGET_DIR", target()?);

    let output = command.output()?;
    ensure!(
        output.status.success(),
        "the plugin does not build: {}",
        String::from_utf8_lossy(&output.stderr)
    );

    let path = String::from_utf8(output.stdout)?.trim_end().to_owned();
    fs::read(&path).with_context(|| format!("the bundle at `{path}`"))
}

#[tokio::test]
async fn a_copied_plugin_is_built_installed_and_invoked_without_a_change_outside_its_folder()
-> anyhow::Result<()> {
    let repository = repository()?;
    let before = files(&repository)?;
    copy_plugin(&repository)?;
    let trial = Trial::start("copied-plugin").await?;

    forget()?;
    let bundle = build(&repository)?;
    forget()?;
    let plugin = trial.enable(bundle).await?;

    assert_eq!(plugin, "acme.invite-watcher");

    let robots = trial.admin.done(&Ask::get("/v1/robots?kind=deal")).await?;
    assert_eq!(
        list(&robots, "/items").iter().map(|robot| robot["robot"].clone()).collect::<Vec<_>>(),
        ["invite-watcher"]
    );

    let deal = trial.deal("A leaking roof").await?;
    let run =
        trial.invoke(&plugin, "invite-watcher", &deal, json!({"observer": "supervisor"})).await?;
    assert_eq!(text(&run, "/steps/0/state")?, "done", "{run}");
    let deal = trial.admin.done(&Ask::get(format!("/v1/records/deal/{deal}"))).await?;
    assert_eq!(deal["fields"]["observers"], json!([trial.taras]));

    trial.end()?;

    let mut after = files(&repository)?;
    after.retain(|path, _| !path.starts_with(NEW_FOLDER));
    let changed: Vec<_> = after
        .iter()
        .filter(|(path, contents)| before.get(*path) != Some(contents))
        .map(|(path, _)| path)
        .collect();
    assert!(changed.is_empty(), "files outside {NEW_FOLDER} have changed: {changed:?}");
    assert_eq!(after.len(), before.len(), "a file outside {NEW_FOLDER} has gone");
    Ok(())
}
