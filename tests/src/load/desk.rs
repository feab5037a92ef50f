//! How an actor asks the host, and what the end of the host means for that.

use std::sync::Arc;

use anyhow::bail;
use serde_json::Value;

use super::shift::Shift;
use crate::api::{Api, Ask, Outcome};
use crate::fixture::Tenant;

/// The host was killed before it answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gone;

/// What an actor works with.
#[derive(Debug, Clone)]
pub(crate) struct Desk {
    pub(crate) api: Api,
    pub(crate) tenant: Tenant,
    /// What the crew shares.
    pub(crate) shift: Arc<Shift>,
}

impl Desk {
    /// Asks for a change. One that is carried out counts as an acknowledgement, anything else but
    /// silence is an error.
    pub(crate) async fn change(&self, ask: &Ask) -> anyhow::Result<Result<Value, Gone>> {
        // This counts before the request leaves, so that the count holds whatever is under way at
        // the kill.
        self.shift.begins();
        let outcome = self.api.send(ask).await;
        match outcome {
            Outcome::Answered(200..=299, body) => {
                self.shift.acknowledged();
                Ok(Ok(body))
            }
            outcome if self.shift.is_over() && is_gone(&outcome) => {
                self.shift.lost();
                Ok(Err(Gone))
            }
            Outcome::Answered(status, body) => bail!("{ask:?} was answered {status}: {body}"),
            Outcome::Lost => bail!("the host did not answer, though nobody had killed it"),
        }
    }

    /// Looks at something; silence is all right once the host is gone.
    pub(crate) async fn look(&self, path: String) -> anyhow::Result<Result<Value, Gone>> {
        match self.api.send(&Ask::get(path)).await {
            Outcome::Answered(200..=299, body) => Ok(Ok(body)),
            outcome if self.shift.is_over() && is_gone(&outcome) => Ok(Err(Gone)),
            Outcome::Answered(status, body) => bail!("a look was answered {status}: {body}"),
            Outcome::Lost => bail!("the host did not answer a look, though nobody had killed it"),
        }
    }
}

/// Whether a host that is to end says nothing more, or that it takes nothing more. Either way
/// nobody knows what was done.
fn is_gone(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Lost => true,
        Outcome::Answered(status, body) => {
            *status == 503 && body.pointer("/code").is_some_and(|code| code == "store.stopped")
        }
    }
}

/// A request that was answered, to be sent again.
#[derive(Debug, Clone)]
pub(crate) struct Done {
    pub(crate) ask: Ask,
    pub(crate) answer: Value,
}

impl Done {
    /// Sends it again.
    pub(crate) async fn repeat(&self, api: &Api) -> anyhow::Result<()> {
        let again = api.done(&self.ask).await?;
        if again != self.answer {
            bail!("the same request was answered otherwise: first {}, then {again}", self.answer);
        }
        Ok(())
    }
}
