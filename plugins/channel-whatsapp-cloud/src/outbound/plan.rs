//! Which messages a delivery consists of: WhatsApp takes one file a message.

use stagewright_sdk::prelude::*;

use super::attachment::{Attachment, Source};
use super::message::CAPTION_CHARS_MAX;

/// A message of the delivery.
pub(super) enum Part {
    Text,
    /// The attachment of this index; the text is its caption or went before it.
    File {
        index: usize,
        captioned: bool,
    },
}

/// The text is the caption of the first file that takes one, else a message of its own before the
/// files.
pub(super) fn parts(job: &Job, attachments: &[Attachment<'_>]) -> Vec<Part> {
    let said = job.text.trim();
    let fits = !said.is_empty() && said.chars().count() <= CAPTION_CHARS_MAX;
    let captioned =
        attachments.iter().position(|attachment| fits && attachment.kind.takes_caption());
    let alone = (!said.is_empty() && captioned.is_none()).then_some(Part::Text);

    // The captioned file goes first: what it says comes before the rest.
    let mut order: Vec<usize> = (0..attachments.len()).collect();
    order.sort_by_key(|index| Some(*index) != captioned);
    let files =
        order.into_iter().map(|index| Part::File { index, captioned: Some(index) == captioned });
    alone.into_iter().chain(files).collect()
}

/// How a message names the file of this index.
pub(super) fn reference(
    attachments: &[Attachment<'_>],
    index: usize,
    media: &[String],
) -> Result<Value, String> {
    let is_here = |attachment: &&Attachment<'_>| matches!(attachment.source, Source::Here(_));
    let before = attachments.iter().take(index).filter(is_here).count();

    match attachments.get(index).map(|attachment| attachment.source) {
        Some(Source::Here(_)) => media
            .get(before)
            .map(|id| json!({ "id": id }))
            .ok_or_else(|| "an upload is missing".into()),
        Some(Source::Link(link)) => Ok(json!({ "link": link })),
        Some(Source::Medium(id)) => Ok(json!({ "id": id })),
        None => Err("an attachment is gone".into()),
    }
}
