//! The demo: the main story, played both ways on a manual clock against a stand-in for the
//! provider.
//!
//! It is a client of the public API and nothing more. Every line it shows is read back over HTTP or
//! from the bytes that the stand-in received, so what it shows happened. `bundles` builds the
//! plugins, `setup` makes a tenant, `story` plays and checks, `host` starts what it needs.

mod bundles;
mod host;
mod setup;
mod story;

use std::net::SocketAddr;
use std::path::Path;

use stagewright_client::{Client, ClientError};

pub(crate) use bundles::Built;
pub use bundles::PLUGINS;
pub(crate) use setup::first_token;

/// What the demo is to do.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Options {
    /// A plugin whose bundle is left out.
    pub without: Option<String>,
    /// Where to listen; a free port on loopback without it.
    pub listen: Option<SocketAddr>,
}

/// Why the demo did not go through.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The plugins' sources are not here.
    #[error(
        "the plugins' sources are not here; run the demo inside the repository, where `plugins/` \
         is (demo.no-sources)"
    )]
    NoSources,
    /// A plugin does not build.
    #[error("the plugins do not build: {0}")]
    Build(String),
    /// Something of this machine's.
    #[error(
        "{what} failed: {source}; make sure that there is room and that this may be done, then \
         run the demo again (demo.machine)"
    )]
    Machine {
        /// What was tried.
        what: &'static str,
        /// Why not.
        source: std::io::Error,
    },
    /// The host does not start.
    #[error(transparent)]
    Server(#[from] stagewright_app::ServerError),
    /// Keys cannot be made.
    #[error(transparent)]
    Keys(#[from] stagewright_app::KeyError),
    /// The API refused something that the demo needs.
    #[error("while {doing}: {source}")]
    Api {
        /// What was being done.
        doing: String,
        /// What the API said.
        source: Box<ClientError>,
    },
    /// A plugin is not installed, because its bundle was left out.
    #[error(
        "the bundle of {plugin} is not installed, and the story needs it; run the demo without \
         `--without {plugin}` (demo.missing-bundle)"
    )]
    Missing {
        /// The plugin.
        plugin: &'static str,
    },
    /// The story came out otherwise than it should.
    #[error("the story did not come out as it should; please report it (demo.story):\n  {0}")]
    Story(String),
}

impl DemoError {
    /// The stable code of this error, where it has one.
    #[must_use]
    pub fn code(&self) -> Option<&'static str> {
        match self {
            Self::Server(error) => Some(error.code()),
            Self::Keys(error) => Some(error.code()),
            _ => None,
        }
    }

    fn api(doing: impl Into<String>) -> impl FnOnce(ClientError) -> Self {
        let doing = doing.into();
        move |source| Self::Api { doing, source: Box::new(source) }
    }
}

/// Builds every plugin of the demo that is not built yet.
///
/// # Errors
/// [`DemoError::NoSources`] and [`DemoError::Build`].
pub(crate) fn build_bundles(progress: &(dyn Fn(&str) + Sync)) -> Result<Vec<Built>, DemoError> {
    bundles::build(&bundles::root()?, None, progress)
}

/// A demo that has been played and goes on serving.
#[derive(Debug)]
pub struct Demo {
    host: host::Host,
    /// The demo tenant's admin token.
    pub token: String,
    /// A deal to look at, `deal/<id>`.
    pub deal: String,
}

impl Demo {
    /// Builds what is missing, starts a host, plays the story both ways, and gives what is needed
    /// to look around. `say` is given every line; `progress` is told what takes long.
    ///
    /// # Errors
    /// [`DemoError`].
    pub async fn play(
        options: Options,
        say: &(dyn Fn(&str) + Sync),
        progress: &(dyn Fn(&str) + Sync),
    ) -> Result<Self, DemoError> {
        let root = bundles::root()?;
        let bundles = bundles::build(&root, options.without.as_deref(), progress)?;
        let host = host::Host::start(options.listen).await?;
        let played = Self::stage(&host, &bundles, say).await;

        match played {
            Ok((token, deal)) => Ok(Self { host, token, deal }),
            Err(error) => {
                // A demo that failed leaves no host and no folder behind.
                host.stop().await?;
                Err(error)
            }
        }
    }

    async fn stage(
        host: &host::Host,
        bundles: &[Built],
        say: &(dyn Fn(&str) + Sync),
    ) -> Result<(String, String), DemoError> {
        let client = Client::new(&host.base()).map_err(DemoError::api("connecting to the host"))?;
        let tenant = setup::tenant(host, &client, bundles, say).await?;

        story::answered_in_time(host, &tenant, say).await?;
        let deal = story::not_answered(host, &tenant, say).await?;
        Ok((tenant.token, deal))
    }

    /// Where it serves.
    #[must_use]
    pub fn base(&self) -> String {
        self.host.base()
    }

    /// Stops serving and removes what the demo wrote.
    ///
    /// # Errors
    /// [`DemoError::Server`].
    pub async fn stop(self) -> Result<(), DemoError> {
        self.host.stop().await
    }
}

/// Whether `dir` is the repository.
fn is_repository(dir: &Path) -> bool {
    dir.join("plugins/robot-add-observer/plugin.toml").is_file()
}
