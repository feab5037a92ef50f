//! A demo from the first build to the last line.

use std::net::SocketAddr;

use stagewright_client::Client;

use super::bundles::{self, Built};
use super::error::DemoError;
use super::host::Host;
use super::{setup, story};

/// What the demo is to do.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Options {
    /// A plugin whose bundle is left out.
    pub without: Option<String>,
    /// Where to listen; a free port on loopback without it.
    pub listen: Option<SocketAddr>,
}

/// A demo that has been played and goes on serving.
#[derive(Debug)]
pub struct Demo {
    host: Host,
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
        let host = Host::start(options.listen).await?;
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
        host: &Host,
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
