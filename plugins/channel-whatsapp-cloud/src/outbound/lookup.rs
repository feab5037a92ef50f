//! Fetching a file that a client sent: first where it is, then the file.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use stagewright_sdk::prelude::*;

use super::answer::{Trouble, read, sort};
use super::request::{Api, get, is_id};
use crate::json::{integer, some_text, text};

/// Where Meta keeps files. The token goes there and to the API's own server alone; the manifest asks for the same.
const FILE_SERVER: &str = "https://lookaside.fbsbx.com/";

/// Largest file that is handed over: base64 makes a third more of it, and a channel's answer may have 4 MiB.
const FILE_BYTES_MAX: i64 = 2 << 20;

/// What is known of a file before it is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct File {
    id: String,
    mime: String,
    size: i64,
    sha256: Option<String>,
}

/// The id that a job asks about: as text, or as the object that came with the message.
pub(super) fn asked(media: &Value) -> Result<&str, String> {
    let id = media.as_str().unwrap_or_else(|| text(media, "/id"));
    if is_id(id) { Ok(id) } else { Err("the medium to look up has no id of WhatsApp's".into()) }
}

/// From the description of a file to the request that fetches it.
pub(super) fn locate(api: &Api<'_>, id: &str, response: &Response) -> Result<(Request, File), Trouble> {
    let described = read(response)?;
    let url = text(&described, "/url");
    if !url.starts_with(FILE_SERVER) && !api.is_own(url) {
        return Err(Trouble::Permanent(format!("the file is not on WhatsApp's server but at `{}`", crate::json::short(url, 100))));
    }
    let size = integer(&described, "file_size").unwrap_or(0);
    if size > FILE_BYTES_MAX {
        return Err(Trouble::Permanent(format!("the file has {size} bytes; at most {FILE_BYTES_MAX} are fetched")));
    }
    let file = File {
        id: id.to_owned(),
        mime: some_text(&described, "mime_type").unwrap_or_else(|| "application/octet-stream".into()),
        size,
        sha256: some_text(&described, "sha256"),
    };
    Ok((get(url.to_owned()), file))
}

/// The file itself.
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
    if size > FILE_BYTES_MAX || (file.size > 0 && size != file.size) {
        return Err(Trouble::Permanent(format!(
            "the file has {} bytes, but {size} arrived; it is too large for the host",
            file.size
        )));
    }
    let data = STANDARD.encode(&response.body);
    Ok(json!({ "id": file.id, "mime": file.mime, "size": size, "sha256": file.sha256, "data": data }))
}
