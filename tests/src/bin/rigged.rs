//! The server with a death built in, for the crash rigs: a build of its own that no configuration
//! of the product leads to.
//!
//! `rigged --config FILE [--clock MS] [--die before|after N]`: with `--clock` time stands at that
//! moment until it is advanced; with `--die` the process ends without warning before or after its
//! N-th commit is durable. Each commit
//! is told on a line `commit N <what is in it>`, one that is turned down on `refused N`, and the
//! moment of death on `died at MS`.
#![expect(clippy::print_stdout, reason = "what it prints is what the rig goes by")]

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, bail};

use stagewright_app::config::Config;
use stagewright_app::{Keys, Listen, Parts, Server, Storage, Wraps};
use stagewright_connector::EgressRule;
use stagewright_core::commit::Commit;
use stagewright_core::key::Table;
use stagewright_core::read::{Found, Read};
use stagewright_core::seams::{Clock, Later, Store, StoreError};
use stagewright_core::time::Timestamp;
use stagewright_server::clock::{ManualClock, SystemClock};
use stagewright_store::sled::{Options, SledStore};

/// Which commit takes the process with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Death {
    Never,
    Before(u64),
    After(u64),
}

/// What was asked for.
#[derive(Debug)]
struct Arguments {
    config: PathBuf,
    clock: Option<i64>,
    death: Death,
}

impl Arguments {
    fn read() -> anyhow::Result<Self> {
        let mut read = Self { config: PathBuf::new(), clock: None, death: Death::Never };
        let mut words = std::env::args().skip(1);

        while let Some(word) = words.next() {
            let mut value = || words.next().with_context(|| format!("{word} takes a value"));
            match word.as_str() {
                "--config" => read.config = value()?.into(),
                "--clock" => read.clock = Some(value()?.parse()?),
                "--die" => {
                    let after = value()? == "after";
                    let number = value()?.parse()?;
                    read.death = if after { Death::After(number) } else { Death::Before(number) };
                }
                other => bail!("{other} is not known"),
            }
        }

        Ok(read)
    }
}

/// A store that counts commits, tells of them, and dies at one.
#[derive(Debug)]
struct Deadly {
    inner: SledStore,
    death: Death,
    clock: Arc<dyn Clock>,
    commits: AtomicU64,
}

impl Deadly {
    fn die(&self) -> ! {
        println!("died at {}", self.clock.now().0);
        std::process::abort();
    }
}

impl Store for Deadly {
    fn read<'a>(&'a self, reads: &'a [Read]) -> Later<'a, Result<Vec<Found>, StoreError>> {
        self.inner.read(reads)
    }

    fn commit(&self, commit: Commit) -> Later<'_, Result<(), StoreError>> {
        Box::pin(async move {
            let number = self.commits.fetch_add(1, Ordering::SeqCst) + 1;
            // This line comes before the death, so that the rig knows what the fatal commit was
            // about.
            println!("commit {number} {}", content(&commit));
            if self.death == Death::Before(number) {
                self.die();
            }

            let outcome = self.inner.commit(commit).await;
            if outcome.is_err() {
                println!("refused {number}");
            }

            if self.death == Death::After(number) {
                self.die();
            }
            outcome
        })
    }

    fn settled(&self) -> Later<'_, Result<(), StoreError>> {
        self.inner.settled()
    }
}

/// The tables and queues that a commit writes to.
fn content(commit: &Commit) -> String {
    let mut names = BTreeSet::new();
    for key in commit.writes.keys() {
        names.insert(match key.as_due() {
            Some(due) => format!("due {:?}", due.queue),
            None => TABLES
                .iter()
                .find(|table| Some(**table as u8) == key.table())
                .map_or_else(String::new, |table| format!("{table:?}")),
        });
    }
    names.into_iter().collect::<Vec<_>>().join(", ")
}

/// The tables that a story may write to.
const TABLES: [Table; 16] = [
    Table::Index,
    Table::Receipt,
    Table::Record,
    Table::Lane,
    Table::Conversation,
    Table::Message,
    Table::External,
    Table::Event,
    Table::Decisions,
    Table::Run,
    Table::Timeline,
    Table::Delivery,
    Table::DeliveryLane,
    Table::Tenant,
    Table::Token,
    Table::Plugin,
];

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::read()?;
    let config = Config::read(&arguments.config)?;

    let manual = arguments.clock.map(|at| Arc::new(ManualClock::at(Timestamp(at))));
    let clock: Arc<dyn Clock> = match &manual {
        Some(manual) => Arc::clone(manual) as Arc<dyn Clock>,
        None => Arc::new(SystemClock::default()),
    };

    let listen = Listen::on(config.listen).await?;
    let inner = SledStore::open(&config.data.join("rows"), Options::at(clock.now()))?;
    let store = Deadly {
        inner,
        death: arguments.death,
        clock: Arc::clone(&clock),
        commits: AtomicU64::new(0),
    };

    // The memory store that this would be put around has nothing in it and goes.
    let wraps = Wraps { store: Some(Box::new(move |_memory| Arc::new(store))), ..Wraps::default() };
    let parts = Parts {
        egress: EgressRule { allow_private: config.egress.allow_private.clone() },
        public_url: config.public_url(listen.address),
        wraps,
        ..Parts::new(
            Storage::Memory,
            config.data.join("files"),
            Keys::read(&config.master_key, false)?,
            clock,
        )
    };

    let server = Server::start(listen, parts, manual).await?;
    println!("stagewright serves on http://{}", server.address);
    // It ends when it is killed, or kills itself.
    std::future::pending().await
}
