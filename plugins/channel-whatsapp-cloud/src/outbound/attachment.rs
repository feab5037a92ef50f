//! Files that go along with a message.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use stagewright_sdk::prelude::*;

use super::request::{PLACEHOLDER, contains, is_id};
use crate::json::text;

/// Most attachments of a message: with the uploads before it, it has to fit into the eight requests
/// that the host allows one try.
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
            "audio/aac" | "audio/mp4" | "audio/mpeg" | "audio/amr" | "audio/ogg" | "audio/opus" => {
                Self::Audio
            }
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source<'a> {
    /// Here, in base64; it has to be uploaded.
    Here(&'a str),
    /// WhatsApp fetches it.
    Link(&'a str),
    /// WhatsApp has it, under this id.
    Medium(&'a str),
}

/// One file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Attachment<'a> {
    pub(super) kind: Kind,
    pub(super) mime: &'a str,
    pub(super) name: Option<&'a str>,
    pub(super) source: Source<'a>,
}

/// The job's attachments.
///
/// # Errors
/// Which one cannot be sent, and why.
pub(super) fn attachments(job: &Job) -> Result<Vec<Attachment<'_>>, String> {
    if job.attachments.len() > ATTACHMENTS_MAX {
        let count = job.attachments.len();
        return Err(format!(
            "the message has {count} attachments; send at most {ATTACHMENTS_MAX} at once"
        ));
    }

    let numbered = job.attachments.iter().zip(1..);
    numbered
        .map(|(value, number)| {
            attachment(value).map_err(|reason| format!("attachment {number} {reason}"))
        })
        .collect()
}

fn attachment(value: &Value) -> Result<Attachment<'_>, String> {
    let mime = text(value, "/mime");
    if !is_mime(mime) {
        return Err("has no `mime` that is a type of files; write for example image/png".into());
    }

    let source = match (text(value, "/data"), text(value, "/link"), text(value, "/media")) {
        ("", "", "") => return Err("has none of `data`, `link` and `media`".into()),
        ("", "", id) if is_id(id) => Source::Medium(id),
        ("", "", _) => return Err("has a `media` that is no id of WhatsApp's".into()),
        ("", link, _) if link.starts_with("https://") => Source::Link(link),
        ("", ..) => {
            return Err(
                "has a `link` that WhatsApp cannot fetch; it must begin with https://".into()
            );
        }
        (data, ..) if data.len() / 4 * 3 > FILE_BYTES_MAX + 2 => return Err(too_large()),
        (data, ..) => Source::Here(data),
    };

    let name = Some(text(value, "/name")).filter(|name| !name.is_empty());
    Ok(Attachment { kind: Kind::of(mime), mime, name, source })
}

/// The file itself. Done once for each upload, since it is the costly part.
///
/// # Errors
/// Why it cannot be uploaded.
pub(super) fn decoded(data: &str) -> Result<Vec<u8>, String> {
    let bytes = STANDARD
        .decode(data)
        .map_err(|cause| format!("an attachment has `data` that is not base64: {cause}"))?;
    if bytes.len() > FILE_BYTES_MAX {
        return Err(format!("an attachment {}", too_large()));
    }

    // The host would put a secret in its place, and a file cannot be escaped as JSON can.
    if contains(&bytes, PLACEHOLDER) {
        return Err(
            "an attachment holds the text {{secret:, which must not leave the house in a file"
                .into(),
        );
    }
    Ok(bytes)
}

fn too_large() -> String {
    format!(
        "has more than {FILE_BYTES_MAX} bytes, which is too much to upload; give a `link` instead"
    )
}

/// The type stands in headers, so nothing else may be in it.
fn is_mime(mime: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&^_.+-; =/".contains(&byte);
    mime.len() <= 127
        && mime.bytes().all(fits)
        && mime.split_once('/').is_some_and(|(kind, rest)| !kind.is_empty() && !rest.is_empty())
}
