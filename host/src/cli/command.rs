//! The commands there are, and which file does which.

use clap::{Parser, Subcommand};

use super::{automation, bench, demo, plugin, scenario, serve, storage, why};

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
