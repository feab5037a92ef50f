//! Carries a job out through a channel: asks the plugin for a request, sends it, gives the plugin
//! the answer, until it says what came of the job. A job is a message to deliver, or a file to look
//! up; either may take several requests.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::call::{Build, CallFailure, ChannelCall, ChannelSays, ChannelVerb, Exchange};
use crate::model::channel::Channel;
use crate::model::plugin::{Grant, Plugin};
use crate::outside::{ConnectError, Response, SealedRequest, SecretValues};
use crate::seams::{Clock, Connector, Plugins};

/// Requests of one job, uploads included.
const REQUESTS_MAX: usize = 8;

/// Who carries jobs out.
#[derive(Clone, Copy, Debug)]
pub struct Means<'a> {
    /// Who runs the channel's code.
    pub plugins: &'a dyn Plugins,
    /// Who sends.
    pub connector: &'a dyn Connector,
    /// What time it is.
    pub clock: &'a dyn Clock,
}

/// A job for a channel.
#[derive(Clone, Debug)]
pub struct Job<'a> {
    /// The channel.
    pub channel: &'a Channel,
    /// The plugin that translates.
    pub plugin: &'a Plugin,
    /// What the tenant granted it.
    pub grant: &'a Grant,
    /// What the plugin is given: its schema is in `wit/README.md`.
    pub json: &'a Value,
    /// What may be filled into requests.
    pub secrets: &'a SecretValues,
    /// Seed of the calls' randomness.
    pub seed: String,
    /// How long one request may take, in milliseconds.
    pub timeout_ms: u64,
    /// Largest body of an answer, in bytes.
    pub answer_bytes_max: usize,
}

/// How a job ended.
#[derive(Clone, PartialEq, Debug)]
pub enum Outcome {
    /// The channel says so, as the JSON that the contract describes. With it the answer to the last
    /// request, if there was one.
    Verdict(Map<String, Value>, Option<Response>),
    /// The recipient has certainly seen nothing of it.
    NotSent {
        /// Stable code.
        code: String,
        /// Why.
        reason: String,
        /// Whether trying again may help.
        retry: bool,
    },
    /// The recipient may have seen it, or a part of it.
    Unknown(String),
}

/// Carries a message out.
pub async fn carry_out(means: Means<'_>, job: &Job<'_>) -> Outcome {
    run(means, job, true).await
}

/// Looks something up. A channel that would send something for that is stopped before it does.
pub async fn look_up(means: Means<'_>, job: &Job<'_>) -> Outcome {
    run(means, job, false).await
}

async fn run(means: Means<'_>, job: &Job<'_>, may_send: bool) -> Outcome {
    let (mut state, mut last_response, mut requests) = (Vec::new(), None, 0);

    // Whether a request has left that the recipient may see something of. From then on nothing may
    // be repeated.
    let mut seen = false;

    loop {
        let verb = ChannelVerb::Send {
            job: job.json.clone(),
            state,
            // A copy, since a verdict hands the last answer on: a file is its body and never passes
            // through the guest's JSON (ADR 0007).
            last_response: last_response.clone(),
        };

        let Exchange { request, state: next_state, sends } =
            match means.plugins.channel(call(means, job, verb)).await.says {
                // Before anything leaves: whoever only looks at a file must not make the client see
                // something.
                Ok(ChannelSays::Request(exchange)) if exchange.sends && !may_send => {
                    return ended(
                        seen,
                        "plugin.bad-answer",
                        "the channel would send something for a look-up".into(),
                        false,
                    );
                }
                Ok(ChannelSays::Request(exchange)) if requests < REQUESTS_MAX => exchange,
                Ok(ChannelSays::Request(_)) => {
                    return ended(seen, "plugin.too-many-requests", too_many(), false);
                }
                Ok(ChannelSays::Verdict(map)) => return Outcome::Verdict(map, last_response),
                Ok(_) => {
                    return ended(
                        seen,
                        "plugin.bad-answer",
                        "the channel answered something else than `send` asks".into(),
                        false,
                    );
                }
                Err(CallFailure { code, message, .. }) => return ended(seen, &code, message, true),
            };

        requests += 1;
        let sealed = SealedRequest {
            request,
            secrets: job.secrets.clone(),
            servers: servers(job.channel, job.grant),
            timeout_ms: job.timeout_ms,
            answer_bytes_max: job.answer_bytes_max,
        };

        match means.connector.send(sealed).await {
            Ok(response) => (state, last_response) = (next_state, Some(response)),
            // This request has certainly not left, so only those before it count.
            Err(ConnectError::NotSent { code, reason, retry }) => {
                return ended(seen, code, reason, retry);
            }
            Err(lost @ ConnectError::AnswerTooLarge(_)) => {
                return ended(seen || sends, "connector.answer-too-large", lost.to_string(), false);
            }
            Err(ConnectError::Unknown(reason)) => {
                return ended(seen || sends, "connector.no-answer", reason, true);
            }
        }

        seen |= sends;
    }
}

/// A job that came to no verdict.
fn ended(seen: bool, code: &str, reason: String, retry: bool) -> Outcome {
    if seen {
        Outcome::Unknown(reason)
    } else {
        Outcome::NotSent { code: code.to_owned(), reason, retry }
    }
}

fn too_many() -> String {
    format!("the channel wants more than {REQUESTS_MAX} requests for one job")
}

fn call(means: Means<'_>, job: &Job<'_>, verb: ChannelVerb) -> ChannelCall {
    ChannelCall {
        build: Build {
            plugin: job.plugin.id.clone(),
            version: job.plugin.version.clone(),
            component: job.plugin.component.clone(),
            limits: job.plugin.limits.channel,
        },
        settings: job.channel.settings.clone(),
        public_url: String::new(),
        secrets: SecretValues::default(),
        now: means.clock.now(),
        seed: job.seed.clone(),
        verb,
    }
}

/// The servers a channel may speak to, as `host:port`: those of the addresses in its settings,
/// which an admin wrote, and the granted hosts at the port of `https`.
fn servers(channel: &Channel, grant: &Grant) -> BTreeSet<String> {
    let written = channel.settings.values().filter_map(Value::as_str).filter_map(server_of);

    let granted = grant
        .scopes
        .iter()
        .filter_map(|scope| scope.strip_prefix("http.send:"))
        .map(|host| format!("{host}:443"));
    written.chain(granted).map(|server| server.to_ascii_lowercase()).collect()
}

/// Host and port of an `http` or `https` address.
pub(crate) fn server_of(address: &str) -> Option<String> {
    let (rest, port) = match address.trim().split_once("://")? {
        (scheme, rest) if scheme.eq_ignore_ascii_case("https") => (rest, "443"),
        (scheme, rest) if scheme.eq_ignore_ascii_case("http") => (rest, "80"),
        _ => return None,
    };

    // As addresses are read by the standard: a backslash ends the host as a slash does, and what
    // stands before `@` is a user. Otherwise the server that is checked would not be the one that
    // is asked.
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let server = authority.rsplit('@').next()?;

    // The colons of an IPv6 address stand in brackets.
    let host_end = server.find(']').map_or_else(
        || server.find(':'),
        |bracket| server.get(bracket..)?.find(':').map(|at| bracket + at),
    );

    let (host, port) = host_end.map_or((server, port), |at| {
        (server.get(..at).unwrap_or(""), server.get(at + 1..).unwrap_or(""))
    });

    (!host.is_empty() && !port.is_empty()).then(|| format!("{host}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_its_server_with_the_port() {
        for (address, server) in [
            ("https://graph.example/v21.0", Some("graph.example:443")),
            ("HTTP://gate.example", Some("gate.example:80")),
            ("http://127.0.0.1:8080/x?y#z", Some("127.0.0.1:8080")),
            ("https://[::1]:8443/", Some("[::1]:8443")),
            ("https://[::1]/", Some("[::1]:443")),
            ("https://good.example@evil.example/", Some("evil.example:443")),
            ("https://a.example\\@b.example/", Some("a.example:443")),
            ("https:///x", None),
            ("https://x:/", None),
            ("ftp://a.example", None),
            ("no address", None),
        ] {
            assert_eq!(server_of(address).as_deref(), server, "{address}");
        }
    }
}
