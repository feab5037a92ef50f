//! Requests to the Graph API.

use stagewright_sdk::prelude::*;

use crate::settings::WhatsAppCloud;

/// The secret that the API knows the business by.
pub(crate) const SECRET: &str = "access_token";

/// The host fills secrets in wherever it sees this in a body.
pub(super) const PLACEHOLDER: &[u8] = b"{{secret:";

/// Addresses of the channel's number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Api<'a> {
    base: &'a str,
    number: &'a str,
}

impl<'a> Api<'a> {
    /// The API that the settings name.
    pub(super) fn new(channel: &'a WhatsAppCloud) -> Result<Self, String> {
        let (base, number) =
            (channel.api_base.trim().trim_end_matches('/'), channel.phone_number_id.trim());
        if !is_id(number) {
            return Err("the setting `phone_number_id` is no id of a number; copy the one in the \
                Meta app, digits only"
                .into());
        }
        if !base.starts_with("https://") && !base.starts_with("http://") {
            return Err("the setting `api_base` is no address; write for example \
                https://graph.facebook.com/v21.0"
                .into());
        }

        Ok(Self { base, number })
    }

    /// Sends a message.
    pub(super) fn message(&self, message: &Value) -> Request {
        let mut request = Request::post(format!("{}/{}/messages", self.base, self.number), message);
        request.body = without_placeholders(&message.to_string()).into_bytes();
        authorised(request)
    }

    /// Uploads a file; `body` is multipart form data with this boundary.
    pub(super) fn upload(&self, boundary: &str, body: Vec<u8>) -> Request {
        let request = Request {
            method: "POST".into(),
            url: format!("{}/{}/media", self.base, self.number),
            headers: Vec::new(),
            body,
        };

        authorised(
            request.header("Content-Type", format!("multipart/form-data; boundary={boundary}")),
        )
    }

    /// Asks where a file is.
    pub(super) fn medium(&self, id: &str) -> Request {
        get(format!("{}/{id}?phone_number_id={}", self.base, self.number))
    }

    /// Whether an address is on the API's own server.
    pub(super) fn is_own(&self, url: &str) -> bool {
        origin(url).is_some_and(|theirs| Some(theirs) == origin(self.base))
    }
}

/// Fetches an address with the token.
pub(super) fn get(url: String) -> Request {
    authorised(Request { method: "GET".into(), url, headers: Vec::new(), body: Vec::new() })
}

fn authorised(request: Request) -> Request {
    request.header("Authorization", format!("Bearer {{{{secret:{SECRET}}}}}"))
}

/// Whether a text may stand in an address as an id of Meta's.
pub(super) fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// JSON that means the same and has no placeholder in it: else whoever writes
/// `{{secret:access_token}}` into a message's text would have the token sent to his phone. Two
/// braces in a row occur in texts only, where an escape may stand for them.
fn without_placeholders(json: &str) -> String {
    json.replace("{{", "\\u007b\\u007b")
}

/// Whether `mark` occurs in `bytes`. By its first byte, since files are long and a guest's
/// instructions are counted.
pub(super) fn contains(bytes: &[u8], mark: &[u8]) -> bool {
    let Some(first) = mark.first() else { return true };
    let begins = |(at, byte): (usize, &u8)| {
        byte == first && bytes.get(at..).is_some_and(|rest| rest.starts_with(mark))
    };
    bytes.iter().enumerate().any(begins)
}

/// Scheme, host and port of an address; nothing where a user name could make another host look like
/// this one.
fn origin(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest
        .split(['/', '?', '#', '\\'])
        .next()
        .filter(|authority| !authority.is_empty() && !authority.contains('@'))?;
    url.get(..scheme.len() + "://".len() + authority.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_without_placeholders_means_the_same() {
        for text in
            ["{{secret:access_token}}", "{{{", "\\{{\"}", "{{{{secret:x}}}}", "plain { text }"]
        {
            let message = json!({ "text": { "body": text }, "list": [{ "a": {} }] });

            let written = without_placeholders(&message.to_string());

            assert!(!written.contains("{{"), "{written}");
            assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), message);
        }
    }

    #[test]
    fn a_mark_is_found_wherever_it_stands() {
        for (bytes, mark, found) in [
            ("abc", "abc", true),
            ("xxabc", "abc", true),
            ("aabc", "abc", true),
            ("ab", "abc", false),
            ("", "a", false),
            ("x", "", true),
        ] {
            assert_eq!(contains(bytes.as_bytes(), mark.as_bytes()), found, "{bytes} {mark}");
        }
    }

    #[test]
    fn an_origin_is_not_fooled() {
        assert_eq!(origin("https://a.example/x"), Some("https://a.example"));
        assert_eq!(origin("http://127.0.0.1:8080/v21.0"), Some("http://127.0.0.1:8080"));

        for tricked in ["https://a.example@b.example/", "a.example/x", "https:///x", ""] {
            assert_eq!(origin(tricked), None, "{tricked}");
        }

        assert_ne!(origin("https://a.example\\@b.example"), origin("https://b.example"));
        assert_ne!(origin("https://a.example.b.example/"), origin("https://a.example/"));
    }
}
