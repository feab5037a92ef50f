//! Each story of the demo, killed before and after each of its commits and between request and
//! answer. The world outside repeats what had no answer, and the story ends as if nothing had
//! happened.

use anyhow::{Context, ensure};
use serde_json::json;

use stagewright_tests::api::{Ask, list, text};
use stagewright_tests::story::{Death, End, Play, Stage, Story};

/// Commits of the story in which nobody answers when this was written. Fewer would mean that the
/// rig has lost sight of some. There is one more where the provider's answer and a robot meet at
/// the deal, and the answer is written down a second time.
const NOBODY_ANSWERS_MIN: u64 = 11;
/// Commits of the story in which the client is answered.
const ANSWERED_IN_TIME_MIN: u64 = 11;

/// Kills the host at every commit of a story, and gives how many there are.
async fn kill_everywhere(name: &str, story: Story) -> anyhow::Result<u64> {
    let stage = Stage::new(name).await?;
    let undisturbed = Play::begin(&stage, story, None)?.to_the_end().await?;
    // It is compared with itself, which tells whether its own message fared as it should.
    undisturbed.is_like(&undisturbed)?;

    let mut number = 0;
    loop {
        number += 1;
        for death in [Death::Before(number), Death::After(number)] {
            let end = Play::begin(&stage, story, Some(death))?
                .to_the_end()
                .await
                .with_context(|| format!("{story:?}, {death:?}"))?;
            end.is_like(&undisturbed)
                .with_context(|| format!("{story:?}, {death:?}, {:#?}", end.commits()))?;

            if !end.died {
                // It has come to its end without a commit of this number.
                return Ok(number - 1);
            }

            end.said_what_it_knew(death)
                .with_context(|| format!("{story:?}, {death:?}, {:#?}", end.commits()))?;
            println!(
                "{story:?}, killed {death:?}: {}",
                end.commits().get(&number).copied().unwrap_or_default()
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_story_that_nobody_answers_survives_a_kill_at_every_commit() -> anyhow::Result<()> {
    let points = kill_everywhere("story-nobody", Story::NobodyAnswers).await?;

    println!("{points} commit points, each killed before and after");
    assert!(points >= NOBODY_ANSWERS_MIN);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_story_that_is_answered_survives_a_kill_at_every_commit() -> anyhow::Result<()> {
    let points = kill_everywhere("story-answered", Story::AnsweredInTime).await?;
    println!("{points} commit points, each killed before and after");

    assert!(points >= ANSWERED_IN_TIME_MIN);
    Ok(())
}

/// Plays a story up to the message and kills the host after the provider has got it and before it
/// answers. Gives the message's delivery, as the next host tells of it.
async fn kill_while_sending(stage: &Stage, story: Story) -> anyhow::Result<(Play<'_>, String)> {
    let mut play = Play::begin(stage, story, None)?;
    play.until_the_message().await?;
    play.killed_between_request_and_answer().await?;
    play.until_minute(31).await?;

    let deliveries = play.insist(&Ask::get("/v1/deliveries?state=unknown")).await?;
    let [delivery] = list(&deliveries, "/items") else {
        anyhow::bail!("it is not unknown: {deliveries}")
    };
    let id = text(delivery, "/id")?;
    Ok((play, id))
}

fn ends(end: &End, requests: usize, told: &[&str]) -> anyhow::Result<()> {
    ensure!(
        end.requests == requests && end.told == told,
        "{} requests, {:?}",
        end.requests,
        end.told
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_killed_between_request_and_answer_is_unknown_until_somebody_settles_it()
-> anyhow::Result<()> {
    let stage = Stage::new("story-sending").await?;
    for story in [Story::NobodyAnswers, Story::AnsweredInTime] {
        let undisturbed = Play::begin(&stage, story, None)?.to_the_end().await?;

        let (mut play, _) = kill_while_sending(&stage, story).await?;
        play.provider_reports().await?;
        let reported = play.end().await?;
        reported.is_like(&undisturbed)?;
        ends(&reported, 1, &["unknown", "delivered", "read"])?;

        let (mut play, delivery) = kill_while_sending(&stage, story).await?;
        play.insist(&Ask::post(format!("/v1/deliveries/{delivery}/confirm"), &json!({}))).await?;
        ends(&play.end().await?, 1, &["unknown", "sent"])?;
    }
    Ok(())
}

/// The same kill on a channel that is told to send again shows that a second request would be
/// noticed.
#[tokio::test(flavor = "multi_thread")]
async fn a_channel_that_resends_what_is_unknown_sends_it_twice() -> anyhow::Result<()> {
    let stage = Stage::new("story-resending").await?;
    let mut play = Play::begin(&stage, Story::NobodyAnswers, None)?;

    let mut channel = play.insist(&Ask::get("/v1/channels/whatsapp")).await?;
    let fields = channel.as_object_mut().context("a channel")?;
    fields.retain(|name, _| {
        ["name", "plugin", "channel", "line", "settings"].contains(&name.as_str())
    });
    fields.insert("on_unknown".into(), json!("resend"));
    play.insist(&Ask::put("/v1/channels/whatsapp", &channel)).await?;

    play.until_the_message().await?;
    play.killed_between_request_and_answer().await?;
    play.until_minute(31).await?;

    ends(&play.end().await?, 2, &["sent"])
}
