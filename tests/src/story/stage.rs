//! Where stories are played.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::Arc;

use stagewright_core::seams::Clock;
use stagewright_core::time::Timestamp;
use stagewright_provider_sim::{Notification, StandIn};
use stagewright_server::clock::{ManualClock, SystemClock};

use super::Death;
use crate::api::Api;
use crate::disk::{Cut, Disk, write};
use crate::fixture::{self, Robots, Tenant};
use crate::host::{Home, Host};
use crate::place;
use crate::scratch::Scratch;

/// Where stories are played.
#[derive(Debug)]
pub struct Stage {
    scratch: Scratch,
    home: Home,
    /// The home as it was once everything was set up.
    image: BTreeMap<String, Option<Vec<u8>>>,
    /// The tenant of the stories.
    pub tenant: Tenant,
    /// The provider outside, which outlives every host. Its clock stands still.
    pub provider: Arc<StandIn>,
    /// When every story begins.
    pub(super) dawn: Timestamp,
    /// What the client writes: the same bytes in every play.
    pub(super) message: Notification,
}

impl Stage {
    /// Sets a home up.
    ///
    /// # Errors
    /// Where the fixture cannot be made.
    pub async fn new(name: &str) -> anyhow::Result<Self> {
        let scratch = Scratch::new(name)?;
        let home = Home::make(&scratch.path().join("home"))?;
        let host = Host::start(home.server()?, &scratch.path().join("host.log"))?;

        // Full seconds, since the lever of a manual clock knows nothing shorter; later than
        // everything that is set up.
        let dawn = Timestamp((SystemClock::default().now().0 / 1_000 + 3_600) * 1_000);
        let provider = fixture::provider(Some(Arc::new(ManualClock::at(dawn)))).await?;

        let platform = Api::new(&host.base, &home.first_token()?)?;
        fixture::install(&platform).await?;
        let tenant = fixture::tenant(&platform, &provider, Robots::AfterHalfAnHour).await?;

        host.stop()?;
        // The image is taken now that no host writes to the home any more.
        let image = Disk::holding(home.folder())?.after(Cut::Everything);
        let message = provider.inbound_text("+380509998877", "Petro", "It rains into my attic");
        Ok(Self { scratch, home, image, tenant, provider, dawn, message })
    }

    /// Puts the home back to how it was once everything was set up.
    pub(super) fn reset(&self) -> anyhow::Result<()> {
        Ok(write(self.home.folder(), &self.image)?)
    }

    /// A host on the home as it is, with its clock at `now`.
    pub(super) fn host(&self, now: Timestamp, death: Option<Death>) -> anyhow::Result<Host> {
        let mut command = Command::new(place::own("rigged")?);
        command.arg("--config").arg(self.home.config()).arg("--clock").arg(now.0.to_string());

        match death {
            Some(Death::Before(number)) => command.args(["--die", "before", &number.to_string()]),
            Some(Death::After(number)) => command.args(["--die", "after", &number.to_string()]),
            None => &mut command,
        };

        Host::start(command, &self.scratch.path().join("host.log"))
    }
}
