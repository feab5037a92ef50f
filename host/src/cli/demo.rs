//! `stagewright demo`.

use clap::Args as ClapArgs;

/// Options of `demo`.
#[derive(Debug, ClapArgs)]
pub(super) struct Args {
    /// Play the story and end, instead of serving on.
    #[arg(long)]
    once: bool,
    /// Leave this plugin's bundle out, to see the demo fail for want of it.
    #[arg(long, value_name = "PLUGIN")]
    without: Option<String>,
}

#[expect(clippy::unused_async, reason = "wired when the demo lands")]
pub(super) async fn run(_args: Args) -> anyhow::Result<String> {
    anyhow::bail!("the demo is not wired yet")
}
