//! The one thread that writes: takes what is queued as a group, applies it as one batch, syncs, and
//! only then answers.
//!
//! **Answers**: a commit that was refused hears so once the group is visible, so that who loads
//! again finds the row that was in the way. One that was admitted hears so once the group is
//! synced. When anything fails, all of them hear that the store has stopped, and so does everybody
//! after them: a sync is never tried again.

use std::io;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use tokio::sync::{mpsc, oneshot};

use stagewright_core::commit::Commit;
use stagewright_core::seams::StoreError;

use super::error::{self, Stop};
use super::group::Group;
use super::options::{Hooks, OnStopped, Options};
use super::shared::Shared;

/// Commits that may wait for the committer; who comes after them waits to be let in.
const QUEUE: usize = 1024;

type Answer = oneshot::Sender<Result<(), StoreError>>;

/// What the committer is asked to do.
#[derive(Debug)]
pub(super) enum Order {
    /// Commit this and answer.
    Commit(Commit, Answer),
    /// Finish what is queued, then end.
    Close,
}

/// How large a group may grow.
#[derive(Debug, Clone, Copy)]
struct Limits {
    /// Commits in one group.
    commits: usize,
    /// Bytes of values in one group; the commit that passes it is still part of the group.
    bytes: usize,
}

/// The committer's own things.
pub(super) struct Committer {
    shared: Arc<Shared>,
    orders: mpsc::Receiver<Order>,
    limits: Limits,
    hooks: Hooks,
    on_stopped: OnStopped,
}

impl Committer {
    /// Starts the committer on a thread of its own, and gives what takes orders for it.
    pub(super) fn start(
        shared: Arc<Shared>,
        options: Options,
    ) -> io::Result<(mpsc::Sender<Order>, JoinHandle<()>)> {
        let (sender, orders) = mpsc::channel(QUEUE);
        let committer = Self {
            shared,
            orders,
            limits: Limits { commits: options.group_commits_max, bytes: options.group_bytes_max },
            hooks: options.hooks,
            on_stopped: options.on_stopped,
        };

        let thread =
            thread::Builder::new().name("committer".to_owned()).spawn(move || committer.run())?;
        Ok((sender, thread))
    }

    /// Works until the store is closed or a write fails.
    fn run(mut self) {
        let _ending = Ending(Arc::clone(&self.shared));
        while let Some(first) = self.orders.blocking_recv() {
            if let Some(hook) = &self.hooks.before_group {
                hook();
            }

            let jobs = self.gather(first);
            // sled panics on most kinds of damage. A panic that ended this thread would end it
            // without `on_stopped`: the process would live on and refuse every commit.
            let outcome = error::caught(|| self.commit(jobs))
                .unwrap_or_else(|said| Err(Stop::panicked(&said)));

            if let Err(stop) = outcome {
                return self.stop(&stop);
            }
        }

        // The mark is synced only here and when the store is opened. With every group it would
        // double the price of a commit, and a mark that lags behind only notices less.
        if let Err(e) = self.shared.mark.sync() {
            tracing::warn!("the last group's number may be forgotten, though not the group: {e}");
        }
    }

    /// The first commit and whatever else is queued by now, up to the limits.
    fn gather(&mut self, first: Order) -> Vec<(Commit, Answer)> {
        let (mut jobs, mut bytes) = (Vec::new(), 0_usize);
        let mut next = Some(first);

        while let Some(order) = next {
            match order {
                Order::Commit(commit, answer) => {
                    bytes = bytes.saturating_add(
                        commit.writes.values().flatten().map(|value| value.len()).sum(),
                    );
                    jobs.push((commit, answer));
                }
                // Nothing new gets in from here on; what is queued is still received.
                Order::Close => self.orders.close(),
            }

            let full = jobs.len() >= self.limits.commits || bytes >= self.limits.bytes;
            // Only what is queued by now: waiting for more would delay every commit of a host that
            // has little to do.
            next = if full { None } else { self.orders.try_recv().ok() };
        }

        jobs
    }

    /// Checks, applies, syncs and answers one group.
    ///
    /// Where this fails or panics the answers are dropped unsent, and the waiters take that for the
    /// stop it is.
    fn commit(&self, jobs: Vec<(Commit, Answer)>) -> Result<(), Stop> {
        let mut group = Group::new(&self.shared.db);
        let (mut admitted, mut refused) = (Vec::new(), Vec::new());

        for (commit, answer) in jobs {
            match group.admit(commit) {
                Ok(()) => admitted.push(answer),
                // The tree cannot be read any more, so neither this commit nor any other can be
                // checked.
                Err(StoreError::Stopped(message)) => {
                    return Err(Stop { code: "storage.write", message });
                }
                Err(error) => refused.push((answer, error)),
            }
        }

        if group.is_empty() {
            // What these conflict with is in the tree already.
            answer_all(refused.into_iter().map(|(answer, error)| (answer, Err(error))));
        } else {
            let number = self.shared.apply(&group)?;
            // Not before the group is applied: whoever is refused loads again at once, and would
            // find the rows of before, decide the same and be refused until its tries are used up.
            // And not after the sync, which would only make them wait: a refusal acknowledges
            // nothing.
            answer_all(refused.into_iter().map(|(answer, error)| (answer, Err(error))));

            self.sync()?;

            // After the sync and before anybody is told: the mark never names a group that may be
            // lost, and unless the power is cut it names every group that was acknowledged.
            self.shared
                .mark
                .write(number)
                .map_err(|e| Stop::failed("write the last group's number", &e))?;
            self.shared.mark_durable(number);
        }

        answer_all(admitted.into_iter().map(|answer| (answer, Ok(()))));
        Ok(())
    }

    /// Makes everything applied so far survive a power cut.
    fn sync(&self) -> Result<(), Stop> {
        if let Some(hook) = &self.hooks.before_sync {
            hook().map_err(|e| Stop::failed("sync", &e))?;
        }

        // sled's flush gives the pages to the kernel, and the sync of the file is ours (ADR 0002).
        // Neither is tried again: the kernel may have dropped pages that it could not write, and a
        // second sync would report success without them.
        self.shared.db.flush().map_err(|e| Stop::engine("flush", e))?;
        self.shared.log.sync_data().map_err(|e| Stop::failed("sync", &e))
    }

    /// Refuses everything from now on and tells whoever wants to know.
    fn stop(self, stop: &Stop) {
        tracing::error!(code = stop.code, "the store has stopped: {}", stop.message);
        self.shared.stop(stop.clone());

        // Dropping what is queued answers it: its waiters find the store stopped.
        drop(self.orders);
        if let Some(tell) = self.on_stopped {
            tell(stop);
        }
    }
}

/// Says that the store has stopped however the committer ends, so that nobody waits for it for
/// ever.
struct Ending(Arc<Shared>);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.stop(Stop::closed());
    }
}

fn answer_all(answers: impl Iterator<Item = (Answer, Result<(), StoreError>)>) {
    for (answer, outcome) in answers {
        // Who gave up waiting has dropped the other end, and that is all right.
        answer.send(outcome).ok();
    }
}
