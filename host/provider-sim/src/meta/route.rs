//! Which request is which, and whether it may be made at all.

use stagewright_core::outside::Reply;

use super::media::{self, FILES};
use super::refusal::{self, Refusal};
use super::send;
use crate::record::Received;
use crate::state::Shared;

/// Answers one request. The token comes first: without it nothing is said of what there is.
pub(crate) fn answer(shared: &Shared, request: &Received, segments: &[&str]) -> Reply {
    let done =
        authorise(shared, request).and_then(|()| match (request.method.as_str(), segments) {
            ("POST", [version, number, "messages"]) if is_version(version) => {
                send::message(shared, request, number)
            }
            ("POST", [version, number, "media"]) if is_version(version) => {
                media::upload(shared, request, number)
            }
            ("GET", [files, id]) if *files == FILES => media::fetch(shared, request, id),
            ("GET", [version, id]) if is_version(version) => media::describe(shared, id),
            _ => Err(refusal::unknown_path(&request.target)),
        });
    done.unwrap_or_else(|refusal: Refusal| refusal.reply(shared.lock().next()))
}

fn authorise(shared: &Shared, request: &Received) -> Result<(), Refusal> {
    let expected = format!("Bearer {}", shared.options.access_token);
    match request.header("Authorization") {
        Some(token) if token == expected => Ok(()),
        Some(_) => Err(refusal::of_code(190)),
        None => {
            Err(refusal::of_code(190)
                .because("An access token is required to request this resource."))
        }
    }
}

/// `v21.0`.
fn is_version(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.strip_prefix('v')
        .and_then(|rest| rest.split_once('.'))
        .is_some_and(|(major, minor)| digits(major) && digits(minor))
}
