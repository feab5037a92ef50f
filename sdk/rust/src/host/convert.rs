//! Between the bindings' types and the SDK's.

use crate::raw::channel::exports::stagewright::channel::channel as wire_channel;
use crate::raw::robot::exports::stagewright::plugin::robot as wire_robot;
use crate::raw::stagewright::channel::http as wire;
use crate::raw::stagewright::plugin::call as wire_call;
use crate::raw::trigger::exports::stagewright::plugin::trigger as wire_trigger;
use crate::{
    Authenticity, Call, Context, Done, Failure, Header, Incoming, RecordRef, Reply, Request,
    Response, Step, Verdict,
};

impl From<wire_call::Context> for Context {
    fn from(context: wire_call::Context) -> Self {
        Self {
            offer: context.offer,
            settings: context.settings,
            call: Call {
                step_id: context.step_id,
                attempt: context.attempt,
                target: context.target.map(|target| RecordRef { kind: target.kind, id: target.id }),
                now: context.now,
                time_zone: context.time_zone,
                language: context.language,
                more: context.more,
            },
        }
    }
}

impl From<Failure> for wire_call::Failure {
    fn from(failure: Failure) -> Self {
        Self {
            code: failure.code,
            message: failure.message,
            setting: failure.setting,
            retryable: failure.retryable,
            retry_after_seconds: failure.retry_after_seconds,
        }
    }
}

impl From<Done<String>> for wire_robot::Outcome {
    fn from(done: Done<String>) -> Self {
        match done {
            Done::Done(results) => Self::Done(results),
            Done::Skipped(reason) => Self::Skipped(reason),
        }
    }
}

impl From<Verdict> for wire_trigger::Verdict {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Fire => Self::Fire,
            Verdict::Ignore(reason) => Self::Ignore(reason),
        }
    }
}

impl From<wire::Header> for Header {
    fn from(header: wire::Header) -> Self {
        Self { name: header.name, value: header.value }
    }
}

impl From<Header> for wire::Header {
    fn from(header: Header) -> Self {
        Self { name: header.name, value: header.value }
    }
}

fn each<A, B: From<A>>(list: Vec<A>) -> Vec<B> {
    list.into_iter().map(B::from).collect()
}

impl From<wire::Incoming> for Incoming {
    fn from(incoming: wire::Incoming) -> Self {
        Self {
            method: incoming.method,
            path: incoming.path,
            query: incoming.query,
            headers: each(incoming.headers),
            body: incoming.body,
        }
    }
}

impl From<wire::Response> for Response {
    fn from(response: wire::Response) -> Self {
        Self { status: response.status, headers: each(response.headers), body: response.body }
    }
}

impl From<Reply> for wire::Reply {
    fn from(reply: Reply) -> Self {
        Self { status: reply.status, headers: each(reply.headers), body: reply.body }
    }
}

impl From<Request> for wire::Request {
    fn from(request: Request) -> Self {
        Self {
            method: request.method,
            url: request.url,
            headers: each(request.headers),
            body: request.body,
        }
    }
}

impl From<Authenticity> for wire_channel::Authenticity {
    fn from(authenticity: Authenticity) -> Self {
        match authenticity {
            Authenticity::Ok(reply) => Self::Ok(reply.into()),
            Authenticity::Handshake(reply) => Self::Handshake(reply.into()),
            Authenticity::Reject(reason) => Self::Reject(reason),
        }
    }
}

impl From<Step> for wire_channel::Step {
    fn from(step: Step) -> Self {
        match step {
            Step::Send(request, state) => Self::Request(wire_channel::Exchange {
                request: request.into(),
                state,
                sends: true,
            }),
            Step::Ask(request, state) => Self::Request(wire_channel::Exchange {
                request: request.into(),
                state,
                sends: false,
            }),
            Step::Done(delivery) => Self::Done(delivery.to_json().to_string()),
        }
    }
}
