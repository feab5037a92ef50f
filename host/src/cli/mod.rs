//! The command line: one file per command.

mod automation;
mod bench;
mod demo;
mod plugin;
mod plugin_remote;
mod progress;
mod remote;
mod scenario;
mod serve;
mod storage;
mod why;

use std::io::{IsTerminal, Write};

use clap::{Parser, Subcommand};

use stagewright_app::config::ConfigError;
use stagewright_app::{KeyError, ServerError, StartError};
use stagewright_store::sled::panic_is_caught;
use stagewright_trials::demo::DemoError;

/// Stagewright: CRM automation whose robots, triggers and channels are sandboxed WebAssembly
/// components.
#[derive(Debug, Parser)]
#[command(name = "stagewright", version, about)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Play the main story both ways on a manual clock, then keep serving.
    Demo(demo::Args),
    /// Serve the HTTP API.
    Serve(serve::Args),
    /// Run scenario files.
    #[command(subcommand)]
    Scenario(scenario::Command),
    /// Build, check and pack plugins.
    #[command(subcommand)]
    Plugin(plugin::Command),
    /// Measure durable writes, calls of plugin code and the way from a request to a robot's
    /// effects.
    Bench(bench::Args),
    /// Write automations to files, and set up what files say.
    #[command(subcommand)]
    Automation(automation::Command),
    /// Ask a host why a robot or trigger did or did not do something to an item.
    Why(why::Args),
    /// Look after a data folder.
    #[command(subcommand)]
    Storage(storage::Command),
}

/// Runs a command. The text, if any, is what it has to say at the end.
///
/// # Errors
/// What went wrong, and what to do next.
pub(crate) async fn run(cli: Cli) -> anyhow::Result<String> {
    match cli.command {
        Command::Demo(args) => demo::run(args).await,
        Command::Serve(args) => serve::run(args).await,
        Command::Scenario(command) => scenario::run(command).await,
        Command::Plugin(command) => plugin::run(command).await,
        Command::Bench(args) => bench::run(args).await,
        Command::Automation(command) => automation::run(command).await,
        Command::Why(args) => why::run(args).await,
        Command::Storage(command) => storage::run(command),
    }
}

/// Says something to the user. Where nobody listens any more, as behind `| head`, there is nothing
/// to be done about it.
pub(crate) fn out(text: &str) {
    let _nobody_listens = writeln!(std::io::stdout(), "{text}");
}

/// The same on standard error.
pub(crate) fn err(text: &str) {
    let _nobody_listens = writeln!(std::io::stderr(), "{text}");
}

/// An error as its user is told it: what was tried, why it did not work, what to do, and the stable
/// code.
#[must_use]
pub(crate) fn told(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        // Some errors quote their cause already.
        if !text.contains(&cause) {
            text.push_str(&format!(": {cause}"));
        }
    }

    match code(error) {
        Some(code) if !text.contains(&format!("({code})")) => format!("{text} ({code})"),
        _ => text,
    }
}

fn code(error: &anyhow::Error) -> Option<&'static str> {
    let codes = [
        error.downcast_ref().map(ServerError::code),
        error.downcast_ref().map(StartError::code),
        error.downcast_ref().map(KeyError::code),
        error.downcast_ref().map(ConfigError::code),
        error.downcast_ref().map(serve::ServeError::code),
        error.downcast_ref().map(storage::VerifyError::code),
        error.downcast_ref().map(remote::RemoteError::code),
        error.downcast_ref().and_then(DemoError::code),
    ];

    codes.into_iter().flatten().next()
}

/// Keeps panics quiet that the store catches and tells of as errors; all others are told as ever.
pub(crate) fn quiet_caught_panics() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !panic_is_caught() {
            usual(panic);
        }
    }));
}

/// Writes the log to standard error, as lines for people. `STAGEWRIGHT_LOG` chooses what, such as
/// `debug` or `stagewright=trace`. The storage engine's own words are left out unless they are
/// asked for: what they mean for the host is said by the host.
fn log(default: &str) {
    let filter = tracing_subscriber::EnvFilter::try_from_env("STAGEWRIGHT_LOG")
        .unwrap_or_else(|_unset| tracing_subscriber::EnvFilter::new(format!("{default},sled=off")));

    let _already_set = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .try_init();
}
