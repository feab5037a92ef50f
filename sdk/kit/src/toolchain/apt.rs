//! Asking apt for packages, without root and without touching the system's own lists.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::Progress;
use crate::process;

/// The lists are 10 MB, the packages 140 MB.
const PATIENCE: Duration = Duration::from_secs(300);

/// apt with the system's lists, or with lists of our own.
#[derive(Debug)]
pub(super) struct Apt {
    own: Option<PathBuf>,
}

impl Apt {
    /// With the lists that the system last fetched.
    pub(super) fn system() -> Self {
        Self { own: None }
    }

    /// With lists of our own in `folder`, fetched now. A system's lists may be missing or months
    /// old, and updating them takes root.
    pub(super) fn updated(folder: &Path, progress: &Progress<'_>) -> Result<Self, String> {
        for part in ["lists/partial", "cache/archives/partial"] {
            fs::create_dir_all(folder.join(part))
                .map_err(|cause| format!("cannot make {}: {cause}", folder.display()))?;
        }

        let apt = Self { own: Some(folder.to_owned()) };
        progress("updating the list of Debian's packages");
        // Hooks of the system may fail without root although the lists are there, so that only what
        // is found counts.
        if let Err(reason) = run(apt.command("apt-get").arg("update"), progress) {
            progress(&format!("apt-get update: {reason}"));
        }

        Ok(apt)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        // The answers are parsed, so they must not be translated.
        command.env("LC_ALL", "C").args([
            "-q",
            "-o",
            "Acquire::Retries=2",
            "-o",
            "Acquire::http::Timeout=20",
        ]);

        if let Some(folder) = &self.own {
            command.arg("-o").arg(format!("Dir::State::Lists={}", folder.join("lists").display()));
            command.arg("-o").arg(format!("Dir::Cache={}", folder.join("cache").display()));
            // Our folder need not be open to the user that apt would otherwise become.
            command.args(["-o", "APT::Sandbox::User="]);
        }

        command
    }

    /// The version that would be downloaded.
    pub(super) fn candidate(&self, package: &str) -> Option<String> {
        let policy = process::output(self.command("apt-cache").args(["policy", package]))?;
        let candidate = policy.lines().find_map(|line| line.trim().strip_prefix("Candidate: "))?;
        (candidate != "(none)").then(|| candidate.to_owned())
    }

    /// What the package depends on directly; of alternatives the first.
    pub(super) fn depends(&self, package: &str) -> Vec<String> {
        let answer =
            process::output(self.command("apt-cache").args(["depends", "--important", package]))
                .unwrap_or_default();
        let names = answer.lines().filter_map(|line| line.trim().strip_prefix("Depends: "));
        names.filter(|name| !name.starts_with('<')).map(str::to_owned).collect()
    }

    /// Downloads packages into a folder.
    pub(super) fn download(
        &self,
        packages: &[String],
        into: &Path,
        progress: &Progress<'_>,
    ) -> Result<(), String> {
        run(self.command("apt-get").arg("download").args(packages).current_dir(into), progress)
    }
}

/// Whether the package is part of the system.
pub(super) fn is_installed(package: &str) -> bool {
    let status = process::output(Command::new("dpkg-query").args([
        "-W",
        "-f",
        "${db:Status-Status}",
        package,
    ]));
    status.as_deref() == Some("installed")
}

/// Unpacks a package without installing it.
pub(super) fn unpack(package: &Path, into: &Path, progress: &Progress<'_>) -> Result<(), String> {
    run(Command::new("dpkg").arg("-x").arg(package).arg(into), progress)
}

fn run(command: &mut Command, progress: &Progress<'_>) -> Result<(), String> {
    let ended = process::run(command, PATIENCE, progress).map_err(|error| error.to_string())?;

    match ended.success {
        true => Ok(()),
        false => Err(ended
            .tail
            .lines()
            .rfind(|line| line.starts_with("E:"))
            .unwrap_or("apt failed without a word")
            .to_owned()),
    }
}
