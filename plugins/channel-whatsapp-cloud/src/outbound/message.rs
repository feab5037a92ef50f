//! Messages as the Graph API takes them.

use stagewright_sdk::prelude::*;

use super::attachment::{Attachment, Kind};
use crate::json::{list, text};

/// Most characters of a caption.
pub(super) const CAPTION_CHARS_MAX: usize = 1_024;

/// A free text.
pub(super) fn text_message(job: &Job) -> Value {
    addressed(job, "text", json!({ "preview_url": false, "body": job.text }))
}

/// A file that WhatsApp has, or that it fetches itself.
pub(super) fn media_message(
    job: &Job,
    attachment: &Attachment<'_>,
    reference: Value,
    caption: Option<&str>,
) -> Value {
    let mut part = reference;
    if let Value::Object(fields) = &mut part {
        if let Some(caption) = caption {
            fields.insert("caption".into(), caption.into());
        }
        if let (Kind::Document, Some(name)) = (attachment.kind, attachment.name) {
            fields.insert("filename".into(), name.into());
        }
    }

    addressed(job, attachment.kind.name(), part)
}

/// The job's approved template, filled in.
pub(super) fn template_message(job: &Job) -> Result<Value, String> {
    let template = job.template.as_ref().unwrap_or(&Value::Null);
    let name = text(template, "/name").trim();
    if name.is_empty() {
        return Err("the message's template has no name; set the robot's `template_name`".into());
    }

    let language = Some(text(template, "/language").trim())
        .filter(|language| !language.is_empty())
        .unwrap_or("en");
    let parameters: Vec<Value> = list(template, "parameters")
        .iter()
        .map(|value| json!({ "type": "text", "text": one_line(value) }))
        .collect();

    let mut part = json!({ "name": name, "language": { "code": language } });
    if let (Value::Object(fields), false) = (&mut part, parameters.is_empty()) {
        fields.insert("components".into(), json!([{ "type": "body", "parameters": parameters }]));
    }
    Ok(addressed(job, "template", part))
}

/// What every message has. The job's id comes back with each status and so settles deliveries whose
/// answer was lost.
fn addressed(job: &Job, kind: &str, part: Value) -> Value {
    let mut message = json!({
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": job.to.trim(),
        "type": kind,
        "biz_opaque_callback_data": job.id,
    });

    if let Value::Object(fields) = &mut message {
        fields.insert(kind.to_owned(), part);
    }
    message
}

/// WhatsApp refuses parameters with line ends, tabs or more than four spaces in a row.
fn one_line(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
