//! What a client sent: a text for people whatever it is, and beside it what programs may want.

use stagewright_sdk::prelude::*;

use super::stamp::{address, moment};
use crate::json::{integer, list, some_text, text};

/// What else of a message is kept as Meta wrote it.
const KEPT: [&str; 4] = ["context", "referral", "errors", "group_id"];

/// One message as an event; nothing where it cannot be told who wrote or which message it is.
pub(super) fn event(message: &Value, contacts: &[Value]) -> Option<InboundEvent> {
    // A client who hides his number has an id for this business only.
    let from = some_text(message, "from").or_else(|| some_text(message, "from_user_id"));
    let (Some(id), Some(from)) = (some_text(message, "id"), from) else {
        log::warn("a message without id or sender was left");
        return None;
    };

    let kind = Some(text(message, "/type")).filter(|kind| !kind.is_empty()).unwrap_or("unknown");
    Some(InboundEvent {
        // A changed number is no word of the client, so it must not open a conversation or the
        // free-text window.
        kind: if kind == "system" { "system" } else { "message" }.into(),
        external_id: id,
        occurred_at: moment(message),
        address: address(&from),
        display_name: name(contacts, &from),
        body: body(message, kind),
    })
}

/// The name on the client's profile.
fn name(contacts: &[Value], from: &str) -> Option<String> {
    let of_sender =
        |contact: &&Value| text(contact, "/wa_id") == from || text(contact, "/user_id") == from;
    let name = text(contacts.iter().find(of_sender)?, "/profile/name").trim();
    (!name.is_empty()).then(|| name.to_owned())
}

fn body(message: &Value, kind: &str) -> Value {
    let none = Value::Null;
    let part = message.get(kind).unwrap_or(&none);
    let mut body = json!({ "type": kind });

    let words = match kind {
        "text" => text(part, "/body").to_owned(),
        "image" | "video" | "audio" | "document" | "sticker" => {
            put(&mut body, "media", media(part));
            put(&mut body, "caption", part.get("caption").cloned().unwrap_or_default());
            file(kind, part)
        }
        other => {
            put(&mut body, other, part.clone());
            words(other, part, message)
        }
    };

    let words = if words.trim().is_empty() { format!("[{kind}]") } else { words };
    put(&mut body, "text", words.into());
    for key in KEPT {
        put(&mut body, key, message.get(key).cloned().unwrap_or_default());
    }
    body
}

fn put(body: &mut Value, key: &str, value: Value) {
    if let (Value::Object(fields), false) = (body, value.is_null()) {
        fields.insert(key.to_owned(), value);
    }
}

/// What a look-up needs to fetch the file, and what is known of it before.
fn media(part: &Value) -> Value {
    let mut media = json!({});
    for (key, theirs) in [
        ("id", "id"),
        ("mime", "mime_type"),
        ("name", "filename"),
        ("sha256", "sha256"),
        ("voice", "voice"),
        ("animated", "animated"),
    ] {
        put(&mut media, key, part.get(theirs).cloned().unwrap_or_default());
    }
    media
}

/// `[document] offer.pdf: Please have a look`.
fn file(kind: &str, part: &Value) -> String {
    let voice = part.get("voice") == Some(&Value::Bool(true));
    let label = if voice { "[voice message]".to_owned() } else { format!("[{kind}]") };
    let said: Vec<&str> = [text(part, "/filename"), text(part, "/caption")]
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect();
    format!("{label} {}", said.join(": ")).trim().to_owned()
}

/// What a message that is neither text nor file says.
fn words(kind: &str, part: &Value, message: &Value) -> String {
    match kind {
        "button" => text(part, "/text").to_owned(),
        "interactive" => reply(part),
        "reaction" if text(part, "/emoji").is_empty() => "[reaction removed]".into(),
        "reaction" => format!("[reaction] {}", text(part, "/emoji")),
        "location" => place(part),
        "contacts" => {
            format!("[contact] {}", joined(list(message, "contacts").iter().map(person), "; "))
        }
        "order" => order(part),
        "system" => text(part, "/body").to_owned(),
        "request_welcome" => "[opened the chat for the first time]".into(),
        _ => unreadable(kind, message),
    }
}

/// What the client chose or filled in.
fn reply(part: &Value) -> String {
    match text(part, "/type") {
        "button_reply" => text(part, "/button_reply/title").to_owned(),
        "list_reply" => text(part, "/list_reply/title").to_owned(),
        "nfm_reply" => format!("[form] {}", text(part, "/nfm_reply/body")).trim().to_owned(),
        other => format!("[interactive {other}]"),
    }
}

fn place(part: &Value) -> String {
    let at = |key: &str| {
        part.get(key).filter(|value| value.is_number()).map(ToString::to_string).unwrap_or_default()
    };
    let coordinates = joined([at("latitude"), at("longitude")], ", ");
    let named = [text(part, "/name").to_owned(), text(part, "/address").to_owned(), coordinates];
    format!("[location] {}", joined(named, ", "))
}

/// `Ann Smith +16505551234`.
fn person(contact: &Value) -> String {
    let phones = list(contact, "phones").iter().map(|phone| text(phone, "/phone").to_owned());
    joined([text(contact, "/name/formatted_name").to_owned()].into_iter().chain(phones), " ")
}

fn order(part: &Value) -> String {
    let items = list(part, "product_items");
    let amount = |item: &Value| integer(item, "quantity").unwrap_or(1);
    let products = items
        .iter()
        .map(|item| format!("{} × {}", amount(item), text(item, "/product_retailer_id")));
    joined([format!("[order] {}", joined(products, ", ")), text(part, "/text").to_owned()], ": ")
}

/// WhatsApp says why it does not pass a message on.
fn unreadable(kind: &str, message: &Value) -> String {
    let why = list(message, "errors").first().map(|error| {
        let details = text(error, "/error_data/details");
        if details.is_empty() { text(error, "/title") } else { details }
    });
    format!("[{kind}] {}", why.unwrap_or("")).trim().to_owned()
}

fn joined(parts: impl IntoIterator<Item = String>, separator: &str) -> String {
    parts.into_iter().filter(|part| !part.trim().is_empty()).collect::<Vec<_>>().join(separator)
}
