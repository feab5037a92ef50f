//! Power cuts of the real server under load: nothing acknowledged is lost, nothing is half done.
//!
//! **Control**: the same server in the same rig on a disk that ignores every sync ([`Syncs`]) loses
//! what was acknowledged, and the rig notices. The two differ in the replay of the journal alone.

use anyhow::Context;

use stagewright_tests::api::Api;
use stagewright_tests::deadline::now;
use stagewright_tests::disk::{Counts, Cut, Syncs};
use stagewright_tests::fixture;
use stagewright_tests::host::Home;
use stagewright_tests::preload::Rack;
use stagewright_tests::rig::Rig;

/// What everything is chosen by. Change it to try other moments and other remains.
const SEED: u64 = 5;
/// How often the power is cut.
const CUTS: u64 = 20;
/// Between how many and how many more acknowledgements the power is cut.
const ACKNOWLEDGEMENTS: (u64, u64) = (100, 400);

/// What came of a number of cuts.
#[derive(Debug, Default)]
struct Outcome {
    acknowledged: u64,
    counts: Counts,
    /// What was lost first, if anything was.
    lost: Option<anyhow::Error>,
}

/// Cuts the power of a server under load again and again, until something is lost.
async fn cuts(name: &str, count: u64, syncs: Syncs) -> anyhow::Result<Outcome> {
    // The tenant is made with the power on as well: what was installed and set up has been
    // acknowledged too.
    let (mut rig, host) = Rig::new(name, SEED, async |home, scratch| {
        Ok(Rack::serve(home, &scratch.path().join("host.log"))?.1)
    })
    .await?;

    let rack = Rack::around(rig.home.folder())?;
    drop(host);
    rack.cut(Cut::Nothing).context("the first cut")?;
    // The set-up is kept in any case. Without it the control would fail for want of a tenant, and
    // show nothing of what was acknowledged under load.
    let rack = rack.with_syncs(syncs);

    let mut outcome = Outcome::default();
    let mut before = None;
    for number in 0..=count {
        let come_back = async {
            let mut watched = rig.home.server()?;
            rack.power_on(&mut watched)?;
            let host = rig.start(watched)?;
            if let Some(ended) = &mut before {
                rig.examine(&host, ended).await?;
                rig.examine_all(&host, ended.at).await?;
            }
            anyhow::Ok(host)
        };
        let mut host = match come_back.await {
            Ok(host) => host,
            Err(error) => {
                outcome.lost = Some(error.context(format!("seed {SEED}, after cut {number}")));
                return Ok(outcome);
            }
        };

        if number == count {
            break;
        }

        let wanted = ACKNOWLEDGEMENTS.0 + rig.chance.below(ACKNOWLEDGEMENTS.1);
        let ended = rig.shift(&mut host, wanted).await?;

        // Nothing kept loses the most; a part kept tears what is left.
        let cut = if number % 2 == 0 { Cut::Nothing } else { Cut::Some(rig.chance.number()) };
        add(&mut outcome.counts, rack.cut(cut)?);
        outcome.acknowledged += ended.acknowledged;

        println!(
            "cut {}, {cut:?}, after {} acknowledgements with {} under way",
            number + 1,
            ended.acknowledged,
            ended.under_way
        );
        before = Some(ended);
    }
    Ok(outcome)
}

fn add(all: &mut Counts, more: Counts) {
    all.writes += more.writes;
    all.bytes += more.bytes;
    all.syncs += more.syncs;
    all.range_syncs += more.range_syncs;
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_power_cuts_lose_nothing_acknowledged() -> anyhow::Result<()> {
    let begun = now();
    let outcome = cuts("power-cut", CUTS, Syncs::Kept).await?;

    let Counts { writes, bytes, syncs, range_syncs } = outcome.counts;
    println!(
        "seed {SEED}: {CUTS} cuts, {} acknowledgements; {writes} writes of {} MiB, {syncs} syncs, \
         {range_syncs} range syncs, {:?}",
        outcome.acknowledged,
        bytes >> 20,
        begun.elapsed()
    );
    outcome.lost.map_or(Ok(()), Err)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_ignores_syncs_loses_something_at_the_first_cut() -> anyhow::Result<()> {
    let outcome = cuts("power-cut-ignored", 1, Syncs::Ignored).await?;

    let lost = outcome.lost.map(|lost| format!("{lost:#}")).unwrap_or_default();
    println!("seed {SEED}: no sync counts, {} acknowledgements: {lost}", outcome.acknowledged);
    // Without a sync in the journal both disks would be the same, and the loss one of the server's.
    assert!(outcome.counts.syncs > 0, "the server has synced nothing");
    assert!(!lost.is_empty(), "what no sync has kept is missed by nobody");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shim_sees_everything_that_the_server_writes() -> anyhow::Result<()> {
    let scratch = stagewright_tests::scratch::Scratch::new("power-journal")?;
    let home = Home::make(&scratch.path().join("home"))?;
    let (rack, host) = Rack::serve(&home, &scratch.path().join("host.log"))?;

    let platform = Api::new(&host.base, &home.first_token()?)?;
    fixture::install(&platform).await?;
    let provider = fixture::provider(None).await?;
    fixture::tenant(&platform, &provider, fixture::Robots::AtOnce).await?;
    host.stop()?;

    assert!(rack.journal_is_complete()?);
    Ok(())
}
