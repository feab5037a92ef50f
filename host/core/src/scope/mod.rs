//! What one plugin call may see and do. Reads answer from what is loaded and from what the call
//! itself recorded; writes are decided at once, on an overlay, and committed later with the step.
//!
//! A scope is a value without input or output: where something is not loaded it stops with
//! [`Stop::Need`], the runtime loads and asks again.

mod calendar;
mod effects;
mod outside;
mod work;

pub use outside::Sealed;

use serde_json::json;

use crate::call::{Blame, Limit};
use crate::commit::Commit;
use crate::context::OpContext;
use crate::directory;
use crate::model::plugin::Grant;
use crate::model::record::{Record, RecordRef};
use crate::outside::Exchange;
use crate::read::{Found, Read, Reads};
use crate::refusal::{Refusal, RefusalKind};
use crate::time::Timestamp;
use crate::tx::{Decision, Halt, Tx, decide_over};

/// A host's refusal of one call of a guest.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HostError {
    /// One of the codes that the contract lists.
    pub code: &'static str,
    /// One sentence for the plugin's author.
    pub message: String,
    /// The field, setting or permission it is about.
    pub subject: Option<String>,
    /// Whether a later attempt may succeed.
    pub retryable: bool,
    /// Whose fault it is, should the guest give up over it.
    pub blame: Blame,
}

/// Why a host call has no answer yet, or none at all.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stop {
    /// Load these and ask again.
    Need(Vec<Read>),
    /// Tell the guest.
    Refused(HostError),
    /// The store holds something that cannot be read: the attempt fails, the host is to blame.
    Damaged(String),
}

/// The view and the recorder of one call.
#[derive(Debug)]
pub struct Scope {
    ctx: OpContext,
    item: Option<RecordRef>,
    /// The item's stage epoch when the step was claimed, for messages that are dropped once the
    /// stage is left.
    epoch: Option<u64>,
    step: Option<(String, String)>,
    /// What the call is known by outside.
    call: String,
    grant: Grant,
    reads: Reads,
    overlay: Commit,
    effects: Vec<String>,
    deliveries: Vec<String>,
    until: Option<Timestamp>,
    effects_max: u32,
    /// What servers answered when this call was made before on other rows.
    answered: Vec<Exchange>,
    exchanges: Vec<Exchange>,
    sent: bool,
}

/// What a finished call leaves behind.
#[derive(Debug, Default)]
pub struct Recorded {
    /// Everything it wants written, merged.
    pub commit: Commit,
    /// What it did, in words, one per effect.
    pub effects: Vec<String>,
    /// The deliveries it asked for.
    pub deliveries: Vec<String>,
    /// When the step is done, where the call asked for a later moment.
    pub until: Option<Timestamp>,
    /// What was read, so that the caller need not load it again.
    pub reads: Reads,
    /// What it asked servers outside, and what they answered.
    pub exchanges: Vec<Exchange>,
    /// Whether any of that was sent now, rather than when the call was made before.
    pub sent: bool,
}

impl Scope {
    /// A scope for `item` under `grant`. The context's command id must be the step's own.
    #[must_use]
    pub fn new(ctx: OpContext, item: Option<RecordRef>, grant: Grant, effects_max: u32) -> Self {
        Self {
            ctx,
            item,
            epoch: None,
            step: None,
            call: String::new(),
            grant,
            reads: Reads::new(),
            overlay: Commit::default(),
            effects: Vec::new(),
            deliveries: Vec::new(),
            until: None,
            effects_max,
            answered: Vec::new(),
            exchanges: Vec::new(),
            sent: false,
        }
    }

    /// The same scope, knowing which step of which run it belongs to, what the call is known by
    /// outside, and in which stage epoch.
    #[must_use]
    pub fn for_step(mut self, run: &str, step: &str, call: &str, epoch: Option<u64>) -> Self {
        self.step = Some((run.to_owned(), step.to_owned()));
        call.clone_into(&mut self.call);
        self.epoch = epoch;
        self
    }

    /// The same scope with rows that are loaded already.
    #[must_use]
    pub fn with_reads(mut self, reads: Reads) -> Self {
        self.reads = reads;
        self
    }

    /// The same scope, with what servers answered when this very call was made before: it is not
    /// sent again.
    #[must_use]
    pub fn with_answered(mut self, answered: Vec<Exchange>) -> Self {
        self.answered = answered;
        self
    }

    /// Takes what the store answered to a [`Stop::Need`].
    pub fn loaded(&mut self, reads: Vec<Read>, found: Vec<Found>) {
        self.reads.extend(reads.into_iter().zip(found));
    }

    /// What the call recorded.
    #[must_use]
    pub fn into_recorded(self) -> Recorded {
        let Self { overlay: commit, effects, deliveries, until, reads, exchanges, sent, .. } = self;
        Recorded { commit, effects, deliveries, until, reads, exchanges, sent }
    }

    /// Has the step be done at `at` and no sooner; the latest moment that was asked for counts.
    pub fn wait_until(&mut self, at: Timestamp) {
        self.until = self.until.max(Some(at));
    }

    /// A record as JSON. Serves `records.read.get`.
    ///
    /// # Errors
    /// [`Stop`].
    pub fn get(&mut self, target: Option<RecordRef>) -> Result<String, Stop> {
        let target = self.target(target)?;
        self.allow("records.read", &target.kind)?;

        let key = target.key(self.ctx.tenant);
        // Not pinned: a robot that looks at many records would otherwise run again whenever one of
        // them changes. A guest that relies on one says so with `require`.
        let found = self.look(|tx| tx.peek::<Record>(&key))?;

        match found.filter(|(record, _)| record.deleted_at.is_none()) {
            Some((record, version)) => Ok(record.view(version).to_string()),
            None => Err(refused(
                "not-found",
                format!("there is no {} {}", target.kind, target.id),
                None,
            )),
        }
    }

    /// Pins a record until the commit. Serves `records.read.require`.
    ///
    /// # Errors
    /// [`Stop`].
    pub fn require(&mut self, target: Option<RecordRef>) -> Result<(), Stop> {
        let target = self.target(target)?;
        self.allow("records.read", &target.kind)?;
        let key = target.key(self.ctx.tenant);
        // `look` would throw the expectation away; kept in the overlay it holds until the commit.
        self.decide(|tx, _ctx| tx.require::<Record>(&key).map(|_| ()))
    }

    /// The users behind a role. Serves `directory.resolve`.
    ///
    /// # Errors
    /// [`Stop`].
    pub fn resolve(&mut self, who: &str) -> Result<Vec<String>, Stop> {
        self.allow("directory.read", "")?;
        self.look(|tx| directory::resolve(tx, self.ctx.tenant, self.item.as_ref(), who))
    }

    /// An employee's profile as JSON. Serves `directory.profile`.
    ///
    /// # Errors
    /// [`Stop`].
    pub fn profile(&mut self, user: &str) -> Result<String, Stop> {
        self.allow("directory.read", "")?;
        self.look(|tx| directory::profile(tx, self.ctx.tenant, user))
            .map(|profile| profile.to_string())
    }

    /// An employee's supervisor. Serves `directory.supervisor-of`.
    ///
    /// # Errors
    /// [`Stop`].
    pub fn supervisor_of(&mut self, user: &str) -> Result<Option<String>, Stop> {
        self.allow("directory.read", "")?;
        self.look(|tx| directory::supervisor_of(tx, self.ctx.tenant, user))
    }

    /// The record a call names, or the item the step runs for.
    fn target(&self, target: Option<RecordRef>) -> Result<RecordRef, Stop> {
        target.or_else(|| self.item.clone()).ok_or_else(|| {
            refused(
                "invalid",
                "this step runs for no item, so the call has to name a record".to_owned(),
                None,
            )
        })
    }

    /// Checks the tenant's grant.
    fn allow(&self, family: &str, subject: &str) -> Result<(), Stop> {
        if self.grant.allows(family, subject) {
            return Ok(());
        }

        let scope =
            if subject.is_empty() { family.to_owned() } else { format!("{family}:{subject}") };
        let message = format!(
            "this tenant has not granted `{scope}`; an admin can do so under the plugin's grants"
        );
        Err(refused("permission-denied", message, Some(scope)))
    }

    fn room_for_effect(&self) -> Result<(), Stop> {
        if self.effects.len() < usize::try_from(self.effects_max).unwrap_or(usize::MAX) {
            return Ok(());
        }

        let message = format!(
            "this call may record {} effects at most; do less in one step",
            self.effects_max
        );
        Err(refused("limit-exceeded", message, Some(Limit::Effects.code().to_owned())))
    }

    /// Reads without recording anything.
    fn look<T>(&self, read: impl FnOnce(&mut Tx<'_>) -> Result<T, Halt>) -> Result<T, Stop> {
        match decide_over(&self.reads, &self.overlay, read) {
            Decision::Done(_, answer) => Ok(answer),
            other => Err(stop(other)),
        }
    }

    /// Decides an effect on the overlay and keeps it.
    fn decide<T>(
        &mut self,
        write: impl FnOnce(&mut Tx<'_>, &OpContext) -> Result<T, Halt>,
    ) -> Result<T, Stop> {
        // Each effect has ids of its own, the same ones when the guest runs again (ADR 0005).
        let ctx = self.ctx.part(self.effects.len());

        match decide_over(&self.reads, &self.overlay, |tx| write(tx, &ctx)) {
            Decision::Done(commit, answer) => {
                let before = std::mem::take(&mut self.overlay);
                self.overlay = before.then(commit).map_err(|e| Stop::Damaged(e.to_string()))?;
                Ok(answer)
            }
            other => Err(stop(other)),
        }
    }
}

/// The scope of a call that must not reach anything: catalogues are asked for with it.
impl Default for Scope {
    fn default() -> Self {
        let nobody = OpContext::system(crate::id::TenantId::PLATFORM, &["nothing"], Timestamp(0));
        Self::new(nobody, None, Grant::default(), 0)
    }
}

fn stop<T>(decision: Decision<T>) -> Stop {
    match decision {
        Decision::Need(reads) => Stop::Need(reads),
        Decision::Refused(refusal) => told(refusal),
        Decision::Damaged(reason) => Stop::Damaged(reason),
        Decision::Overtaken(by) => {
            Stop::Damaged(format!("an effect is decided in its step and not after it: {by}"))
        }
        Decision::Done(..) => {
            Stop::Damaged("a decision that is done has nothing to stop for".to_owned())
        }
    }
}

fn refused(code: &'static str, message: String, subject: Option<String>) -> Stop {
    Stop::Refused(HostError { code, message, subject, retryable: false, blame: Blame::Caller })
}

/// A moment that a guest gave.
fn moment(text: &str, subject: &str) -> Result<Timestamp, Stop> {
    let wrong = |_source| {
        refused(
            "invalid",
            format!("`{text}` is not an RFC 3339 date and time"),
            Some(subject.to_owned()),
        )
    };

    text.parse().map_err(wrong)
}

/// A rule's refusal as the guest gets it.
fn told(refusal: Refusal) -> Stop {
    let code = match refusal.kind {
        RefusalKind::NotFound => "not-found",
        RefusalKind::Forbidden | RefusalKind::Unauthenticated => "permission-denied",
        RefusalKind::Conflict | RefusalKind::Stale => "conflict",
        RefusalKind::TooLarge => "limit-exceeded",
        RefusalKind::Busy | RefusalKind::Unavailable => "unavailable",
        RefusalKind::Invalid => "invalid",
    };

    let retryable = matches!(refusal.kind, RefusalKind::Busy | RefusalKind::Unavailable);
    let blame = if retryable { Blame::Host } else { Blame::Caller };

    let subject = Some(json!(refusal.field))
        .and_then(|f| f.as_str().map(str::to_owned))
        .or(Some(refusal.code.to_owned()));

    Stop::Refused(HostError { code, message: refusal.message, subject, retryable, blame })
}
