//! `stagewright demo`.

use std::net::SocketAddr;

use clap::Args as ClapArgs;

use super::progress::Progress;
use crate::demo::{Demo, Options};

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
    super::log("warn");
    anyhow::ensure!(
        args.without.as_deref().is_none_or(|without| crate::demo::PLUGINS.iter().any(|(plugin, _)| *plugin == without)),
        "--without takes one of {}",
        crate::demo::PLUGINS.map(|(plugin, _)| plugin).join(", ")
    );
    anyhow::ensure!(args.listen.is_none_or(|address| address.ip().is_loopback()), "the demo listens on loopback only");
    let progress = Progress::start();
    let options = Options { without: args.without, listen: args.listen };
    let say = |line: &str| progress.say(line);
    let demo = Demo::play(options, &say, &|line| progress.line(line)).await;
    progress.done();
    let demo = demo?;
    println!("\nBoth stories came out as they should.");
    if args.once {
        demo.stop().await?;
        return Ok(String::new());
    }
    let (base, token, deal) = (demo.base(), demo.token.clone(), demo.deal.clone());
    println!(
        "\nThe host goes on serving on {base}, its clock standing still until you move it. The tenant's token:\n\n  {token}\n"
    );
    println!("Look around, in another terminal:\n");
    println!("  curl -s -H 'authorization: Bearer {token}' {base}/v1/records/{deal}/timeline");
    println!("  curl -s -H 'authorization: Bearer {token}' {base}/v1/records/{deal}/automation");
    println!("  curl -s -X POST {base}/dev/clock/advance -d '{{\"by\": \"30m\"}}'");
    println!("\nPress Ctrl-C to end.");
    super::serve::stop_signal().await;
    demo.stop().await?;
    Ok(String::new())
}
