//! What a guest is asked and what it says, in the contract's words.

use super::bindings::{call, channel, http, robot, trigger};

/// What a guest is asked.
#[derive(Debug)]
pub(super) enum Ask {
    /// Only to come up.
    Nothing,
    /// What it offers, twice in the same instance: state that shows in the answer is found too.
    Describe,
    Robot(call::Context),
    Trigger(call::Context, String),
    Authenticate(http::Incoming),
    Receive(http::Incoming),
    Send {
        job: String,
        state: Vec<u8>,
        last_response: Option<http::Response>,
    },
}

/// What a guest answered, in the contract's words.
#[derive(Debug)]
pub(super) enum Said {
    Nothing,
    Catalogues(String, String),
    Robot(robot::Outcome),
    Trigger(trigger::Verdict),
    /// What a robot or trigger says when it cannot do it.
    Failure(call::Failure),
    Authenticity(channel::Authenticity),
    Events(Result<String, String>),
    Step(Result<channel::Step, String>),
}

/// The bytes of an answer, as far as its length is the guest's choice.
pub(super) fn size(said: &Said) -> u64 {
    let failure = |failure: &call::Failure| {
        failure.code.len() + failure.message.len() + failure.setting.as_ref().map_or(0, String::len)
    };
    let headers = |headers: &[http::Header]| {
        headers.iter().map(|header| header.name.len() + header.value.len()).sum::<usize>()
    };
    let reply = |reply: &http::Reply| headers(&reply.headers) + reply.body.len();

    let bytes = match said {
        Said::Nothing | Said::Trigger(trigger::Verdict::Fire) => 0,
        Said::Failure(failed) => failure(failed),
        Said::Catalogues(first, second) => first.len() + second.len(),
        Said::Robot(robot::Outcome::Done(text) | robot::Outcome::Skipped(text))
        | Said::Trigger(trigger::Verdict::Ignore(text))
        | Said::Authenticity(channel::Authenticity::Reject(text))
        | Said::Events(Ok(text) | Err(text))
        | Said::Step(Ok(channel::Step::Done(text)) | Err(text)) => text.len(),
        Said::Authenticity(
            channel::Authenticity::Ok(answer) | channel::Authenticity::Handshake(answer),
        ) => reply(answer),
        Said::Step(Ok(channel::Step::Request(channel::Exchange { request, state, .. }))) => {
            request.method.len()
                + request.url.len()
                + headers(&request.headers)
                + request.body.len()
                + state.len()
        }
    };

    u64::try_from(bytes).unwrap_or(u64::MAX)
}
