//! What the crash tests have in common: one home, one tenant, one provider, and shifts of a crew
//! that each end with the host's end.

use std::process::Command;
use std::sync::Arc;

use anyhow::Context;
use tokio::task::JoinSet;

use stagewright_core::seams::Clock;
use stagewright_core::time::Timestamp;
use stagewright_provider_sim::{Script, StandIn};
use stagewright_server::clock::SystemClock;

use crate::api::Api;
use crate::chance::Chance;
use crate::fixture::{self, Robots, Tenant};
use crate::host::{Home, Host};
use crate::load::{Crew, Ledger, Thing};
use crate::scratch::Scratch;

/// A rig.
#[derive(Debug)]
pub struct Rig {
    scratch: Scratch,
    /// Where the host lives.
    pub home: Home,
    /// The provider outside, which outlives every host.
    pub provider: Arc<StandIn>,
    /// The tenant that everything happens in.
    pub tenant: Tenant,
    /// Everything that was asked for.
    pub ledger: Ledger,
    /// What it is seeded by.
    pub chance: Chance,
    shifts: u64,
}

/// How a shift ended.
#[derive(Debug)]
pub struct Ended {
    /// What the crew worked on.
    pub things: Vec<Thing>,
    /// How many changes were acknowledged.
    pub acknowledged: u64,
    /// How many changes were asked for and not answered when the host was killed.
    pub under_way: u64,
    /// When it was killed.
    pub at: Timestamp,
}

impl Rig {
    /// Sets up a home with a tenant; `start` turns the command of a server into a running one.
    ///
    /// # Errors
    /// Where the fixture cannot be made.
    pub async fn new(
        name: &str,
        seed: u64,
        start: impl AsyncFnOnce(&Home, &Scratch) -> anyhow::Result<Host>,
    ) -> anyhow::Result<(Self, Host)> {
        let scratch = Scratch::new(name)?;
        let home = Home::make(&scratch.path().join("home"))?;
        let provider = fixture::provider(None).await?;

        let host = start(&home, &scratch).await?;
        let platform = Api::new(&host.base, &home.first_token()?)?;
        fixture::install(&platform).await?;
        let tenant = fixture::tenant(&platform, &provider, Robots::AtOnce).await?;

        let (ledger, chance) = (Ledger::default(), Chance::of(seed));
        Ok((Self { scratch, home, provider, tenant, ledger, chance, shifts: 0 }, host))
    }

    /// Starts a host that has died, or another one, on the same home.
    ///
    /// # Errors
    /// Where it does not start.
    pub fn start(&self, command: Command) -> anyhow::Result<Host> {
        Host::start(command, &self.scratch.path().join("host.log"))
    }

    /// A client of the tenant.
    ///
    /// # Errors
    /// Where this machine cannot make connections at all.
    pub fn api(&self, host: &Host) -> anyhow::Result<Api> {
        Api::new(&host.base, &self.tenant.token)
    }

    /// A crew works until so many changes are acknowledged, then the host is killed in the middle
    /// of what is under way.
    ///
    /// # Errors
    /// What the crew stumbled over.
    pub async fn shift(&mut self, host: &mut Host, acknowledgements: u64) -> anyhow::Result<Ended> {
        self.shift_until(host, acknowledgements, Host::kill).await
    }

    /// The same with another end: after `end` the host must be gone.
    ///
    /// # Errors
    /// What the crew stumbled over.
    pub async fn shift_until(
        &mut self,
        host: &mut Host,
        acknowledgements: u64,
        end: impl FnOnce(&mut Host) -> anyhow::Result<()>,
    ) -> anyhow::Result<Ended> {
        self.shifts += 1;

        // Some answers of the provider are late, so that kills meet messages that are being sent.
        let late =
            (0..40).map(|_| if self.chance.percent(50) { Script::Late(20) } else { Script::Usual });
        let late: Vec<Script> = late.collect();
        self.provider.script(late);

        let api = self.api(host)?;
        let mut crew =
            Crew::start(&api, &self.tenant, &self.provider, self.shifts, &mut self.chance);
        crew.until(acknowledgements).await?;

        let shift = Arc::clone(&crew.shift);
        let (things, under_way) = crew.end(|| end(host)).await?;

        Ok(Ended {
            things,
            acknowledged: shift.acknowledgements(),
            under_way,
            // The time is taken once the host is gone, so that none of its requests is younger.
            at: SystemClock::default().now(),
        })
    }

    /// Asks again for what had no answer, then looks for everything that the shift worked on, and
    /// asks a part of it again.
    ///
    /// # Errors
    /// What is lost, doubled or half done.
    pub async fn examine(&mut self, host: &Host, ended: &mut Ended) -> anyhow::Result<()> {
        let api = self.api(host)?;

        // Requests that had no answer are sent again first: only then is it settled what has to be
        // there.
        for thing in &mut ended.things {
            thing.recover(&api).await?;
        }

        let mut checks = JoinSet::new();
        let things = Arc::new(std::mem::take(&mut ended.things));
        for part in 0..8 {
            let (api, tenant, things) = (api.clone(), self.tenant.clone(), Arc::clone(&things));
            checks.spawn(async move {
                for thing in things.iter().skip(part).step_by(8) {
                    thing.check(&api, &tenant).await?;
                }
                anyhow::Ok(())
            });
        }

        while let Some(checked) = checks.join_next().await {
            checked??;
        }

        for thing in things.iter().step_by(10) {
            thing.repeat(&api).await?;
        }

        self.ledger.enter(&things);
        ended.things = Arc::into_inner(things).context("a check still holds the things")?;
        self.ledger.count_requests(&self.provider)?;
        self.ledger.check_messages(&api, ended.at, false).await
    }

    /// Looks at everything since the beginning.
    ///
    /// # Errors
    /// What is lost, doubled, or asked for by nobody.
    pub async fn examine_all(&mut self, host: &Host, at: Timestamp) -> anyhow::Result<()> {
        let api = self.api(host)?;
        self.ledger.check_records(&api).await?;
        self.ledger.check_messages(&api, at, true).await
    }
}
