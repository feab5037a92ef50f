//! The one thread that compiles. A hostile or merely large component can take half a minute of a
//! core, so compilation happens one at a time, behind everything else, and never where calls run.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;

use tokio::sync::oneshot;

type Job = Box<dyn FnOnce() + Send>;

/// How much the compiling thread yields to others; 19 would be the most.
const NICE: libc::c_int = 10;

/// The queue in front of the thread. The thread ends with it.
#[derive(Debug)]
pub(super) struct Compiler {
    jobs: mpsc::Sender<Job>,
}

impl Compiler {
    pub(super) fn start() -> io::Result<Self> {
        let (jobs, queue) = mpsc::channel::<Job>();

        std::thread::Builder::new().name("stagewright-compile".to_owned()).spawn(move || {
            step_back();
            for job in queue {
                // A component on which the compiler stumbles must not end compilation for all
                // others. Whoever waits sees its sender dropped.
                if catch_unwind(AssertUnwindSafe(job)).is_err() {
                    tracing::error!("the compiler panicked");
                }
            }
        })?;

        Ok(Self { jobs })
    }

    /// Does `work` once everything before it is done. `None` where it panicked. The work goes on
    /// when nobody waits any more: its result is in the cache for the next who asks.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let (done, answer) = oneshot::channel();
        // The send fails only when the thread is gone, and then the answer never comes either.
        // Nobody may be waiting any more.
        self.jobs.send(Box::new(move || drop(done.send(work())))).ok()?;
        answer.await.ok()
    }
}

/// Lowers the priority of the calling thread.
#[cfg(target_os = "linux")]
fn step_back() {
    #[expect(unsafe_code, reason = "there is no safe way to it without a further dependency")]
    // SAFETY: the call takes no pointers; on Linux 0 stands for the calling thread alone. A failure
    // leaves the priority as it was.
    let _unchanged_on_failure = unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, NICE) };
}

#[cfg(not(target_os = "linux"))]
fn step_back() {}
