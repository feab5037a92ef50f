//! Receipts: the durable answer to a request, so that repeating it changes nothing.

use serde_json::Value;

use stagewright_core::context::OpContext;
use stagewright_core::drive::{self, Failure};
use stagewright_core::id::TenantId;
use stagewright_core::key::{Key, Queue};
use stagewright_core::limits::RECEIPT_MS;
use stagewright_core::model::due::Due;
use stagewright_core::model::tenant::Receipt;
use stagewright_core::refusal::{Refusal, RefusalKind};
use stagewright_core::tx::{Halt, Tx};

use super::{Command, Service};

/// What makes two requests the same one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Once {
    /// The token's id.
    pub credential: String,
    /// Method and path.
    pub route: String,
    /// The client's key.
    pub key: String,
    /// SHA-256 of the body, hexadecimal.
    pub body_hash: String,
}

impl Service {
    /// Carries a command out once for its idempotency key: the answer is kept in a receipt that is
    /// committed with it.
    ///
    /// # Errors
    /// [`Failure`]; `idempotency.other-body` where the key was used with another body.
    pub async fn execute_once(
        &self,
        command: &Command,
        once: Option<&Once>,
        decision: impl Fn(&mut Tx<'_>, &OpContext) -> Result<(u16, Value), Halt> + Send + Sync,
    ) -> Result<(u16, Value), Failure> {
        drive::execute(&*self.store, |tx| {
            answer_once(tx, &command.ctx, once, |tx| decision(tx, &command.ctx))
        })
        .await
    }

    /// Whether a request with this key was answered before and its answer is still kept, whatever
    /// its body was.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn was_answered(&self, tenant: TenantId, once: &Once) -> Result<bool, Failure> {
        let receipt = self
            .find::<Receipt>(&Receipt::key(tenant, &once.credential, &once.route, &once.key))
            .await?;

        Ok(receipt.is_some_and(|(receipt, _)| receipt.expires_at > self.clock.now()))
    }
}

/// Answers from the receipt, or decides and writes one. The receipt's absence is a precondition of
/// the same commit, so of two requests at once one conflicts, looks again and finds the other's
/// receipt. Refusals are not kept.
fn answer_once(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    once: Option<&Once>,
    decision: impl FnOnce(&mut Tx<'_>) -> Result<(u16, Value), Halt>,
) -> Result<(u16, Value), Halt> {
    let Some(once) = once else { return decision(tx) };
    let key = Receipt::key(ctx.tenant, &once.credential, &once.route, &once.key);

    // A receipt that has expired counts as none, also where the sweep has not come to it yet.
    if let Some((receipt, _)) =
        tx.get::<Receipt>(&key)?.filter(|(receipt, _)| receipt.expires_at > ctx.now)
    {
        if receipt.body_hash == once.body_hash {
            return Ok((receipt.status, receipt.answer));
        }
        let message =
            "this Idempotency-Key was used with another body; use a new key for a new request";
        return Err(Refusal::new(RefusalKind::Invalid, "idempotency.other-body", message).into());
    }

    let (status, answer) = decision(tx)?;
    let expires_at = ctx.now.plus_ms(RECEIPT_MS);
    tx.put(
        key,
        &Receipt { body_hash: once.body_hash.clone(), status, answer: answer.clone(), expires_at },
    )?;

    let of = (once.credential.clone(), once.route.clone(), once.key.clone());
    let name = format!("{}/{}/{}", of.0, of.1, of.2);
    // A receipt that nobody asks for again is deleted by the sweep alone.
    tx.put(
        Key::due(Queue::Sweep, ctx.tenant, expires_at, 0, &name),
        &Due::Receipt { of, at: expires_at },
    )?;
    Ok((status, answer))
}
