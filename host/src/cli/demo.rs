//! `stagewright demo`.

use std::net::SocketAddr;

use clap::Args as ClapArgs;

use stagewright_trials::demo::{Demo, Options};

use super::log::log;
use super::progress::Progress;
use super::say::out;
use super::serve::stop_signal;

/// Options of `demo`.
#[derive(Debug, ClapArgs)]
pub(super) struct Args {
    /// Play the story and end, instead of serving on.
    #[arg(long)]
    once: bool,
    /// Leave this plugin's bundle out, to see the demo fail for want of it.
    #[arg(long, value_name = "PLUGIN")]
    without: Option<String>,
    /// Where to listen; a free port on loopback without it.
    #[arg(long)]
    listen: Option<SocketAddr>,
}

pub(super) async fn run(args: Args) -> anyhow::Result<String> {
    log("warn");

    anyhow::ensure!(
        args.without.as_deref().is_none_or(|without| stagewright_trials::demo::PLUGINS
            .iter()
            .any(|(plugin, _)| *plugin == without)),
        "--without takes one of {} (demo.unknown-plugin)",
        stagewright_trials::demo::PLUGINS.map(|(plugin, _)| plugin).join(", ")
    );
    anyhow::ensure!(
        args.listen.is_none_or(|address| address.ip().is_loopback()),
        "the demo listens on loopback only; give --listen an address of 127.0.0.1 \
         (demo.not-loopback)"
    );

    let progress = Progress::start();
    let options = Options { without: args.without, listen: args.listen };
    let say = |line: &str| progress.say(line);
    let demo = Demo::play(options, &say, &|line| progress.line(line)).await;
    // Cleared before an error is told: what the spinner draws would overwrite it.
    progress.done();
    let demo = demo?;
    out("\nBoth stories came out as they should.");

    if args.once {
        demo.stop().await?;
        return Ok(String::new());
    }

    // Before anybody is told: whoever reads that it serves may stop it at once.
    let stop = stop_signal();
    out(&invitation(&demo));
    stop.await;
    demo.stop().await?;
    Ok(String::new())
}

/// What to do with a demo that goes on serving.
fn invitation(demo: &Demo) -> String {
    let (base, token, deal) = (demo.base(), &demo.token, &demo.deal);
    let curl = format!("curl -s -H 'authorization: Bearer {token}' {base}");
    format!(
        "\nThe host goes on serving on {base}\nIts clock stands still until you move it. The \
         tenant's token: {token}\n\n\
         Look around from another terminal: what happened to Petro's deal, why, and time that \
         passes.\n\n  \
         {curl}/v1/records/{deal}/timeline\n  {curl}/v1/records/{deal}/automation\n  \
         curl -s -H 'content-type: application/json' -d '{{\"by\": \"30m\"}}' \
         {base}/dev/clock/advance\n\n\
         Press Ctrl-C to end."
    )
}
