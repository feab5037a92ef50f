//! From what went wrong to what is said about it: a stable code, whose fault it is, and a sentence
//! with what, used, limit and what to do.

use wasmtime::{Error, Trap, WasmBacktrace};

use stagewright_core::call::{Blame, CallFailure, CallLimits, Limit, Retry, Usage};
use stagewright_core::scope::HostError;
use stagewright_core::seams::StoreError;

use super::ask::{Said, size};
use super::bindings::call;
use super::state::{CallState, Ended};

/// How much of a guest's last words goes into a message.
const LAST_WORDS_BYTES: usize = 2_000;
/// How many frames of a trap's backtrace do.
const FRAMES: usize = 5;

/// A failed call while its state is still at hand.
#[derive(Debug)]
pub(super) struct Circumstances<'a> {
    pub(super) title: &'a str,
    pub(super) limits: &'a CallLimits,
    pub(super) usage: Usage,
    pub(super) state: &'a CallState,
}

impl Circumstances<'_> {
    /// The guest ended with an error, or a host function ended it.
    pub(super) fn ended(&self, error: &Error) -> CallFailure {
        if let Some(ended) = error.downcast_ref::<Ended>() {
            return self.by_host(ended);
        }

        match error.downcast_ref::<Trap>() {
            Some(Trap::OutOfFuel) => self.out_of_fuel(),
            Some(Trap::Interrupt) => self.late(),
            _ if handed_over_too_much(error) => self.limit(
                Limit::Output,
                "handed more to the host at once than a call may",
                "hand over less at once",
            ),
            // A guest that was refused memory or an effect mostly gives up with a trap, and the
            // limit says more to its author than the trap does.
            _ => self.over_noted_limit().unwrap_or_else(|| self.trapped(error)),
        }
    }

    /// The deadline has passed.
    pub(super) fn late(&self) -> CallFailure {
        let waiting = if self.state.waiting { ", waiting for it" } else { "" };
        let used = format!(
            "was not done after {} ms (last host call: {}{waiting})",
            self.limits.wall_ms, self.state.meter.last
        );

        // Time alone depends on how busy the machine is.
        CallFailure {
            retry: Retry::After(0),
            ..self.limit(Limit::Time, &used, "raise limits.wall or do less in one call")
        }
    }

    /// The guest answered: what counts of it.
    pub(super) fn judge(&self, said: Said) -> Result<Said, CallFailure> {
        let bytes = size(&said);
        match said {
            _ if bytes > u64::from(self.limits.output_bytes) => Err(self.too_long(bytes)),
            Said::Failure(failure) => Err(self.refused_by_guest(failure)),
            said => Ok(said),
        }
    }

    fn too_long(&self, bytes: u64) -> CallFailure {
        let used = format!("answered {bytes} bytes of {} allowed", self.limits.output_bytes);
        self.limit(Limit::Output, &used, "answer less")
    }

    fn out_of_fuel(&self) -> CallFailure {
        let meter = &self.state.meter;
        let used = format!(
            "used {} of {} fuel (last host call: {}, {} in all)",
            self.usage.fuel, self.limits.fuel, meter.last, meter.calls
        );
        self.limit(Limit::Fuel, &used, "raise limits.fuel or do less in one call")
    }

    /// A limit at which the guest was told no and went on, until it gave up.
    fn over_noted_limit(&self) -> Option<CallFailure> {
        let allocation = &self.state.allocation;
        if let Some(wanted) = allocation.memory.refused {
            let used = format!(
                "wanted {wanted} bytes of memory of {} allowed in all, held {} at most and then \
                 gave up{}",
                allocation.memory.max,
                allocation.memory.peak,
                self.last_words()
            );
            return Some(self.limit(Limit::Memory, &used, "raise limits.memory or use less"));
        }

        if let Some(wanted) = allocation.table.refused {
            let used = format!(
                "wanted {wanted} table elements of {} allowed in all",
                allocation.table.max
            );
            return Some(self.limit(Limit::Table, &used, "use smaller tables"));
        }

        self.over_effects(&self.last_words())
    }

    /// The guest recorded as many effects as it may and failed at one more.
    fn over_effects(&self, words: &str) -> Option<CallFailure> {
        let refusal = self.state.effects_refused.as_ref()?;
        let used = format!("wanted one effect too many ({refusal}) and failed{words}");
        Some(self.limit(Limit::Effects, &used, "do less in one step"))
    }

    /// What a guest itself said when it could not do it. Where it names a setting, whoever made the
    /// settings is asked to change it; where it passes on what the host refused, the refusal says
    /// whose fault that is.
    fn refused_by_guest(&self, failure: call::Failure) -> CallFailure {
        // Looked at before the guest's own words: a guest that had no effects left often puts it in
        // words of its own, and the limit is what its author has to know of.
        if let Some(over) = self.over_effects(&format!(": {}", failure.message)) {
            return over;
        }

        let passed_on = |refusal: &&HostError| {
            refusal.code == failure.code && refusal.message == failure.message
        };

        let blame = match self.state.refusals.iter().rev().find(passed_on) {
            _ if failure.setting.is_some() => Blame::Caller,
            Some(refusal) => refusal.blame,
            None => Blame::Plugin,
        };

        guests_own(failure, blame)
    }

    fn by_host(&self, ended: &Ended) -> CallFailure {
        match ended {
            Ended::HostCalls => {
                let used = format!(
                    "made {} host calls of {} allowed, {} the last",
                    self.usage.host_calls, self.limits.host_calls, self.state.meter.last
                );
                self.limit(Limit::HostCalls, &used, "ask for less, or remember what was answered")
            }

            Ended::NoExport(export) => {
                let message =
                    format!("{} cannot be called: its component exports no {export}", self.title);
                failure(Blame::Plugin, "plugin.missing", message, Retry::Never)
            }

            Ended::Store(StoreError::Damaged(reason)) | Ended::Damaged(reason) => {
                let message = format!(
                    "{} could not be answered, as the store is damaged: {reason}",
                    self.title
                );
                failure(Blame::Host, "store.unavailable", message, Retry::Never)
            }

            Ended::Store(cause) => {
                let message = format!("{} could not be answered by the store: {cause}", self.title);
                failure(Blame::Host, "store.unavailable", message, Retry::After(0))
            }
        }
    }

    fn trapped(&self, error: &Error) -> CallFailure {
        let mut message = format!("{} stopped: {}", self.title, error.root_cause());
        let frames =
            error.downcast_ref::<WasmBacktrace>().map(WasmBacktrace::frames).unwrap_or_default();
        let names: Vec<&str> =
            frames.iter().filter_map(|frame| frame.func_name()).take(FRAMES).collect();

        if !names.is_empty() {
            message.push_str(&format!(" in {}", names.join(" < ")));
        }

        message.push_str(&self.last_words());
        message.push_str("; its author has to repair it");

        // Another attempt may find other records.
        failure(Blame::Plugin, "plugin.trap", message, Retry::After(0))
    }

    /// The guest's last error line: where a panic says what the trap does not.
    fn last_words(&self) -> String {
        let Some(line) = self.state.log.last_error() else { return String::new() };
        let cut = line.get(..line.floor_char_boundary(LAST_WORDS_BYTES)).unwrap_or_default();
        format!(" ({cut})")
    }

    fn limit(&self, which: Limit, used: &str, advice: &str) -> CallFailure {
        let message = format!("{} {used}; {advice}", self.title);
        failure(Blame::Plugin, which.code(), message, Retry::Never)
    }
}

/// A failure that is about no setting.
pub(super) fn failure(blame: Blame, code: &str, message: String, retry: Retry) -> CallFailure {
    CallFailure { blame, code: code.to_owned(), message, setting: None, retry }
}

/// An answer that does not keep the contract.
pub(super) fn bad_answer(title: &str, wrong: &str) -> CallFailure {
    let message = format!("{title} gave a bad answer: {wrong}; its author has to repair it");
    failure(Blame::Plugin, "plugin.bad-answer", message, Retry::Never)
}

/// A failure in the guest's own words.
fn guests_own(said: call::Failure, blame: Blame) -> CallFailure {
    let call::Failure { code, message, setting, retryable, retry_after_seconds } = said;
    let wait_ms = i64::from(retry_after_seconds.unwrap_or(0)).saturating_mul(1_000);

    CallFailure {
        blame,
        code: format!("plugin.{}", if is_code(&code) { &code } else { "failed" }),
        message,
        setting,
        retry: if retryable { Retry::After(wait_ms) } else { Retry::Never },
    }
}

/// Whether a guest's code is `[a-z][a-z0-9-]*` and short enough to count by.
fn is_code(code: &str) -> bool {
    code.len() <= 64
        && code.starts_with(|c: char| c.is_ascii_lowercase())
        && code.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-')
}

/// Wasmtime's own error for this is private; its words are checked by a test.
fn handed_over_too_much(error: &Error) -> bool {
    error.root_cause().to_string().contains("fuel allocated for hostcalls has been exhausted")
}
