//! A request that is being held.

use tokio::task::JoinHandle;

use stagewright_client::{Answer, ClientError};

use crate::scenario::grammar::Entry;

/// The request, and what made it.
#[derive(Debug)]
pub(super) struct UnderWay {
    pub(super) entry: Entry,
    pub(super) sending: JoinHandle<Result<Answer, ClientError>>,
}
