//! Files that go along with a message.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use stagewright_sdk::prelude::*;

use super::request::{has_placeholder, is_id};
use crate::json::some_text;

/// Most attachments of a message: with the uploads before it, it has to fit into the eight requests that the host allows one try.
const ATTACHMENTS_MAX: usize = 3;

/// Largest file to upload: what a channel hands over at once may have 4 MiB.
const FILE_BYTES_MAX: usize = 3 << 20;

/// What WhatsApp makes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Image,
    Video,
    Audio,
    Sticker,
    Document,
}

impl Kind {
    /// Only what WhatsApp shows as such; everything else arrives as a document.
    fn of(mime: &str) -> Self {
        let plain = mime.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
        match plain.as_str() {
            "image/jpeg" | "image/png" => Self::Image,
            "image/webp" => Self::Sticker,
            "video/mp4" | "video/3gp" | "video/3gpp" => Self::Video,
            "audio/aac" | "audio/mp4" | "audio/mpeg" | "audio/amr" | "audio/ogg" | "audio/opus" => Self::Audio,
            _ => Self::Document,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Sticker => "sticker",
            Self::Document => "document",
        }
    }

    pub(super) fn takes_caption(self) -> bool {
        matches!(self, Self::Image | Self::Video | Self::Document)
    }
}

/// Where the file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// Here; it has to be uploaded.
    Bytes(Vec<u8>),
    /// WhatsApp fetches it.
    Link(String),
    /// WhatsApp has it, under this id.
    Medium(String),
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attachment {
    pub(super) kind: Kind,
    pub(super) mime: String,
    pub(super) name: Option<String>,
    pub(super) source: Source,
}

/// The job's attachments.
///
/// # Errors
/// Which one cannot be sent, and why.
pub(super) fn attachments(job: &Job) -> Result<Vec<Attachment>, String> {
    if job.attachments.len() > ATTACHMENTS_MAX {
        let count = job.attachments.len();
        return Err(format!("the message has {count} attachments; send at most {ATTACHMENTS_MAX} at once"));
    }
    let numbered = job.attachments.iter().zip(1..);
    numbered.map(|(value, number)| attachment(value).map_err(|reason| format!("attachment {number} {reason}"))).collect()
}

fn attachment(value: &Value) -> Result<Attachment, String> {
    let mime = some_text(value, "mime").ok_or("has no `mime`, the type of the file")?;
    if !is_mime(&mime) {
        return Err("has a `mime` that is no type of files; write for example image/png".into());
    }
    let source = match (some_text(value, "data"), some_text(value, "link"), some_text(value, "media")) {
        (Some(data), ..) => Source::Bytes(bytes(&data)?),
        (_, Some(link), _) if link.starts_with("https://") => Source::Link(link),
        (_, Some(_), _) => return Err("has a `link` that WhatsApp cannot fetch; it must begin with https://".into()),
        (_, _, Some(id)) if is_id(&id) => Source::Medium(id),
        (_, _, Some(_)) => return Err("has a `media` that is no id of WhatsApp's".into()),
        (None, None, None) => return Err("has none of `data`, `link` and `media`".into()),
    };
    Ok(Attachment { kind: Kind::of(&mime), mime, name: some_text(value, "name"), source })
}

fn bytes(data: &str) -> Result<Vec<u8>, String> {
    let bytes = STANDARD.decode(data).map_err(|cause| format!("has `data` that is not base64: {cause}"))?;
    match bytes.len() {
        0 => Err("is empty".into()),
        size if size > FILE_BYTES_MAX => {
            Err(format!("has {size} bytes; at most {FILE_BYTES_MAX} can be uploaded, give a `link` instead"))
        }
        // The host would put a secret in its place, and a file cannot be escaped as JSON can.
        _ if has_placeholder(&bytes) => Err("holds the text {{secret:, which must not leave the house in a file".into()),
        _ => Ok(bytes),
    }
}

/// The type stands in headers, so nothing else may be in it.
fn is_mime(mime: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&^_.+-; =/".contains(&byte);
    mime.len() <= 127
        && mime.bytes().all(fits)
        && mime.split_once('/').is_some_and(|(kind, rest)| !kind.is_empty() && !rest.is_empty())
}
