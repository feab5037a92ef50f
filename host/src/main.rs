//! The `stagewright` binary: server and command line. Everything it does is in the library; here
//! the words are read.

use std::process::ExitCode;

use clap::Parser;

mod cli;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    cli::quiet_caught_panics();

    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            cli::err(&format!("error: no threads to run on: {error}"));
            return ExitCode::from(71);
        }
    };

    match runtime.block_on(cli::run(cli)) {
        Ok(text) => {
            if !text.is_empty() {
                cli::out(&text);
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            cli::err(&format!("error: {}", cli::told(&error)));
            ExitCode::FAILURE
        }
    }
}
