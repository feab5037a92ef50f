//! Takes secrets out of answers before anybody sees them: providers like to repeat what they were
//! sent, and what a plugin is shown may end in a log, a row or a reason.

use aho_corasick::{AhoCorasick, BuildError, MatchKind};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde_json::Value;

use stagewright_core::outside::{Response, SecretValues};

/// What stands where a secret was.
const COVER: &str = "[secret]";
/// Shorter values are left: covering them would tear up innocent text, and they are no secrets.
const PLAIN_BYTES_MIN: usize = 4;
/// Shorter values are covered only as they are.
const SPELLED_BYTES_MIN: usize = 8;

/// Finds secrets however they are spelled.
#[derive(Debug)]
pub(super) struct Scrub {
    /// Of several spellings that begin at a place the longest, so that one within another leaves
    /// nothing of that.
    spellings: AhoCorasick,
}

impl Scrub {
    /// # Errors
    /// Where the secrets are too many or too long to be looked for.
    pub(super) fn of(secrets: &SecretValues) -> Result<Self, BuildError> {
        let spellings = secrets.0.values().flat_map(|value| spellings(value));

        Ok(Self {
            spellings: AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostLongest)
                .build(spellings)?,
        })
    }

    /// The answer without any secret in its headers and body.
    pub(super) fn response(&self, mut response: Response) -> Response {
        for header in &mut response.headers {
            if let Some(covered) = self.text(&header.value) {
                header.value = covered;
            }
        }

        if let Some(covered) = self.bytes(&response.body) {
            response.body = covered;
        }

        // JSON has many ways to escape a character; its texts are looked at as whoever reads it
        // will see them.
        if let Ok(mut json) = serde_json::from_slice(&response.body)
            && self.json(&mut json)
        {
            response.body = json.to_string().into_bytes();
        }

        response
    }

    /// Covers the texts and names in a JSON value, and says whether there was anything to cover.
    fn json(&self, value: &mut Value) -> bool {
        match value {
            Value::String(text) => self.text(text).map(|covered| *text = covered).is_some(),
            // Counted, since `any` would stop at the first.
            Value::Array(items) => {
                items.iter_mut().filter_map(|item| self.json(item).then_some(())).count() > 0
            }
            Value::Object(fields) => {
                let mut found =
                    fields.values_mut().filter_map(|field| self.json(field).then_some(())).count()
                        > 0;

                let names: Vec<String> =
                    fields.keys().filter(|name| self.text(name).is_some()).cloned().collect();

                for name in names {
                    found = true;
                    if let (Some(covered), Some(field)) = (self.text(&name), fields.remove(&name)) {
                        fields.insert(covered, field);
                    }
                }

                found
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }

    fn text(&self, text: &str) -> Option<String> {
        // A text of which whole characters were replaced by a text is one.
        self.bytes(text.as_bytes()).map(|covered| String::from_utf8_lossy(&covered).into_owned())
    }

    /// The bytes with every secret covered; nothing where there is none.
    fn bytes(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        if !self.spellings.is_match(bytes) {
            return None;
        }

        let mut covered = Vec::with_capacity(bytes.len());
        self.spellings.replace_all_with_bytes(bytes, &mut covered, |_, _, covered| {
            covered.extend_from_slice(COVER.as_bytes());
            true
        });

        Some(covered)
    }
}

/// A secret as it is, as some write it in JSON, in an address, in hexadecimal digits, and in
/// base64, alone or within something longer.
fn spellings(value: &str) -> Vec<String> {
    if value.len() < PLAIN_BYTES_MIN {
        return Vec::new();
    }

    let mut spellings = vec![value.to_owned(), value.replace('/', "\\/")];
    if value.len() >= SPELLED_BYTES_MIN {
        spellings.extend([
            percent(value, |byte| format!("%{byte:02X}")),
            percent(value, |byte| format!("%{byte:02x}")),
        ]);
        spellings.extend([hex::encode(value), hex::encode_upper(value)]);
        spellings.extend((0..3).flat_map(|before| {
            [base64(&STANDARD_NO_PAD, value, before), base64(&URL_SAFE_NO_PAD, value, before)]
        }));
    }

    spellings
}

fn percent(value: &str, escape: impl Fn(u8) -> String) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);

    value
        .bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { escape(byte) })
        .collect()
}

/// The characters of base64 that hold nothing but bits of the value, where it stands `before` bytes
/// behind a multiple of three.
fn base64(engine: &impl Engine, value: &str, before: usize) -> String {
    let text = engine.encode([vec![0; before].as_slice(), value.as_bytes()].concat());
    let (first, end) = ((before * 8).div_ceil(6), (before + value.len()) * 8 / 6);
    text.get(first..end).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;

    use stagewright_core::outside::Header;

    use super::*;

    fn scrubbed(body: &[u8]) -> Vec<u8> {
        let secrets = SecretValues(
            [("token".to_owned(), "EAA/se+cret".to_owned()), ("pin".to_owned(), "123".to_owned())]
                .into(),
        );

        let header = Header { name: "X-Echo".into(), value: "Bearer EAA/se+cret".into() };
        let response = Scrub::of(&secrets).unwrap().response(Response {
            status: 401,
            headers: vec![header],
            body: body.to_vec(),
        });

        assert_eq!(response.headers[0].value, "Bearer [secret]");

        response.body
    }

    #[test]
    fn a_secret_is_covered_however_it_is_spelled() {
        for spelled in [
            "EAA/se+cret".to_owned(),
            "EAA\\/se+cret".into(),
            "EAA%2Fse%2Bcret".into(),
            "EAA%2fse%2bcret".into(),
            hex::encode("EAA/se+cret"),
        ] {
            assert_eq!(
                scrubbed(format!("bad token {spelled}!").as_bytes()),
                b"bad token [secret]!"
            );
        }

        assert_eq!(scrubbed(b"\xFF EAA/se+cret \xFE EAA/se+cret"), b"\xFF [secret] \xFE [secret]");

        for user in ["", "u", "us", "use"] {
            let spelled = STANDARD.encode(format!("{user}EAA/se+cret and more"));
            let left = String::from_utf8(scrubbed(spelled.as_bytes())).unwrap();
            assert!(
                left.contains("[secret]") && left.len() < spelled.len(),
                "{spelled} became {left}"
            );
        }
    }

    #[test]
    fn a_secret_is_covered_behind_every_escape_of_json() {
        let body = br#"{
            "error": {"message": "bad EAA\/se+cret, \u0045AA\u002fse+cret", "EAA\/se+cret": [1]},
            "fine": "123"
        }"#;

        let expected = serde_json::json!({
            "error": {"message": "bad [secret], [secret]", "[secret]": [1]}, "fine": "123",
        });

        assert_eq!(serde_json::from_slice::<Value>(&scrubbed(body)).unwrap(), expected);
    }

    #[test]
    fn an_answer_without_secrets_is_left_byte_for_byte() {
        for body in [b"{ \"a\" : 1 }".as_slice(), b"\x00\xFF\x89PNG", b""] {
            assert_eq!(scrubbed(body), body);
        }
    }
}
