//! Exchanges as text that is the same in every run of the same code.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::recorder::Exchange;

/// Headers that say nothing about the host, or something else every time.
const NOISE: [&str; 7] =
    ["accept", "connection", "content-length", "date", "host", "transfer-encoding", "x-request-id"];

/// Digits that a hexadecimal word has at least to be taken for one that was made by chance.
const HEX_DIGITS_MIN: usize = 24;

/// Exchanges as text: JSON with sorted keys, other text as it is, bytes as their hash. What chance
/// has made gets its number in `numbers`.
#[must_use]
pub fn render(exchanges: &[Exchange], numbers: &mut Numbers) -> String {
    let mut text = String::new();
    for (index, exchange) in exchanges.iter().enumerate() {
        let path = numbers.number(&exchange.path);
        push_line(&mut text, format_args!("=== {} {} {path}", index + 1, exchange.method));
        push_headers(&mut text, &exchange.request_headers, numbers);
        push_body(&mut text, &exchange.request_body, numbers, false);

        match exchange.status {
            Some(status) => push_line(&mut text, format_args!("--- {status}")),
            None => push_line(&mut text, format_args!("--- no answer")),
        }
        let is_by_chance = !is_numbered(&exchange.path);
        push_headers(&mut text, &exchange.answer_headers, numbers);
        push_body(&mut text, &exchange.answer_body, numbers, is_by_chance);
    }

    text
}

/// Whether the list at a path has an order of its own: what happened to one thing lies by numbers.
/// Other lists lie by ids.
fn is_numbered(path: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    let of_a_record = ["/timeline", "/history"].iter().any(|end| path.ends_with(end));

    path.starts_with("/v1/records/") && of_a_record || path.ends_with("/messages")
}

/// Adds the headers that say something.
fn push_headers(text: &mut String, headers: &[(String, String)], numbers: &mut Numbers) {
    let mut headers: Vec<_> = headers.iter().collect();
    headers.retain(|(name, _)| !NOISE.contains(&&**name));
    headers.sort();

    for (name, value) in headers {
        let value = numbers.number(value);
        push_line(text, format_args!("{name}: {value}"));
    }
}

/// Adds a body. Where the order of its lists `is_by_chance`, they get one that is not.
fn push_body(text: &mut String, body: &[u8], numbers: &mut Numbers, is_by_chance: bool) {
    match std::str::from_utf8(body) {
        Ok("") => {}
        Ok(body) => {
            let body = match serde_json::from_str(body) {
                Ok(json) => {
                    let json = if is_by_chance { in_order(&json, numbers) } else { json };
                    format!("{:#}", numbers.number_json(&json))
                }
                Err(_other_text) => numbers.number(body),
            };
            push_line(text, format_args!("\n{body}"));
        }
        Err(_bytes) => {
            let hash = hex::encode(Sha256::digest(body));
            push_line(text, format_args!("\nbinary: {} bytes, sha256 {hash}", body.len()));
        }
    }

    text.push('\n');
}

/// JSON in which things that were made in the same millisecond, and lie beside one another, are in
/// the order of what they say: in that of their ids, chance alone decides which comes first.
fn in_order(json: &Value, numbers: &Numbers) -> Value {
    match json {
        Value::Array(list) => {
            let mut list: Vec<_> = list.iter().map(|value| in_order(value, numbers)).collect();
            let is_same = |one: &Value, next: &Value| {
                let (one, next) = (made_at(one), made_at(next));
                one.is_some() && one == next
            };

            for same in list.chunk_by_mut(is_same) {
                same.sort_by_cached_key(|thing| numbers.show_json(thing).to_string());
            }

            Value::Array(list)
        }
        Value::Object(map) => {
            let entries = map.iter().map(|(key, value)| (key.clone(), in_order(value, numbers)));
            Value::Object(entries.collect())
        }
        other => other.clone(),
    }
}

/// The part of a thing's id that says when it was made; nothing in an id that is all chance.
fn made_at(thing: &Value) -> Option<&str> {
    let id = thing.get("id")?.as_str()?;

    match id.split_at_checked(10) {
        Some((millisecond, _)) if is_id(id) => Some(millisecond),
        _ => is_hex(id).then_some(""),
    }
}

fn push_line(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing into a text does not fail.
    writeln!(text, "{line}").unwrap_or_default();
}

/// Numbers that stand for what is different in every run: ids, secrets, this machine's ports and
/// temporary folders.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Numbers {
    given: BTreeMap<String, usize>,
}

impl Numbers {
    /// A text with `#1`, `#2`, … in place of what chance has made, in the order in which each was
    /// first seen.
    pub fn number(&mut self, text: &str) -> String {
        replace(text, &mut |word| {
            let next = self.given.len() + 1;
            let number = self.given.entry(word.to_owned()).or_insert(next);
            format!("#{number}")
        })
    }

    /// The same with the texts and keys of JSON.
    pub fn number_json(&mut self, json: &Value) -> Value {
        map_texts(json, &mut |text| self.number(text))
    }

    /// A text with the numbers that were given before, and `#?` in place of what has none.
    #[must_use]
    pub fn show(&self, text: &str) -> String {
        replace(text, &mut |word| match self.given.get(word) {
            Some(number) => format!("#{number}"),
            None => "#?".to_owned(),
        })
    }

    /// The same with the texts and keys of JSON.
    #[must_use]
    pub fn show_json(&self, json: &Value) -> Value {
        map_texts(json, &mut |text| self.show(text))
    }
}

/// JSON with its keys in order and every text in it replaced.
fn map_texts(json: &Value, with: &mut dyn FnMut(&str) -> String) -> Value {
    match json {
        Value::String(text) => Value::String(with(text)),
        Value::Array(list) => list.iter().map(|value| map_texts(value, with)).collect(),
        Value::Object(map) => {
            let sorted: BTreeMap<&String, &Value> = map.iter().collect();
            let mut mapped = Map::new();

            for (key, value) in sorted {
                let mut key = with(key);
                // Ids that have no number look the same, and nothing may get lost.
                while mapped.contains_key(&key) {
                    key.push('\'');
                }

                mapped.insert(key, map_texts(value, with));
            }
            Value::Object(mapped)
        }
        other => other.clone(),
    }
}

/// A text with what chance has made replaced.
fn replace(text: &str, with: &mut dyn FnMut(&str) -> String) -> String {
    let temporary = format!("{}/stagewright-", std::env::temp_dir().display());
    let (mut done, mut rest) = (String::new(), text);

    while let Some(first) = rest.chars().next() {
        let place = address(rest).or_else(|| path(rest, &temporary));
        let length = match place {
            Some(length) => length,
            None if first.is_ascii_alphanumeric() => word(rest),
            // What follows an escaped character of an address begins behind it.
            None if first == '%' => escape(rest),
            None => first.len_utf8(),
        };

        let (part, after) = rest.split_at(length);
        if place.is_some() || is_id(part) || is_hex(part) {
            done.push_str(&with(part));
        } else {
            done.push_str(part);
        }
        rest = after;
    }

    done
}

/// The length of the word that a text begins with.
fn word(text: &str) -> usize {
    text.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(text.len())
}

/// The length of the escaped character that a text begins with, or of the one character.
fn escape(text: &str) -> usize {
    let digits = text.bytes().skip(1).take(2);
    if digits.filter(u8::is_ascii_hexdigit).count() == 2 { 3 } else { 1 }
}

/// The length of the local address with a port that a text begins with.
fn address(text: &str) -> Option<usize> {
    const HOST: &str = "127.0.0.1:";
    let port = text.strip_prefix(HOST)?;
    let digits = port.bytes().take_while(u8::is_ascii_digit).count();

    (digits > 0).then_some(HOST.len() + digits)
}

/// The length of the path in a temporary folder that a text begins with.
fn path(text: &str, temporary: &str) -> Option<usize> {
    let behind = text.strip_prefix(temporary)?;
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || b"-_./".contains(b);

    Some(temporary.len() + behind.bytes().take_while(is_part).count())
}

/// Whether a word is an id: 128 bits in Crockford's base 32.
fn is_id(word: &str) -> bool {
    let is_digit = |b: u8| b"0123456789ABCDEFGHJKMNPQRSTVWXYZ".contains(&b);

    word.len() == 26 && word.starts_with(|c: char| c <= '7') && word.bytes().all(is_digit)
}

/// Whether a word is a long number in hexadecimal digits, such as a tenant's id, a secret or a
/// hash, and not the same digit again and again.
fn is_hex(word: &str) -> bool {
    let all = |is_digit: fn(u8) -> bool| word.bytes().all(is_digit);
    let lower = all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let upper = all(|b| matches!(b, b'0'..=b'9' | b'A'..=b'F'));

    let first = word.bytes().next();
    let varied = word.bytes().any(|b| Some(b) != first);

    word.len() >= HEX_DIGITS_MIN && (lower || upper) && varied
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ONE: &str = "01KAQ5B3C0ZT8M4Q2RXYWV7N6H";
    const OTHER: &str = "01KAQ5B3C0AAAAAAAAAAAAAAAA";
    const TENANT: &str = "0d5c60e1b6f84a7f9c3c1c5f8d2b7e4a";

    fn exchange(path: &str, request: &str, answer: &[u8]) -> Exchange {
        Exchange {
            method: "POST".to_owned(),
            path: path.to_owned(),
            request_headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            request_body: request.as_bytes().to_vec(),
            status: Some(200),
            answer_headers: vec![
                ("etag".to_owned(), "\"1\"".to_owned()),
                ("date".to_owned(), "now".to_owned()),
            ],
            answer_body: answer.to_vec(),
        }
    }

    #[test]
    fn ids_are_numbered_in_the_order_in_which_they_appear() {
        let mut numbers = Numbers::default();
        let text = format!("/hooks/{TENANT}/{OTHER}?secret=sw_{TENANT}{TENANT}&x=%2F{ONE}");

        assert_eq!(numbers.number(&text), "/hooks/#1/#2?secret=sw_#3&x=%2F#4");
        assert_eq!(
            numbers.number_json(&json!({"b": ONE, ONE: [OTHER]})),
            json!({"b": "#4", "#4": ["#2"]})
        );
    }

    #[test]
    fn what_was_never_numbered_is_shown_as_such() {
        let mut numbers = Numbers::default();
        numbers.number(ONE);

        assert_eq!(numbers.show(&format!("{ONE} {OTHER}")), "#1 #?");
        assert_eq!(numbers.show_json(&json!([OTHER, ONE, 7])), json!(["#?", "#1", 7]));
        assert_eq!(numbers.show_json(&json!({OTHER: 1, TENANT: 2})), json!({"#?": 1, "#?'": 2}));
    }

    #[test]
    fn this_machines_ports_and_folders_are_numbered() {
        let path = std::env::temp_dir().join("stagewright-api-1-2/a.txt");
        let text = format!("http://127.0.0.1:4711/hooks in {}: gone", path.display());
        assert_eq!(Numbers::default().number(&text), "http://#1/hooks in #2: gone");
    }

    #[test]
    fn words_that_nobody_rolled_dice_for_stay() {
        let text = format!(
            "+380501112233 {} deadbeef 2026-11-22T09:00:00.000Z 127.0.0.1 100%",
            "0".repeat(32)
        );

        assert_eq!(Numbers::default().number(&text), text);
    }

    #[test]
    fn things_of_one_millisecond_are_in_the_order_of_what_they_say() {
        let things = json!([
            {"id": ONE, "b": 2}, {"id": OTHER, "b": 1},
            {"id": "01KAQ5B3C1AAAAAAAAAAAAAAAA", "b": 0},
        ]);
        let list = |path: &str| {
            let exchange = exchange(path, "", things.to_string().as_bytes());
            let text = render(&[exchange], &mut Numbers::default());
            let order = text.lines().filter_map(|line| line.trim_start().strip_prefix("\"b\": "));
            order.map(str::to_owned).collect::<Vec<_>>()
        };

        assert_eq!(list("/v1/deliveries?limit=3"), ["1,", "2,", "0,"]);
        assert_eq!(list("/v1/records/deal/1/timeline?limit=3"), ["2,", "1,", "0,"]);
    }

    #[test]
    fn exchanges_are_text_with_sorted_keys_and_without_noise() {
        let mut numbers = Numbers::default();
        let exchanges = [
            exchange(&format!("/v1/{ONE}"), r#"{"b": 1, "a": 2}"#, b"plain"),
            exchange("/v1/files", "", &[0xff, 0xfe]),
        ];

        let text = render(&exchanges, &mut numbers);

        let hash = hex::encode(Sha256::digest([0xff, 0xfe]));
        let expected = format!(
            "=== 1 POST /v1/#1\ncontent-type: application/json\n\n{{\n  \"a\": 2,\n  \"b\": \
             1\n}}\n\n\
             --- 200\netag: \"1\"\n\nplain\n\n\
             === 2 POST /v1/files\ncontent-type: application/json\n\n\
             --- 200\netag: \"1\"\n\nbinary: 2 bytes, sha256 {hash}\n\n"
        );
        assert_eq!(text, expected);
    }
}
