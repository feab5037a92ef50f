//! `stagewright automation`.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use serde_json::Value;

use super::remote::{Remote, RemoteError, escaped, told};

/// What to do with automations as files.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Write a pipeline, its calendars and its automations as YAML.
    Export {
        #[command(flatten)]
        host: Remote,
        /// The pipeline's id.
        pipeline: String,
        /// Where to write it; standard output without it.
        #[arg(long, short)]
        out: Option<PathBuf>,
    },
    /// Set up what a YAML file says, all or nothing, and show what that changes.
    Import {
        #[command(flatten)]
        host: Remote,
        /// The file.
        file: PathBuf,
        /// Only show what would change.
        #[arg(long)]
        dry_run: bool,
        /// Publish the automations that differ from what runs.
        #[arg(long)]
        publish: bool,
        /// What becomes of runs that wait under an older version: they keep it, are cancelled, or
        /// go on with the new one.
        #[arg(long, value_enum, default_value = "keep", requires = "publish")]
        waiting: Waiting,
    },
}

/// What becomes of runs that wait.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Waiting {
    Keep,
    Cancel,
    Migrate,
}

impl Waiting {
    /// As the API says it.
    fn word(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Cancel => "cancel",
            Self::Migrate => "migrate",
        }
    }
}

pub(super) async fn run(command: Command) -> anyhow::Result<String> {
    match command {
        Command::Export { host, pipeline, out } => {
            let path = format!("/v1/automations/export?pipeline={}", escaped(&pipeline));
            let text = host.client()?.get_text(&path).await.map_err(told)?;
            match out {
                None => Ok(text.trim_end_matches('\n').to_owned()),
                Some(path) => match std::fs::write(&path, text) {
                    Ok(()) => Ok(format!("wrote {}", path.display())),
                    Err(source) => Err(RemoteError::File { path, source }.into()),
                },
            }
        }

        Command::Import { host, file, dry_run, publish, waiting } => {
            let text =
                std::fs::read(&file).map_err(|source| RemoteError::File { path: file, source })?;
            let waiting =
                if publish { format!("&waiting={}", waiting.word()) } else { String::new() };
            let path =
                format!("/v1/automations/import?dry_run={dry_run}&publish={publish}{waiting}");

            let headers = [("content-type", "application/yaml")];
            let answer = host.client()?.post_bytes(&path, &headers, text).await.map_err(told)?;

            let changes = answer.list("/changes").map_err(told)?;
            let lines: Vec<String> = changes.iter().map(shown).collect();
            let end = if dry_run { "nothing was written (--dry-run)" } else { "done" };
            Ok(format!("{}\n{end}", lines.join("\n")))
        }
    }
}

/// One thing and what differs in it.
fn shown(change: &Value) -> String {
    let text = |key: &str| change.get(key).and_then(Value::as_str).unwrap_or_default();
    let published = change.get("published").and_then(Value::as_u64);
    let published =
        published.map(|version| format!(", published as version {version}")).unwrap_or_default();

    let mut lines = vec![format!(
        "{} {}: {}{published}",
        text("type"),
        text("id"),
        text("change").replace('_', " ")
    )];

    let warnings = change.get("warnings").and_then(Value::as_array).into_iter().flatten();
    lines.extend(warnings.filter_map(Value::as_str).map(|warning| format!("  warning: {warning}")));
    lines.extend(change.get("job").and_then(Value::as_str).map(|job| format!("  job: {job}")));

    for field in change.get("fields").and_then(Value::as_array).into_iter().flatten() {
        let part = |key: &str| field.get(key).map(ToString::to_string).unwrap_or_default();
        let name = field.get("field").and_then(Value::as_str).unwrap_or_default();
        lines.push(format!("  {name}: {} → {}", part("before"), part("after")));
    }

    lines.join("\n")
}
