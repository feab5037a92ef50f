//! A call's log within its limit.

use stagewright_core::call::LogLine;

/// What is put where text was cut.
const MARK: &str = " [cut: the call's log limit is reached]";

/// The lines so far.
#[derive(Debug)]
pub(super) struct CallLog {
    lines: Vec<LogLine>,
    room: usize,
    cut: bool,
}

impl CallLog {
    pub(super) fn new(max: u32) -> Self {
        Self { lines: Vec::new(), room: usize::try_from(max).unwrap_or(usize::MAX), cut: false }
    }

    /// Keeps what fits; what does not is cut with a mark, once.
    pub(super) fn write(&mut self, level: &str, mut message: String) {
        if self.cut {
            return;
        }

        if message.len() > self.room {
            self.cut = true;
            message.truncate(message.floor_char_boundary(self.room));
            message.push_str(MARK);
        }

        self.room = self.room.saturating_sub(message.len());
        self.lines.push(LogLine { level: level_of(level).to_owned(), message });
    }

    /// The last line of level `error`: a guest's panic says there what the trap does not.
    pub(super) fn last_error(&self) -> Option<&str> {
        self.lines.iter().rev().find(|line| line.level == "error").map(|line| line.message.as_str())
    }

    pub(super) fn into_lines(self) -> Vec<LogLine> {
        self.lines
    }
}

fn level_of(level: &str) -> &'static str {
    match level {
        "debug" => "debug",
        "warn" => "warn",
        "error" => "error",
        _ => "info",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_between_characters_and_marked_once() {
        let mut log = CallLog::new(5);
        log.write("info", "да".to_owned());
        log.write("loud", "да".to_owned());
        log.write("error", "never seen".to_owned());

        let lines = log.into_lines();
        assert_eq!(
            lines.iter().map(|line| line.message.as_str()).collect::<Vec<_>>(),
            ["да", MARK]
        );
        assert_eq!(lines[1].level, "info");
    }
}
