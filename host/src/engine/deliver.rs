//! Sends one delivery: `sending` is durable before the request leaves, the verdict after.

use std::collections::BTreeSet;

use serde_json::json;
use stagewright_core::call::{Build, ChannelCall, ChannelSays, ChannelVerb};
use stagewright_core::command::deliver::{self, Claimed, Job, Verdict};
use stagewright_core::context::OpContext;
use stagewright_core::drive::{self, Failure};
use stagewright_core::id::TenantId;
use stagewright_core::key::Key;
use stagewright_core::model::tenant::Secret;
use stagewright_core::outside::{ConnectError, SealedRequest, SecretValues};

use super::work::Worker;

/// Requests of one try, uploads included.
const REQUESTS_MAX: usize = 8;
/// How long one request may take.
const REQUEST_TIMEOUT_MS: u64 = 20_000;

impl Worker {
    /// Tries a delivery once.
    pub(super) async fn deliver(&self, tenant: TenantId, key: &Key, id: &str) -> Result<(), Failure> {
        let ctx = OpContext::system(tenant, &["claim", id, &self.clock.now().to_string()], self.clock.now());
        let job = match drive::execute(&*self.store, |tx| deliver::claim(tx, &ctx, id)).await {
            Ok(Claimed::Send(job)) => *job,
            Ok(Claimed::Over) => return Ok(()),
            Err(Failure::Refused(_)) => return self.drop_row(key).await,
            Err(other) => return Err(other),
        };
        let verdict = self.send(tenant, &job).await;
        let ctx = OpContext::system(tenant, &["deliver", id, &job.delivery.tries.to_string()], self.clock.now());
        let state = drive::execute(&*self.store, |tx| deliver::finish(tx, &ctx, id, verdict.clone())).await?;
        tracing::info!(%tenant, delivery = id, channel = %job.channel.id, state = %json!(state), "delivery tried");
        Ok(())
    }

    /// Asks the channel plugin for requests and sends them until it gives a verdict.
    async fn send(&self, tenant: TenantId, job: &Job) -> Verdict {
        let secrets = match self.secrets(tenant, job).await {
            Ok(secrets) => secrets,
            Err(reason) => return Verdict::Failed { reason, code: "secret.unusable".into() },
        };
        let (mut state, mut last_response, mut requests) = (Vec::new(), None, 0);
        loop {
            let verb = ChannelVerb::Send { job: job.json.clone(), state, last_response };
            let says = match self.plugins.channel(self.call(job, verb)).await.says {
                Ok(says) => says,
                // Before the first request nothing can have arrived; afterwards nobody knows.
                Err(failure) if requests == 0 => {
                    return Verdict::Retry { after_ms: 0, reason: failure.message, code: failure.code };
                }
                Err(failure) => return Verdict::Unknown(failure.message),
            };
            let (request, next_state) = match says {
                ChannelSays::Send(request, next_state) if requests < REQUESTS_MAX => (request, next_state),
                ChannelSays::Verdict(map) => return Verdict::parse(&map),
                other => return Verdict::Unknown(format!("the channel answered send with {other:?}")),
            };
            requests += 1;
            let hosts = hosts_of(job);
            let sealed = SealedRequest { request, secrets: secrets.clone(), hosts, timeout_ms: REQUEST_TIMEOUT_MS };
            match self.connector.send(sealed).await {
                Ok(response) => (state, last_response) = (next_state, Some(response)),
                Err(error) => return lost(error),
            }
        }
    }

    fn call(&self, job: &Job, verb: ChannelVerb) -> ChannelCall {
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
            now: self.clock.now(),
            seed: format!("{}/{}", job.delivery.id, job.delivery.tries),
            verb,
        }
    }

    /// Opens the secrets that the channel's catalogue entry names.
    async fn secrets(&self, tenant: TenantId, job: &Job) -> Result<SecretValues, String> {
        let infos = job.plugin.catalogue.channels.iter().filter(|info| info.id == job.channel.channel);
        let names: BTreeSet<&String> = infos.flat_map(|info| info.secrets.iter().map(|secret| &secret.name)).collect();
        let mut values = SecretValues::default();
        for name in names {
            let key = Secret::key(tenant, name);
            let found = drive::query(&*self.store, |tx| tx.peek::<Secret>(&key)).await.map_err(|e| e.to_string())?;
            if let Some((secret, _)) = found {
                let open = self.vault.open(tenant, name, &secret.sealed).map_err(|e| e.to_string())?;
                values.0.insert(name.clone(), open);
            }
        }
        Ok(values)
    }
}

/// The hosts a channel may speak to: those of the addresses in its settings, which an admin wrote, and those that were granted.
fn hosts_of(job: &Job) -> BTreeSet<String> {
    let texts = job.channel.settings.values().filter_map(serde_json::Value::as_str);
    let granted = job.grant.scopes.iter().filter_map(|scope| scope.strip_prefix("http.send:"));
    texts.filter_map(host_of).chain(granted).map(str::to_ascii_lowercase).collect()
}

/// The host of an `http` or `https` address.
fn host_of(address: &str) -> Option<&str> {
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"))?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    let bare = if host.starts_with('[') { host.split_inclusive(']').next()? } else { host.split(':').next()? };
    Some(bare).filter(|host| !host.is_empty())
}

/// What a request without an answer means.
fn lost(error: ConnectError) -> Verdict {
    match error {
        ConnectError::NotSent { code, reason, retry: true } => Verdict::Retry { after_ms: 0, reason, code: code.to_owned() },
        ConnectError::NotSent { code, reason, retry: false } => Verdict::Failed { reason, code: code.to_owned() },
        ConnectError::Unknown(reason) => Verdict::Unknown(reason),
    }
}
