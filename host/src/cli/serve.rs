//! `stagewright serve`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args as ClapArgs, ValueEnum};
use tokio::signal::unix::{SignalKind, signal};

use stagewright_app::config::Config;
use stagewright_app::{Keys, Listen, Parts, Server, StartError, Storage};
use stagewright_connector::EgressRule;
use stagewright_core::context::Actor;
use stagewright_core::id::TenantId;
use stagewright_core::model::tenant::Role;
use stagewright_core::seams::Clock;
use stagewright_server::clock::{ManualClock, SystemClock};
use stagewright_server::durable::{make_folder, sync_name, unfinished, write_private};
use stagewright_server::service::{NewToken, Service, Wishes};

use super::log::log;
use super::say::out;

/// Options of `serve`.
#[derive(Debug, ClapArgs)]
pub(super) struct Args {
    /// The configuration file; the defaults in the current folder without it.
    #[arg(long)]
    config: Option<PathBuf>,
    /// Which clock to run on; a manual one is for trials on loopback and is moved by POST
    /// /dev/clock/advance.
    #[arg(long, default_value = "system")]
    clock: ClockChoice,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ClockChoice {
    System,
    Manual,
}

/// Why the server cannot serve, besides what the host itself says.
#[derive(Debug, thiserror::Error)]
pub(super) enum ServeError {
    /// Anybody who reaches the port could move time.
    #[error("--clock manual works on a loopback address only; set `listen` to 127.0.0.1")]
    NotLoopback,
    /// A token of other data would be lost.
    #[error(
        "the store is empty but {0} exists; it belongs to another data folder, so move it away \
         and start again"
    )]
    TokenExists(PathBuf),
    /// The token would be known to nobody.
    #[error(
        "cannot write the first token to {path}; set `first_token` to a place that this user may \
         write to: {source}"
    )]
    CannotWriteToken {
        /// The file.
        path: PathBuf,
        /// Why.
        source: anyhow::Error,
    },
}

impl ServeError {
    /// The stable code of this error.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::NotLoopback => "server.manual-clock",
            Self::TokenExists(_) => "server.first-token-exists",
            Self::CannotWriteToken { .. } => "server.first-token",
        }
    }
}

pub(super) async fn run(args: Args) -> anyhow::Result<String> {
    log("info");
    let config = match &args.config {
        Some(path) => Config::read(path)?,
        None => Config::default().based_on(Path::new("."))?,
    };

    let manual = manual_clock(args.clock, &config)?;
    let clock: Arc<dyn Clock> = match &manual {
        Some(clock) => Arc::clone(clock) as Arc<dyn Clock>,
        None => Arc::new(SystemClock::default()),
    };

    // The port is taken before anything is made: a second host on it ends here and leaves nothing
    // behind.
    let listen = Listen::on(config.listen).await?;
    let address = listen.address;

    let rows = config.data.join("rows");
    // The key comes before the data that it opens: a start that ends in between leaves a key and no
    // data, never the other way round.
    let keys = Keys::read(&config.master_key, !rows.exists())?;
    make_folder(&config.data)
        .map_err(|source| StartError::Folder { path: config.data.clone(), source })?;

    let parts = Parts {
        egress: EgressRule { allow_private: config.egress.allow_private.clone() },
        public_url: config.public_url(address),
        ..Parts::new(Storage::Sled(rows), config.data.join("files"), keys, clock)
    };
    let server = Server::start(listen, parts, manual).await?;
    first_token(&server.app.service, &config.first_token).await?;

    // Before anybody is told: whoever hears that it serves may tell it to stop at once.
    let stop = stop_signal();
    tracing::info!(%address, data = %config.data.display(), "serving");
    out(&format!("stagewright serves on http://{address}"));

    stop.await;
    tracing::info!("stopping: what is under way is finished first");
    server.stop().await?;
    Ok(String::new())
}

/// A manual clock would let anybody who reaches the port move time, so it is for loopback only.
fn manual_clock(choice: ClockChoice, config: &Config) -> anyhow::Result<Option<Arc<ManualClock>>> {
    if choice == ClockChoice::System {
        return Ok(None);
    }
    anyhow::ensure!(config.listen.ip().is_loopback(), ServeError::NotLoopback);
    Ok(Some(Arc::new(ManualClock::at(SystemClock::default().now()))))
}

/// On a store without tokens, makes the first one and writes it where only this user can read it.
///
/// The secret is written down under another name before the token is committed and gets its own
/// name afterwards, so that a crash leaves no token that nobody knows: what is under the other name
/// is either overwritten or given its name by the next start.
async fn first_token(service: &Service, path: &Path) -> anyhow::Result<()> {
    let cannot =
        |source: anyhow::Error| ServeError::CannotWriteToken { path: path.to_owned(), source };
    let unfinished = unfinished(path);

    if service.has_tokens(TenantId::PLATFORM).await? {
        // A start before this one ended between the commit and the new name.
        if unfinished.exists() && !path.exists() {
            std::fs::rename(&unfinished, path)
                .and_then(|()| sync_name(path))
                .map_err(|e| cannot(e.into()))?;
        }
        return Ok(());
    }

    anyhow::ensure!(!path.exists(), ServeError::TokenExists(path.to_owned()));
    let command = service.begin(
        TenantId::PLATFORM,
        Actor::System,
        &["first token"],
        "first token",
        Wishes::default(),
    );
    let new = NewToken {
        name: "first".into(),
        tenant: TenantId::PLATFORM,
        role: Role::PlatformAdmin,
        user: None,
    };

    let keep = |secret: &str| write_private(&unfinished, &format!("{secret}\n"));
    service.create_first_token(&command, &new, keep).await.map_err(|e| cannot(e.into()))?;
    std::fs::rename(&unfinished, path)
        .and_then(|()| sync_name(path))
        .map_err(|e| cannot(e.into()))?;
    out(&format!("the first token (platform-admin) is in {}", path.display()));
    Ok(())
}

/// Resolves at the first interrupt or termination signal from now on, also where it comes before
/// anybody waits for it.
pub(super) fn stop_signal() -> impl Future<Output = ()> {
    let caught = [SignalKind::interrupt(), SignalKind::terminate()].map(signal);

    async move {
        match caught {
            [Ok(mut interrupt), Ok(mut terminate)] => {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
            }
            // Where signals cannot be caught they end the process, which loses nothing.
            _ => std::future::pending().await,
        }
    }
}
