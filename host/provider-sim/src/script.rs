//! How a request is to be answered instead of as usual.

use stagewright_core::outside::Reply;

use super::meta::refusal;
use super::reply::header;

/// One request's answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Script {
    /// As usual; for leaving requests out of a sequence.
    Usual,
    /// What is asked for is done, and the answer comes so many milliseconds of the clock later.
    Late(i64),
    /// What is asked for is done, but the connection breaks before the answer.
    LoseAnswer,
    /// The connection breaks and nothing was done.
    LoseRequest,
    /// Nothing was done, and the answer is this status without Meta's words, as a proxy gives it.
    Status {
        /// The HTTP status.
        status: u16,
        /// `Retry-After`, in seconds.
        retry_after: Option<u32>,
    },
    /// Nothing was done, and the answer is Meta's error of this code.
    Error {
        /// Meta's code, for example 130429.
        code: i64,
        /// `Retry-After`, in seconds.
        retry_after: Option<u32>,
    },
}

impl Script {
    /// A bare status.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self::Status { status, retry_after: None }
    }

    /// 429 with `Retry-After`.
    #[must_use]
    pub fn busy(seconds: u32) -> Self {
        Self::Status { status: 429, retry_after: Some(seconds) }
    }

    /// Meta's error of this code.
    #[must_use]
    pub fn error(code: i64) -> Self {
        Self::Error { code, retry_after: None }
    }

    /// The answer that is given instead of doing anything.
    pub(super) fn instead(&self, trace: u64) -> Option<Reply> {
        let (mut reply, retry_after) = match self {
            Self::Status { status, retry_after } => {
                (Reply { status: *status, headers: Vec::new(), body: Vec::new() }, *retry_after)
            }
            Self::Error { code, retry_after } => {
                (refusal::of_code(*code).reply(trace), *retry_after)
            }
            Self::Usual | Self::Late(_) | Self::LoseAnswer | Self::LoseRequest => return None,
        };

        reply.headers.extend(retry_after.map(|seconds| header("Retry-After", seconds.to_string())));
        Some(reply)
    }
}
