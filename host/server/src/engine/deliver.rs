//! Sends one delivery: `sending` is durable before the request leaves, the verdict after.

use serde_json::json;

use stagewright_core::command::deliver::{self, Claimed, Job, Verdict};
use stagewright_core::context::OpContext;
use stagewright_core::drive::{self, Failure};
use stagewright_core::exchange::{self, Means};
use stagewright_core::id::TenantId;
use stagewright_core::key::Key;

use super::work::Worker;

/// How long one request may take.
const REQUEST_TIMEOUT_MS: u64 = 20_000;
/// Largest answer to a request, in bytes; providers answer with a few hundred.
const ANSWER_BYTES_MAX: usize = 1 << 20;

impl Worker {
    /// Tries a delivery once.
    pub(super) async fn deliver(
        &self,
        tenant: TenantId,
        key: &Key,
        id: &str,
    ) -> Result<(), Failure> {
        let ctx = OpContext::system(
            tenant,
            &["claim", id, &self.clock.now().to_string()],
            self.clock.now(),
        );
        let job = match drive::execute(&*self.store, |tx| deliver::claim(tx, &ctx, id)).await {
            Ok(Claimed::Send(job)) => *job,
            Ok(Claimed::Over) => return Ok(()),
            Err(Failure::Refused(_)) => return self.drop_row(key).await,
            Err(other) => return Err(other),
        };

        let verdict = self.send(tenant, &job).await;

        // A person's retry counts tries anew, so the moment of the claim is what tells one try from
        // all others.
        let ctx = OpContext::system(
            tenant,
            &["deliver", id, &job.delivery.updated_at.to_string()],
            self.clock.now(),
        );
        // A commit that fails is not tried again here. The row is still due and says `sending`, so
        // whoever claims it next knows that the message may be out.
        let state =
            drive::execute(&*self.store, |tx| deliver::finish(tx, &ctx, id, verdict.clone()))
                .await?;

        tracing::info!(
            %tenant, delivery = id, channel = %job.channel.id, state = %json!(state),
            "delivery tried"
        );
        Ok(())
    }

    /// Carries the message out through its channel.
    async fn send(&self, tenant: TenantId, job: &Job) -> Verdict {
        let names = job.plugin.secret_names(&job.channel.channel);
        let secrets = match self.vault.open_all(&*self.store, tenant, &names).await {
            Ok(secrets) => secrets,
            Err(error) => {
                return Verdict::Failed {
                    reason: error.to_string(),
                    code: "secret.unusable".into(),
                };
            }
        };

        let means =
            Means { plugins: &*self.plugins, connector: &*self.connector, clock: &*self.clock };
        let order = exchange::Job {
            channel: &job.channel,
            plugin: &job.plugin,
            grant: &job.grant,
            json: &job.json,
            secrets: &secrets,
            seed: format!("{}/{}", job.delivery.id, job.delivery.tries),
            timeout_ms: REQUEST_TIMEOUT_MS,
            answer_bytes_max: ANSWER_BYTES_MAX,
        };

        exchange::carry_out(means, &order).await.into()
    }
}
