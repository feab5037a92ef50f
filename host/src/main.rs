//! The `stagewright` binary: server and command line. Everything it does is in the library; here
//! the words are read.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let cli = stagewright::cli::Cli::parse();
    stagewright::cli::quiet_caught_panics();

    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            stagewright::cli::err(&format!("error: no threads to run on: {error}"));
            return ExitCode::from(71);
        }
    };

    match runtime.block_on(stagewright::cli::run(cli)) {
        Ok(text) => {
            if !text.is_empty() {
                stagewright::cli::out(&text);
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            stagewright::cli::err(&format!("error: {}", stagewright::cli::told(&error)));
            ExitCode::FAILURE
        }
    }
}
