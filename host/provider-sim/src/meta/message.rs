//! The shape of a message, checked as strictly as Meta checks it.

use serde_json::{Map, Value};

use super::refusal::{Refusal, invalid, of_code};
use super::spelling::digits;

/// Longest text, in characters.
const TEXT_CHARS_MAX: usize = 4_096;
/// Longest caption, in characters.
const CAPTION_CHARS_MAX: usize = 1_024;
/// Longest text of the business's own that comes back with statuses, in characters.
const CALLBACK_CHARS_MAX: usize = 512;

/// A message of the right shape.
#[derive(Debug)]
pub(super) struct Message {
    /// The recipient in digits.
    pub(super) to: String,
    /// The recipient as it was written.
    pub(super) input: String,
    /// Meta's word for what it is.
    pub(super) kind: String,
    /// What comes back with statuses.
    pub(super) callback: Option<String>,
    pub(super) content: Content,
}

/// What has to be compared with what there is.
#[derive(Debug)]
pub(super) enum Content {
    /// Goes within the 24 hours.
    Text,
    /// Goes within the 24 hours, and the file, if it was uploaded, has to be there.
    File(Option<String>),
    /// Goes at any time, if it was approved like this.
    Template { name: String, language: String, parameters: usize },
}

type Object = Map<String, Value>;

/// Reads a message.
pub(super) fn read(body: &[u8]) -> Result<Message, Refusal> {
    let body: Value = serde_json::from_slice(body)
        .map_err(|cause| invalid(format!("The body is not JSON: {cause}")))?;
    let body = body.as_object().ok_or_else(|| invalid("The body is not a JSON object."))?;

    if text(body, "messaging_product")? != "whatsapp" {
        return Err(invalid("Param messaging_product must be one of {WHATSAPP}"));
    }
    if body.get("recipient_type").is_some_and(|kind| kind != "individual") {
        return Err(invalid("Param recipient_type must be one of {INDIVIDUAL}"));
    }

    let input = text(body, "to")?;
    let to = digits(input);
    if !(7..=15).contains(&to.len())
        || input.chars().any(|c| !c.is_ascii_digit() && !"+-() ".contains(c))
    {
        return Err(of_code(131009).because("The parameter to is not a phone number."));
    }

    let kind = body.get("type").map_or(Ok("text"), |_| text(body, "type"))?;
    let part = body
        .get(kind)
        .and_then(Value::as_object)
        .ok_or_else(|| invalid(format!("The parameter {kind} is required.")))?;
    let content = match kind {
        "text" => words(part)?,
        "image" | "video" => file(kind, part, &["id", "link", "caption"])?,
        "document" => file(kind, part, &["id", "link", "caption", "filename"])?,
        "audio" | "sticker" => file(kind, part, &["id", "link"])?,
        "template" => template(part)?,
        other => {
            return Err(of_code(131051)
                .because(format!("The stand-in does not take messages of the type {other}.")));
        }
    };

    Ok(Message {
        to,
        input: input.to_owned(),
        kind: kind.to_owned(),
        callback: callback(body)?,
        content,
    })
}

fn callback(body: &Object) -> Result<Option<String>, Refusal> {
    if !body.contains_key("biz_opaque_callback_data") {
        return Ok(None);
    }
    let callback = text(body, "biz_opaque_callback_data")?;
    within("biz_opaque_callback_data", callback, CALLBACK_CHARS_MAX)?;
    Ok(Some(callback.to_owned()))
}

fn words(part: &Object) -> Result<Content, Refusal> {
    only("text", part, &["body", "preview_url"])?;
    within("text['body']", text(part, "body")?, TEXT_CHARS_MAX)?;
    if part.get("preview_url").is_some_and(|value| !value.is_boolean()) {
        return Err(invalid("Param text['preview_url'] must be a boolean"));
    }
    Ok(Content::Text)
}

fn file(kind: &str, part: &Object, keys: &[&str]) -> Result<Content, Refusal> {
    only(kind, part, keys)?;
    if part.contains_key("caption") {
        within(&format!("{kind}['caption']"), text(part, "caption")?, CAPTION_CHARS_MAX)?;
    }

    match (part.contains_key("id"), part.contains_key("link")) {
        (true, false) => Ok(Content::File(Some(text(part, "id")?.to_owned()))),
        (false, true) if text(part, "link")?.starts_with("http") => Ok(Content::File(None)),
        _ => Err(invalid(format!(
            "Param {kind} must have exactly one of id and link, and a link must be an address"
        ))),
    }
}

fn template(part: &Object) -> Result<Content, Refusal> {
    only("template", part, &["name", "language", "components"])?;
    let language = part
        .get("language")
        .and_then(Value::as_object)
        .ok_or_else(|| invalid("The parameter language is required."))?;
    let components = part
        .get("components")
        .map_or(Ok(&[][..]), |value| array("template['components']", value))?;

    let mut parameters = 0;
    for component in components {
        let component = component
            .as_object()
            .ok_or_else(|| invalid("Param template['components'] must hold objects"))?;
        only("component", component, &["type", "parameters"])?;
        if text(component, "type")? != "body" {
            return Err(of_code(132012).because("The stand-in's templates have a body alone."));
        }

        let given = component
            .get("parameters")
            .ok_or_else(|| invalid("The parameter parameters is required."))?;
        let given = array("parameters", given)?;
        given.iter().try_for_each(parameter)?;
        parameters += given.len();
    }

    Ok(Content::Template {
        name: text(part, "name")?.to_owned(),
        language: text(language, "code")?.to_owned(),
        parameters,
    })
}

fn parameter(value: &Value) -> Result<(), Refusal> {
    let parameter =
        value.as_object().ok_or_else(|| invalid("Param parameters must hold objects"))?;
    only("parameter", parameter, &["type", "text"])?;
    if text(parameter, "type")? != "text" {
        return Err(of_code(132012).because("The stand-in's templates take texts alone."));
    }

    let said = text(parameter, "text")?;
    if said.contains(['\n', '\r', '\t']) || said.contains("     ") {
        return Err(of_code(132012).because(
            "Param text cannot have new-line/tab characters or more than 4 consecutive spaces",
        ));
    }
    Ok(())
}

/// A text that is there and says something.
fn text<'a>(object: &'a Object, key: &str) -> Result<&'a str, Refusal> {
    match object.get(key) {
        Some(Value::String(text)) if !text.trim().is_empty() => Ok(text),
        Some(Value::String(_)) | None => Err(invalid(format!("The parameter {key} is required."))),
        Some(_) => Err(invalid(format!("Param {key} must be a string"))),
    }
}

fn array<'a>(name: &str, value: &'a Value) -> Result<&'a [Value], Refusal> {
    value
        .as_array()
        .map(Vec::as_slice)
        .ok_or_else(|| invalid(format!("Param {name} must be an array")))
}

fn only(name: &str, object: &Object, keys: &[&str]) -> Result<(), Refusal> {
    match object.keys().find(|key| !keys.contains(&key.as_str())) {
        Some(key) => Err(invalid(format!("Unexpected key \"{key}\" on param \"{name}\""))),
        None => Ok(()),
    }
}

fn within(name: &str, text: &str, chars_max: usize) -> Result<(), Refusal> {
    match text.chars().count() <= chars_max {
        true => Ok(()),
        false => Err(invalid(format!("Param {name} must be at most {chars_max} characters long"))),
    }
}
