//! `cargo run -p stagewright-kit --example build -- DIR…` builds plugins and says what they import.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example talks to a person")]

use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

use stagewright_kit::{BuildError, Bundle, build_all, check};

fn main() -> ExitCode {
    let dirs: Vec<String> = env::args().skip(1).collect();
    let dirs: Vec<&Path> = dirs.iter().map(Path::new).collect();
    match build_all(&dirs, &|line| eprintln!("{line}")) {
        Ok(bundles) => bundles
            .iter()
            .try_for_each(|path| describe(path))
            .map_or_else(failed, |()| ExitCode::SUCCESS),
        Err(error) => failed(error),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it ends here")]
fn failed(error: BuildError) -> ExitCode {
    eprintln!("{}: {error}", error.code());
    ExitCode::FAILURE
}

fn describe(path: &Path) -> Result<(), BuildError> {
    let read = |cause| BuildError::Read { path: path.display().to_string(), cause };
    let bundle = Bundle::open(&fs::read(path).map_err(read)?)?;

    let report = check(&bundle);
    println!("{} {} {} bytes", path.display(), bundle.content_hash(), bundle.component().len());
    for (interface, function) in report.imports {
        println!("  imports {interface}#{function}");
    }
    for finding in report.findings {
        println!("  {}: {}", finding.problem.code(), finding.problem);
    }
    Ok(())
}
