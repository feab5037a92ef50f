//! A host in a process of its own: started, stopped, killed.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use anyhow::{Context, bail, ensure};

use crate::deadline::Deadline;
use crate::place;

/// How long a start or a clean end may take. Recovery takes well under a second; this ends a test
/// that would hang.
const PATIENCE_SECONDS: u64 = 60;

/// The variable that says what a host logs.
pub const LOG_LEVEL: &str = "STAGEWRIGHT_LOG";

/// The folder that one host lives in: configuration, keys and data.
#[derive(Debug, Clone)]
pub struct Home(PathBuf);

impl Home {
    /// Makes a home in an empty folder.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn make(folder: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let config = "listen = \"127.0.0.1:0\"\n\n[egress]\nallow_private = [\"127.0.0.1\"]\n";
        std::fs::write(folder.join("stagewright.toml"), config)?;
        Ok(Self(folder.to_owned()))
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.0
    }

    /// The configuration file.
    #[must_use]
    pub fn config(&self) -> PathBuf {
        self.0.join("stagewright.toml")
    }

    /// The first token, once a host has made it.
    ///
    /// # Errors
    /// Where there is none.
    pub fn first_token(&self) -> anyhow::Result<String> {
        let text = std::fs::read_to_string(self.0.join("first-token"))
            .context("the first token is not there")?;
        Ok(text.trim().to_owned())
    }

    /// The real server on this home.
    ///
    /// # Errors
    /// Where it has not been built.
    pub fn server(&self) -> anyhow::Result<Command> {
        let mut command = Command::new(place::server()?);
        command.arg("serve").arg("--config").arg(self.config());
        Ok(command)
    }
}

/// A running host. It is killed when this is dropped.
#[derive(Debug)]
pub struct Host {
    child: Child,
    lines: Receiver<String>,
    /// Where it serves.
    pub base: String,
}

impl Host {
    /// Starts a host and waits until it serves. What it says on standard error goes to `log`:
    /// warnings, unless the command says more.
    ///
    /// # Errors
    /// Where it ends before it serves, with the log's last lines.
    pub fn start(mut command: Command, log: &Path) -> anyhow::Result<Self> {
        command.env("STAGEWRIGHT_LOG", "warn");
        let mut host = Self::spawn(command, log)?;

        match host.line_with("stagewright serves on ") {
            Some(base) => {
                host.base = base;
                Ok(host)
            }
            None => bail!("the host does not start:\n{}", last_lines(log)),
        }
    }

    /// Starts a process and waits for nothing. Where it serves is not known yet.
    ///
    /// # Errors
    /// Where the system refuses.
    pub fn spawn(mut command: Command, log: &Path) -> anyhow::Result<Self> {
        let log_file = OpenOptions::new().create(true).append(true).open(log)?;
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log_file);
        let mut child = command.spawn()?;
        let output = child.stdout.take().context("no output")?;

        let (sender, lines) = channel();
        // A thread reads the lines, because waiting for a line of a pipe has no time limit and
        // waiting for a channel has. A host would also stop where nobody empties the pipe that it
        // writes to.
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });

        Ok(Self { child, lines, base: String::new() })
    }

    /// Every line up to the one that begins so; all there are where the process ends without it.
    pub fn lines_until(&mut self, beginning: &str) -> Vec<String> {
        let deadline = Deadline::seconds(PATIENCE_SECONDS);
        let mut lines = Vec::new();
        while let Ok(line) = self.lines.recv_timeout(deadline.left()) {
            lines.push(line);
            if lines.last().is_some_and(|line| line.starts_with(beginning)) {
                break;
            }
        }

        lines
    }

    /// The rest of the next line that begins so; nothing where the host ends without one.
    pub fn line_with(&mut self, beginning: &str) -> Option<String> {
        let deadline = Deadline::seconds(PATIENCE_SECONDS);
        loop {
            let line = self.lines.recv_timeout(deadline.left()).ok()?;
            if let Some(rest) = line.strip_prefix(beginning) {
                return Some(rest.to_owned());
            }
        }
    }

    /// Waits until its output has ended, which it does with the process.
    fn until_silent(&mut self) {
        let deadline = Deadline::seconds(PATIENCE_SECONDS);
        while self.lines.recv_timeout(deadline.left()).is_ok() {}
    }

    /// Takes its life: no handler runs, nothing is finished.
    ///
    /// # Errors
    /// Where the system refuses.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        // Until it is gone it holds the lock of the folder that the next host opens.
        self.child.wait()?;
        Ok(())
    }

    /// The lines that nobody has read yet, once its output has ended, which it does with the
    /// process.
    pub fn last_words(&mut self) -> Vec<String> {
        let deadline = Deadline::seconds(PATIENCE_SECONDS);
        std::iter::from_fn(|| self.lines.recv_timeout(deadline.left()).ok()).collect()
    }

    /// Waits until it has ended by itself, and says how.
    ///
    /// # Errors
    /// Where the system refuses.
    pub fn wait(&mut self) -> anyhow::Result<ExitStatus> {
        self.until_silent();
        // Where it has ended this does nothing; where it hangs it ends here.
        self.child.kill()?;
        Ok(self.child.wait()?)
    }

    /// Asks it to stop, and waits until it has.
    ///
    /// # Errors
    /// Where it does not end well.
    pub fn stop(self) -> anyhow::Result<()> {
        self.stop_by("TERM")
    }

    /// The same by any signal, such as `INT`, which is what Ctrl-C sends.
    ///
    /// # Errors
    /// Where it does not end well.
    pub fn stop_by(mut self, signal: &str) -> anyhow::Result<()> {
        let pid = self.child.id().to_string();
        let asked = Command::new("sh")
            .args(["-c", "kill -s \"$1\" \"$2\"", "sh", signal, &pid])
            .status()?;
        ensure!(asked.success(), "the host cannot be asked to stop");

        self.until_silent();
        let status = self.child.wait()?;
        ensure!(status.success(), "the host ended with {status}");
        Ok(())
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // It may have ended already, which is all that is wanted.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn last_lines(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines
        .iter()
        .skip(lines.len().saturating_sub(12))
        .fold(String::new(), |text, line| text + line + "\n")
}
