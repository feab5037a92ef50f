//! Fetching a file that a client sent: first where it is, then the file.

use serde::{Deserialize, Serialize};

use stagewright_sdk::prelude::*;

use super::answer::{Trouble, read, sort};
use super::request::{Api, get, is_id};
use crate::json::{integer, some_text, text};

/// Where Meta keeps files. The token goes there and to the API's own server alone; the manifest
/// asks for the same.
const FILE_SERVER: &str = "https://lookaside.fbsbx.com/";

/// What is known of a file before it is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct File {
    mime: String,
    size: i64,
}

/// The id that a job asks about: as text, or as the object that came with the message.
pub(super) fn asked(media: &Value) -> Result<&str, String> {
    let id = media.as_str().unwrap_or_else(|| text(media, "/id"));
    if is_id(id) { Ok(id) } else { Err("the medium to look up has no id of WhatsApp's".into()) }
}

/// From the description of a file to the request that fetches it.
pub(super) fn locate(
    api: &Api<'_>,
    bytes_max: Option<u64>,
    response: &Response,
) -> Result<(Request, File), Trouble> {
    let described = read(response)?;
    let url = text(&described, "/url");
    if !url.starts_with(FILE_SERVER) && !api.is_own(url) {
        return Err(Trouble::Permanent(format!(
            "the file is not on WhatsApp's server but at `{}`",
            crate::json::short(url, 100)
        )));
    }

    let size = integer(&described, "file_size").unwrap_or(0);
    if let Some(bytes_max) =
        bytes_max.filter(|bytes_max| u64::try_from(size).is_ok_and(|size| size > *bytes_max))
    {
        return Err(Trouble::Permanent(format!(
            "the file has {size} bytes; at most {bytes_max} are fetched"
        )));
    }

    let mime =
        some_text(&described, "mime_type").unwrap_or_else(|| "application/octet-stream".into());
    let file = File { mime, size };
    Ok((get(url.to_owned()), file))
}

/// What the file is; the host has it, as the response's body.
pub(super) fn fetched(file: &File, response: &Response) -> Result<Value, Trouble> {
    match response.status {
        200 => {}
        // The address is good for five minutes; a new try asks for another.
        404 | 410 => return Err(Trouble::Retry(None, "the file's address has expired".into())),
        status => {
            let body: Option<Value> = serde_json::from_slice(&response.body).ok();
            return Err(sort(status, response, body.as_ref().and_then(|body| body.get("error"))));
        }
    }

    let size = i64::try_from(response.body.len()).unwrap_or(i64::MAX);
    if file.size > 0 && size != file.size {
        return Err(Trouble::Retry(
            None,
            format!("the file has {} bytes, but {size} arrived", file.size),
        ));
    }
    Ok(json!({ "mime": file.mime }))
}
