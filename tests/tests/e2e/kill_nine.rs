//! `kill -9` in the middle of load, many times: nothing acknowledged is lost, nothing is done
//! twice.

use stagewright_tests::deadline::now;
use stagewright_tests::host::Host;
use stagewright_tests::rig::Rig;

/// What everything is chosen by. Change it to try other moments.
const SEED: u64 = 12;
/// How often the host is killed.
const KILLS: u64 = 50;
/// How many acknowledgements there are before each kill, at least.
const ACKNOWLEDGEMENTS: u64 = 1_000;
/// How many kills must meet a request that has no answer yet.
const IN_BETWEEN_MIN: u64 = 30;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_and_nothing_is_done_twice() -> anyhow::Result<()> {
    let begun = now();
    let (mut rig, mut host) = Rig::new("kill-nine", SEED, async |home, scratch| {
        Host::start(home.server()?, &scratch.path().join("host.log"))
    })
    .await?;

    let (mut acknowledged, mut in_between, mut while_sending, mut at) = (0, 0, 0, None);
    for kill in 1..=KILLS {
        let wanted = ACKNOWLEDGEMENTS + rig.chance.below(200);
        let mut ended = rig.shift(&mut host, wanted).await?;

        host = rig.start(rig.home.server()?)?;
        // They are counted before the examination, which finds those that this kill has made.
        let unknown = rig.ledger.unknowns();
        rig.examine(&host, &mut ended)
            .await
            .map_err(|e| e.context(format!("seed {SEED}, after kill {kill}")))?;

        acknowledged += ended.acknowledged;
        in_between += u64::from(ended.under_way > 0);
        while_sending += u64::from(rig.ledger.unknowns() > unknown);
        at = Some(ended.at);

        println!(
            "kill {kill} after {} acknowledgements, {} under way, {:?}",
            ended.acknowledged,
            ended.under_way,
            begun.elapsed()
        );
    }

    if let Some(at) = at {
        rig.examine_all(&host, at).await?;
    }

    println!(
        "seed {SEED}: {KILLS} kills, {acknowledged} acknowledgements, {in_between} kills between \
         request and answer, \
         {while_sending} while sending, {} messages, {} of them unknown, {:?}",
        rig.ledger.messages(),
        rig.ledger.unknowns(),
        begun.elapsed()
    );

    assert!(acknowledged >= KILLS * ACKNOWLEDGEMENTS && in_between >= IN_BETWEEN_MIN);
    assert!(
        while_sending > 0,
        "no kill met a message that was being sent: the rig does not try what it claims to"
    );
    Ok(())
}
