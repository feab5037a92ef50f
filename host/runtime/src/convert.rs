//! Between the contract's types and ours, at the edge, so that nothing else sees generated types.

use serde_json::{Map, Value};

use stagewright_core::call::{CallContext, Exchange, RobotOutcome, Verdict};
use stagewright_core::model::record::RecordRef;
use stagewright_core::outside::{Header, Incoming, Reply, Request, Response};
use stagewright_core::scope::HostError;

use super::bindings::{call, channel, http, robot, trigger, types};

impl From<&types::RecordRef> for RecordRef {
    fn from(target: &types::RecordRef) -> Self {
        Self::new(&target.kind, &target.id)
    }
}

impl From<HostError> for types::HostError {
    fn from(refusal: HostError) -> Self {
        let HostError { code, message, subject, retryable, .. } = refusal;
        Self { code: code.to_owned(), message, subject, retryable }
    }
}

/// What a guest is told about the call.
pub(super) fn context(told: CallContext) -> call::Context {
    call::Context {
        step_id: told.step_id,
        attempt: told.attempt,
        offer: told.offer,
        target: told.target.map(|target| types::RecordRef { kind: target.kind, id: target.id }),
        settings: Value::Object(told.settings).to_string(),
        now: told.now.to_string(),
        time_zone: told.time_zone,
        language: told.language,
        more: "{}".to_owned(),
    }
}

/// A robot's outcome, or what is wrong with it.
pub(super) fn outcome(outcome: robot::Outcome) -> Result<RobotOutcome, String> {
    match outcome {
        robot::Outcome::Done(results) => object(&results, "results").map(RobotOutcome::Done),
        robot::Outcome::Skipped(reason) => Ok(RobotOutcome::Skipped(reason)),
    }
}

pub(super) fn verdict(verdict: trigger::Verdict) -> Verdict {
    match verdict {
        trigger::Verdict::Fire => Verdict::Fire,
        trigger::Verdict::Ignore(reason) => Verdict::Ignore(reason),
    }
}

/// A guest's JSON object, or a sentence that names `what` it should have been.
pub(super) fn object(json: &str, what: &str) -> Result<Map<String, Value>, String> {
    serde_json::from_str(json).map_err(|cause| format!("its {what} are not a JSON object: {cause}"))
}

/// A guest's JSON list.
pub(super) fn list(json: &str, what: &str) -> Result<Vec<Value>, String> {
    serde_json::from_str(json).map_err(|cause| format!("its {what} are not a JSON list: {cause}"))
}

pub(super) fn incoming(request: Incoming) -> http::Incoming {
    let Incoming { method, path, query, headers, body } = request;
    http::Incoming { method, path, query, headers: headers_out(headers), body }
}

pub(super) fn response(response: Response) -> http::Response {
    http::Response {
        status: response.status,
        headers: headers_out(response.headers),
        body: response.body,
    }
}

pub(super) fn reply(reply: http::Reply) -> Reply {
    Reply { status: reply.status, headers: headers_in(reply.headers), body: reply.body }
}

pub(super) fn exchange(exchange: channel::Exchange) -> Exchange {
    let channel::Exchange { request: sent, state, sends } = exchange;
    Exchange { request: request(sent), state, sends }
}

pub(super) fn request(request: http::Request) -> Request {
    let http::Request { method, url, headers, body } = request;
    Request { method, url, headers: headers_in(headers), body }
}

fn headers_out(headers: Vec<Header>) -> Vec<http::Header> {
    headers.into_iter().map(|Header { name, value }| http::Header { name, value }).collect()
}

fn headers_in(headers: Vec<http::Header>) -> Vec<Header> {
    headers.into_iter().map(|http::Header { name, value }| Header { name, value }).collect()
}
