//! Runs a decision against a store: loads what it asks for, decides again, commits, and starts anew
//! where another commit came first. This is the only place that knows the loop; it knows no
//! runtime.

use crate::commit::Commit;
use crate::limits::CONFLICTS_MAX;
use crate::overtaken::Overtaken;
use crate::read::{Read, Reads};
use crate::refusal::Refusal;
use crate::seams::{Store, StoreError};
use crate::tx::{Decision, Halt, ROUNDS_MAX, Tx, decide_over};

/// Why a command was not carried out.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Failure {
    /// It was refused.
    #[error("refused: {0}")]
    Refused(Refusal),
    /// What was to be done is no longer there to be done. Only work of the engine ends like this.
    #[error("{0}")]
    Overtaken(Overtaken),
    /// Other commits came first too often.
    #[error("too many others change the same rows")]
    Contended,
    /// The store holds something that cannot be read, or a decision never came to an end.
    #[error("{0}")]
    Damaged(String),
    /// The store has stopped.
    #[error("{0}")]
    Stopped(String),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(_) => Self::Contended,
            StoreError::Damaged(reason) => Self::Damaged(reason),
            StoreError::Stopped(reason) => Self::Stopped(reason),
        }
    }
}

/// Decides on an overlay of undecided commits, loading into `reads` what is asked for. Nothing is
/// written.
///
/// # Errors
/// [`Failure`], never `Contended`.
pub async fn resolve<T: Send>(
    store: &dyn Store,
    reads: &mut Reads,
    overlay: &Commit,
    decision: impl Fn(&mut Tx<'_>) -> Result<T, Halt> + Send + Sync,
) -> Result<(Commit, T), Failure> {
    for _ in 0..=ROUNDS_MAX {
        let needs = match decide_over(reads, overlay, &decision) {
            Decision::Done(commit, answer) => return Ok((commit, answer)),
            Decision::Refused(refusal) => return Err(Failure::Refused(refusal)),
            Decision::Overtaken(by) => return Err(Failure::Overtaken(by)),
            Decision::Damaged(reason) => return Err(Failure::Damaged(reason)),
            Decision::Need(needs) => needs,
        };

        // Rows of earlier rounds are not read again. There is no snapshot across rounds: what must
        // hold together is checked by the commit.
        let found = store.read(&needs).await?;
        reads.extend(needs.into_iter().zip(found));
    }

    Err(Failure::Damaged(format!("a decision wanted more than {ROUNDS_MAX} rounds of reading")))
}

/// Decides and commits. The answer is given only once everything it rests on is durable, a refusal
/// included.
///
/// # Errors
/// [`Failure`].
pub async fn execute<T: Send>(
    store: &dyn Store,
    decision: impl Fn(&mut Tx<'_>) -> Result<T, Halt> + Send + Sync,
) -> Result<T, Failure> {
    execute_after(store, &[], decision).await
}

/// The same for a decision that wants what `known` names, as one before it did: all of that is read
/// anew in one round, so that its own rounds are left for what only it wants.
///
/// # Errors
/// [`Failure`].
pub async fn execute_after<T: Send>(
    store: &dyn Store,
    known: &[Read],
    decision: impl Fn(&mut Tx<'_>) -> Result<T, Halt> + Send + Sync,
) -> Result<T, Failure> {
    for _ in 0..CONFLICTS_MAX {
        // Each try starts without rows: after a conflict those of the try before are out of date.
        let mut reads = Reads::new();
        if !known.is_empty() {
            reads.extend(known.iter().cloned().zip(store.read(known).await?));
        }

        let resolved = resolve(store, &mut reads, &Commit::default(), &decision).await;
        let (commit, answer) = match resolved {
            Ok(resolved) => resolved,
            Err(refused) => {
                // Whoever is told of a refusal learns of rows that may be visible and not synced
                // yet.
                store.settled().await?;
                return Err(refused);
            }
        };

        // Nothing is written, so no commit makes sure that what the answer rests on is synced.
        if commit.is_empty() {
            store.settled().await?;
            return Ok(answer);
        }

        match store.commit(commit).await {
            Ok(()) => return Ok(answer),
            Err(StoreError::Conflict(_)) => {}
            Err(other) => return Err(other.into()),
        }
    }

    Err(Failure::Contended)
}

/// Reads for an answer to somebody outside: what it saw is durable when it comes back.
///
/// # Errors
/// [`Failure`].
pub async fn query<T: Send>(
    store: &dyn Store,
    decision: impl Fn(&mut Tx<'_>) -> Result<T, Halt> + Send + Sync,
) -> Result<T, Failure> {
    let resolved = resolve(store, &mut Reads::new(), &Commit::default(), decision).await;
    // A failure tells of what was read as well, so it waits like an answer.
    store.settled().await?;

    resolved.map(|(_, answer)| answer)
}
