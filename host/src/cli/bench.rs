//! `stagewright bench`.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use stagewright_trials::bench::{self, Options};

use super::log::log;
use super::progress::Progress;

/// Options of `bench`.
#[derive(Debug, ClapArgs)]
pub(super) struct Args {
    /// The folder to write in, on the disk to measure; it must not be there and is removed at the
    /// end.
    #[arg(long, default_value = "bench-data")]
    folder: PathBuf,
    /// For how long rows are written, in seconds, for each number of clients.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=60))]
    seconds: u64,
    /// How many chats are accepted by 64 clients.
    #[arg(
        long,
        default_value_t = 10_000,
        value_parser = clap::value_parser!(u32).range(100..=100_000)
    )]
    chats: u32,
}

pub(super) async fn run(args: Args) -> anyhow::Result<String> {
    log("warn");

    let options =
        Options { folder: args.folder, seconds: args.seconds, chats: usize::try_from(args.chats)? };

    let progress = Progress::start();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    progress.say(&format!("{cores} cores; clients and host share them"));

    let measured =
        bench::run(&options, &|line| progress.say(line), &|line| progress.spin(line)).await;
    progress.done();

    measured?;
    Ok(String::new())
}
