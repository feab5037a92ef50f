//! `cargo run -p stagewright-kit --example build -- DIR…` builds plugins and says what they import.
#![expect(clippy::print_stdout, reason = "an example talks to a person")]

use std::error::Error;
use std::path::Path;
use std::{env, fs};

use stagewright_kit::{Bundle, build_all, check};

fn main() -> Result<(), Box<dyn Error>> {
    let dirs: Vec<String> = env::args().skip(1).collect();
    let dirs: Vec<&Path> = dirs.iter().map(Path::new).collect();
    for path in build_all(&dirs, &|line| println!("  {line}"))? {
        let bundle = Bundle::open(&fs::read(&path)?)?;
        let report = check(&bundle);
        println!("{} {} {} bytes", path.display(), bundle.content_hash(), bundle.component().len());
        for (interface, function) in report.imports {
            println!("  imports {interface}#{function}");
        }
        for finding in report.findings {
            println!("  {}: {}", finding.problem.code(), finding.problem);
        }
    }
    Ok(())
}
