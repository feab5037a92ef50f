//! `stagewright plugin`.

use std::path::PathBuf;

use clap::Subcommand;

use stagewright_kit::{Bundle, check};

use super::progress::Progress;
use super::remote::Remote;

/// What to do with plugins.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Build plugins to bundles, finding or fetching what this machine lacks for it.
    Build {
        /// The plugins' folders.
        #[arg(required = true)]
        dirs: Vec<PathBuf>,
    },
    /// Check a bundle: manifest, imports, permissions.
    Check {
        /// The bundle.
        bundle: PathBuf,
    },
    /// Install bundles on a host, as its platform administrator.
    Install {
        #[command(flatten)]
        host: Remote,
        /// The bundles.
        #[arg(required = true)]
        bundles: Vec<PathBuf>,
    },
    /// Enable plugins for a tenant, as its administrator, with everything that they ask for; shows
    /// what that is. Plugins that are enabled already keep what they were granted.
    Enable {
        #[command(flatten)]
        host: Remote,
        /// Grant everything also to those that are enabled already.
        #[arg(long, requires = "plugins")]
        all_permissions: bool,
        /// The plugins' ids; all that are installed without any.
        plugins: Vec<String>,
    },
}

pub(super) async fn run(command: Command) -> anyhow::Result<String> {
    match command {
        Command::Build { dirs } => tokio::task::spawn_blocking(move || build(&dirs)).await?,
        Command::Check { bundle } => inspect(&bundle),
        Command::Install { host, bundles } => super::plugin_remote::install(&host, &bundles).await,
        Command::Enable { host, all_permissions, plugins } => {
            super::plugin_remote::enable(&host, &plugins, all_permissions).await
        }
    }
}

fn build(dirs: &[PathBuf]) -> anyhow::Result<String> {
    let progress = Progress::start();
    let dirs: Vec<&std::path::Path> = dirs.iter().map(PathBuf::as_path).collect();
    let bundles = stagewright_kit::build_all(&dirs, &|line| progress.line(line));
    progress.done();

    let bundles = bundles.map_err(|e| anyhow::anyhow!("{e} ({})", e.code()))?;
    Ok(bundles.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join("\n"))
}

fn inspect(path: &PathBuf) -> anyhow::Result<String> {
    let bytes = std::fs::read(path).map_err(|e| {
        anyhow::anyhow!(
            "cannot read {}: {e}; name a bundle that exists and may be read (bundle.read)",
            path.display()
        )
    })?;
    let bundle = Bundle::open(&bytes).map_err(|e| anyhow::anyhow!("{e} ({})", e.code()))?;

    let report = check(&bundle);
    let mut lines =
        vec![format!("{} {}", bundle.manifest().plugin.id, bundle.manifest().plugin.version)];
    lines.push(format!("content {}", bundle.content_hash()));
    lines.extend(
        report
            .imports
            .iter()
            .map(|(interface, function)| format!("may call {interface}#{function}")),
    );
    lines.extend(report.findings.iter().map(|finding| {
        let word = if finding.refused { "refused" } else { "warning" };
        format!("{word}: {} ({})", finding.problem, finding.problem.code())
    }));

    let text = lines.join("\n");
    anyhow::ensure!(report.is_ok(), "{text}");
    Ok(text)
}
