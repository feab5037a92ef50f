//! Jobs of several requests: what a lost answer means depends on what has left.

use std::sync::Arc;

use serde_json::{Value, json};

use stagewright_core::call::{
    Blame, CallFailure, ChannelCall, ChannelSays, ChannelVerb, Exchange, Retry,
};
use stagewright_core::doubles::RecordingConnector;
use stagewright_core::doubles::ScriptedPlugins;
use stagewright_core::exchange::{Job, Means, Outcome, carry_out, look_up};
use stagewright_core::model::channel::Channel;
use stagewright_core::model::plugin::Grant;
use stagewright_core::outside::{ConnectError, Request, Response, SecretValues};
use stagewright_core::time::Timestamp;

use super::fixture::plugin;
use crate::clock::ManualClock;

/// A channel's next step, by how often it was answered.
#[derive(Clone, Copy, Debug)]
enum Step {
    Ask,
    Send,
    Done,
    Trap,
}

type Answer = Result<Response, ConnectError>;

fn well() -> Answer {
    Ok(Response { status: 200, headers: Vec::new(), body: b"file".to_vec() })
}

fn lost() -> Answer {
    Err(ConnectError::Unknown("lost".into()))
}

fn no_connection() -> Answer {
    Err(ConnectError::NotSent {
        code: "connector.no-connection",
        reason: "nobody there".into(),
        retry: true,
    })
}

fn too_large() -> Answer {
    Err(ConnectError::AnswerTooLarge(9))
}

/// The step that follows so many answers; the state counts them.
fn says(steps: &[Step], call: &ChannelCall) -> Result<ChannelSays, CallFailure> {
    let ChannelVerb::Send { state, .. } = &call.verb else { panic!("only sending is asked for") };

    let request = Request {
        method: "POST".into(),
        url: "https://gate.example/".into(),
        headers: Vec::new(),
        body: Vec::new(),
    };

    let state = [&state[..], &[1]].concat();
    match steps.get(state.len() - 1).copied().unwrap_or(Step::Ask) {
        Step::Ask => Ok(ChannelSays::Request(Exchange { request, state, sends: false })),
        Step::Send => Ok(ChannelSays::Request(Exchange { request, state, sends: true })),
        Step::Done => {
            Ok(ChannelSays::Verdict(json!({"outcome": "sent"}).as_object().unwrap().clone()))
        }
        Step::Trap => Err(CallFailure {
            blame: Blame::Plugin,
            code: "plugin.trap".into(),
            message: "it fell".into(),
            setting: None,
            retry: Retry::Never,
        }),
    }
}

/// How a job of these steps ends where the server answers like this, and how many requests left.
async fn outcome(steps: &'static [Step], answers: &[Answer]) -> (Outcome, usize) {
    carried_out(true, steps, answers).await
}

async fn carried_out(
    may_send: bool,
    steps: &'static [Step],
    answers: &[Answer],
) -> (Outcome, usize) {
    let plugins = ScriptedPlugins::new().on_channel(move |call| says(steps, call));
    let connector = RecordingConnector::default();
    answers.iter().for_each(|answer| connector.answer_next(answer.clone()));
    let clock = Arc::new(ManualClock::at(Timestamp(0)));

    let channel: Channel =
        serde_json::from_value(json!({"name": "Chat", "plugin": "test.kit", "channel": "chat"}))
            .unwrap();
    let job = Job {
        channel: &channel,
        plugin: &plugin(),
        grant: &Grant::default(),
        json: &Value::Null,
        secrets: &SecretValues::default(),
        seed: "seed".into(),
        timeout_ms: 1,
        answer_bytes_max: 9,
    };

    let means = Means { plugins: &plugins, connector: &connector, clock: &*clock };
    let outcome = if may_send { carry_out(means, &job).await } else { look_up(means, &job).await };
    (outcome, connector.sent().len())
}

/// `retry`, `failed` or `unknown`, with the number of requests.
async fn end(steps: &'static [Step], answers: &[Answer]) -> (&'static str, usize) {
    let (outcome, requests) = outcome(steps, answers).await;
    let word = match outcome {
        Outcome::Verdict(..) => "verdict",
        Outcome::NotSent { retry: true, .. } => "retry",
        Outcome::NotSent { retry: false, .. } => "failed",
        Outcome::Unknown(_) => "unknown",
    };

    (word, requests)
}

#[tokio::test]
async fn a_lost_answer_to_an_upload_is_tried_again_and_one_to_a_message_is_unknown() {
    use Step::{Ask, Done, Send};

    assert_eq!(end(&[Ask, Send, Done], &[lost()]).await, ("retry", 1));
    assert_eq!(end(&[Ask, Send, Done], &[well(), lost()]).await, ("unknown", 2));
    assert_eq!(end(&[Send, Done], &[lost()]).await, ("unknown", 1));
}

#[tokio::test]
async fn after_the_first_message_nothing_is_repeated() {
    use Step::{Ask, Done, Send, Trap};

    assert_eq!(end(&[Send, Ask, Send, Done], &[well(), lost()]).await, ("unknown", 2));
    assert_eq!(end(&[Send, Send, Done], &[well(), no_connection()]).await, ("unknown", 2));
    assert_eq!(end(&[Send, Trap], &[well()]).await, ("unknown", 1));
}

#[tokio::test]
async fn before_the_first_message_nobody_has_seen_anything() {
    use Step::{Ask, Done, Send, Trap};

    assert_eq!(end(&[Send, Done], &[no_connection()]).await, ("retry", 1));
    assert_eq!(end(&[Ask, Send, Done], &[well(), no_connection()]).await, ("retry", 2));
    assert_eq!(end(&[Trap], &[]).await, ("retry", 0));
    assert_eq!(end(&[Ask, Trap], &[well()]).await, ("retry", 1));
    assert_eq!(end(&[Ask, Done], &[too_large()]).await, ("failed", 1));
    assert_eq!(end(&[Send, Done], &[too_large()]).await, ("unknown", 1));
}

#[tokio::test]
async fn a_channel_that_never_comes_to_an_end_is_stopped() {
    assert_eq!(end(&[], &[]).await, ("failed", 8));
    assert_eq!(end(&[Step::Send], &[]).await, ("unknown", 8));
}

#[tokio::test]
async fn a_verdict_comes_with_the_last_answer() {
    let (found, _) = outcome(&[Step::Ask, Step::Done], &[well()]).await;
    let Outcome::Verdict(_, Some(response)) = found else { panic!("{found:?}") };
    assert_eq!(response.body, b"file");

    let (at_once, _) = outcome(&[Step::Done], &[]).await;
    assert!(matches!(at_once, Outcome::Verdict(_, None)));
}

#[tokio::test]
async fn a_look_up_sends_nothing() {
    let (ended, requests) =
        carried_out(false, &[Step::Ask, Step::Send, Step::Done], &[well()]).await;

    let reason = "the channel would send something for a look-up".to_owned();
    assert_eq!(
        (ended, requests),
        (Outcome::NotSent { code: "plugin.bad-answer".into(), reason, retry: false }, 1)
    );
}
