//! Why the demo did not go through, in words and stable codes.

use stagewright_client::ClientError;

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

    /// What the API said while something was being done.
    pub(super) fn api(doing: impl Into<String>) -> impl FnOnce(ClientError) -> Self {
        let doing = doing.into();
        move |source| Self::Api { doing, source: Box::new(source) }
    }
}
