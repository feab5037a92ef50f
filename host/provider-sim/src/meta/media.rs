//! Files: taking them, saying where they are, giving them out.

use serde_json::json;
use sha2::{Digest, Sha256};

use stagewright_core::outside::Reply;

use super::form::{self, Form};
use super::medium::Medium;
use super::refusal::{Refusal, invalid, of_code};
use super::send::sender;
use super::spelling::seconds;
use crate::record::Received;
use crate::reply::{header, json as answered, plain};
use crate::state::Shared;

/// Where the addresses of files begin.
pub(super) const FILES: &str = "files";

/// For how many seconds the address of a file is good.
const ADDRESS_SECONDS: i64 = 300;

/// Keeps a file under an id of its own.
pub(crate) fn keep(shared: &Shared, mime: &str, bytes: Vec<u8>) -> Medium {
    let mut state = shared.lock();
    // Ids look like Meta's: digits alone.
    let id = format!("{}{:03}", shared.now().0, state.next() % 1_000);
    let medium = Medium {
        id: id.clone(),
        mime: mime.to_owned(),
        sha256: Sha256::digest(&bytes).into(),
        bytes,
    };

    state.media.insert(id, medium.clone());
    medium
}

/// `POST /{version}/{number}/media`.
pub(super) fn upload(shared: &Shared, request: &Received, number: &str) -> Result<Reply, Refusal> {
    sender(&shared.options, number)?;
    let Form { product, kind, file } =
        form::read(request.header("Content-Type").unwrap_or(""), &request.body)?;
    if product.as_deref() != Some("whatsapp") {
        return Err(invalid("The parameter messaging_product is required."));
    }

    let file = file.ok_or_else(|| invalid("The parameter file is required."))?;
    let mime = kind
        .filter(|kind| !kind.is_empty())
        .or(file.mime)
        .ok_or_else(|| invalid("The parameter type is required."))?;
    if file.bytes.is_empty() {
        return Err(of_code(131053).because("The file is empty."));
    }

    let medium = keep(shared, &mime, file.bytes);
    Ok(answered(200, &json!({ "id": medium.id })))
}

/// `GET /{version}/{medium}`.
pub(super) fn describe(shared: &Shared, id: &str) -> Result<Reply, Refusal> {
    let medium = find(shared, id)?;
    let until = seconds(shared.now()) + ADDRESS_SECONDS;

    let body = json!({
        "messaging_product": "whatsapp",
        "url": format!("{}/{FILES}/{id}?ext={until}", shared.origin()),
        "mime_type": medium.mime,
        "sha256": hex::encode(medium.sha256),
        "file_size": medium.bytes.len(),
        "id": id,
    });
    Ok(answered(200, &body))
}

/// The address that `describe` gave.
pub(super) fn fetch(shared: &Shared, request: &Received, id: &str) -> Result<Reply, Refusal> {
    let until = request.target.split_once("?ext=").and_then(|(_, until)| until.parse::<i64>().ok());
    if until.is_none_or(|until| until < seconds(shared.now())) {
        return Ok(plain(404, ""));
    }

    let medium = find(shared, id)?;
    Ok(Reply {
        status: 200,
        headers: vec![header("Content-Type", medium.mime)],
        body: medium.bytes,
    })
}

fn find(shared: &Shared, id: &str) -> Result<Medium, Refusal> {
    let missing = || {
        invalid(format!(
            "Unsupported get request. Object with ID '{id}' does not exist or cannot be loaded"
        ))
    };
    shared.lock().media.get(&id.to_owned()).cloned().ok_or_else(missing)
}
