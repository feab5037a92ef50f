//! The very first start of the real server, ended at every single thing that it does to its folder:
//! by a kill, by a power cut that loses what was not synced, and by one that keeps a part of that.
//! The next start must need nobody's help.

use std::path::Path;

use anyhow::{Context, ensure};

use stagewright_tests::api::{Api, Ask};
use stagewright_tests::disk::Cut;
use stagewright_tests::host::{Home, Host};
use stagewright_tests::preload::Rack;
use stagewright_tests::record::decode;
use stagewright_tests::scratch::Scratch;

/// Places at which the first start was ended when this was written. Fewer would mean that the rig
/// has lost sight of some.
const PLACES_MIN: usize = 70;

/// Starts the server on what is left and asks for something under the first token.
async fn start_again(home: &Home, log: &Path) -> anyhow::Result<()> {
    let host = Host::start(home.server()?, log)?;
    let api = Api::new(&host.base, &home.first_token()?)?;
    let tenants = api.done(&Ask::get("/v1/tenants")).await?;
    ensure!(tenants.pointer("/items").is_some(), "no list of tenants: {tenants}");
    Ok(())
}

#[tokio::test]
async fn a_first_start_that_was_ended_anywhere_is_taken_up_again() -> anyhow::Result<()> {
    let scratch = Scratch::new("first-start")?;
    let log = scratch.path().join("host.log");
    let home = Home::make(&scratch.path().join("home"))?;
    let (rack, host) = Rack::serve(&home, &log)?;
    drop(host);

    let journal = rack.journal()?;
    let mut records = decode(&journal);
    let (mut places, mut starts) = (0, 0);

    loop {
        let (before, _) = journal.split_at(journal.len() - records.bytes_left());
        for cut in [Cut::Everything, Cut::Nothing, Cut::Some(places as u64)] {
            rack.cut_after(before, cut)?;
            start_again(&home, &log)
                .await
                .with_context(|| format!("ended after {places} steps, {cut:?} kept"))?;
            starts += 1;
        }

        match records.next() {
            Some(record) => record.map_err(anyhow::Error::msg)?,
            None => break,
        };
        places += 1;
    }

    println!("{places} places, {starts} starts");
    assert!(places >= PLACES_MIN);
    Ok(())
}
