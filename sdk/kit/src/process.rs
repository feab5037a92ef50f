//! Running other programs: their output as progress, their end within a time.

use std::io::{self, BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::Progress;

/// How many of the last lines an error shows.
const TAIL_LINES: usize = 40;

/// What a program did.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) success: bool,
    /// All of its standard output.
    pub(crate) stdout: String,
    /// The last lines of its standard error.
    pub(crate) tail: String,
}

/// Why a program did not end by itself.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProcessError {
    #[error("`{0}` cannot be started: {1}")]
    Start(String, #[source] io::Error),
    #[error("`{0}` did not end within {1} seconds")]
    Timeout(String, u64),
}

/// Runs a program, passing each line of its standard error on, and ends it when it is silent for
/// `patience`.
pub(crate) fn run(
    command: &mut Command,
    patience: Duration,
    progress: &Progress<'_>,
) -> Result<Ended, ProcessError> {
    let name = command.get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|cause| ProcessError::Start(name.clone(), cause))?;

    // A thread of its own empties this pipe while standard error is followed below: a program stops
    // where its pipe is full.
    let stdout = child.stdout.take().map(|mut pipe| {
        thread::spawn(move || {
            let mut text = Vec::new();
            // What could be read before a broken pipe is what there is.
            drop(pipe.read_to_end(&mut text));
            String::from_utf8_lossy(&text).into_owned()
        })
    });

    let Some(tail) = follow(&mut child, patience, progress) else {
        // It may have ended in this very moment; either way it is gone afterwards.
        drop(child.kill());
        drop(child.wait());
        return Err(ProcessError::Timeout(name, patience.as_secs()));
    };

    let status = child.wait().map_err(|cause| ProcessError::Start(name, cause))?;
    let stdout = stdout.and_then(|reader| reader.join().ok()).unwrap_or_default();
    Ok(Ended { success: status.success(), stdout, tail })
}

/// The last lines of standard error once it is closed; nothing when it was silent for too long.
fn follow(child: &mut Child, patience: Duration, progress: &Progress<'_>) -> Option<String> {
    let (sender, lines) = mpsc::channel();
    let pipe = child.stderr.take()?;

    // A thread reads the lines, because waiting for a line of a pipe has no time limit and waiting
    // for a channel has.
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });

    let mut tail: Vec<String> = Vec::new();
    loop {
        match lines.recv_timeout(patience) {
            Ok(line) => {
                progress(line.trim_end());
                tail.push(line);
                if tail.len() > TAIL_LINES {
                    tail.remove(0);
                }
            }
            Err(RecvTimeoutError::Disconnected) => return Some(tail.join("\n")),
            Err(RecvTimeoutError::Timeout) => return None,
        }
    }
}

/// Runs a short program and gives back its standard output, if it succeeded.
pub(crate) fn output(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn standard_error_is_progress_and_standard_output_the_answer() {
        let lines = RefCell::new(Vec::new());
        let note = |line: &str| lines.borrow_mut().push(line.to_owned());

        let ended = run(
            &mut shell("echo one >&2; echo answer; echo two >&2; exit 3"),
            Duration::from_secs(60),
            &note,
        )
        .unwrap();

        assert_eq!(lines.into_inner(), ["one", "two"]);
        assert_eq!(
            (ended.success, ended.stdout.as_str(), ended.tail.as_str()),
            (false, "answer\n", "one\ntwo")
        );
    }

    #[test]
    fn only_the_last_lines_are_kept_for_the_error() {
        let ended = run(&mut shell("seq 100 >&2"), Duration::from_secs(60), &|_| {}).unwrap();

        assert_eq!(
            (ended.tail.lines().next(), ended.tail.lines().count()),
            (Some("61"), TAIL_LINES)
        );
    }

    #[test]
    fn a_silent_program_is_ended() {
        let ended =
            run(Command::new("tail").args(["-f", "/dev/null"]), Duration::from_millis(1), &|_| {});

        assert!(matches!(ended, Err(ProcessError::Timeout(..))));
    }

    #[test]
    fn a_program_that_is_not_there_says_its_name() {
        let error = run(&mut Command::new("no-such-program"), Duration::from_secs(60), &|_| {})
            .unwrap_err();

        assert!(error.to_string().starts_with("`no-such-program` cannot be started"));
    }
}
