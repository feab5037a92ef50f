//! Puts secrets into a request, at the last moment, and into header values only: a body carries
//! what people wrote, and a text that looks like a placeholder must not carry a secret out.

use stagewright_core::outside::{Header, Request, SecretValues};

/// The request with its `{{secret:NAME}}` placeholders filled in, in header values.
///
/// # Errors
/// The name of a secret that is not there.
pub(super) fn fill(request: &Request, secrets: &SecretValues) -> Result<Request, String> {
    let headers = request
        .headers
        .iter()
        .map(|header| {
            let value = fill_bytes(header.value.as_bytes(), secrets)?;
            Ok(Header {
                name: header.name.clone(),
                value: String::from_utf8_lossy(&value).into_owned(),
            })
        })
        .collect::<Result<_, String>>()?;

    Ok(Request { headers, ..request.clone() })
}

fn fill_bytes(bytes: &[u8], secrets: &SecretValues) -> Result<Vec<u8>, String> {
    const OPEN: &[u8] = b"{{secret:";
    let mut filled = Vec::with_capacity(bytes.len());
    let mut rest = bytes;

    while let Some(start) = rest.windows(OPEN.len()).position(|window| window == OPEN) {
        let (before, placeholder) = rest.split_at(start);
        filled.extend_from_slice(before);
        let inside = placeholder.get(OPEN.len()..).unwrap_or_default();
        let Some(end) = inside.windows(2).position(|window| window == b"}}") else {
            filled.extend_from_slice(placeholder);
            return Ok(filled);
        };

        let (name, after) = inside.split_at(end);
        let name = String::from_utf8_lossy(name).into_owned();
        let value = secrets.0.get(&name).ok_or(name)?;
        filled.extend_from_slice(value.as_bytes());
        rest = after.get(2..).unwrap_or_default();
    }

    filled.extend_from_slice(rest);
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets() -> SecretValues {
        SecretValues([("token".to_owned(), "abcd".to_owned())].into())
    }

    #[test]
    fn placeholders_are_filled_in_headers_and_never_in_what_people_wrote() {
        let request = Request {
            method: "POST".into(),
            url: "https://x.example/{{secret:token}}".into(),
            headers: vec![Header {
                name: "Authorization".into(),
                value: "Bearer {{secret:token}}".into(),
            }],
            body: b"a {{secret:token}} b {{secret:token}}".to_vec(),
        };

        let filled = fill(&request, &secrets()).unwrap();

        assert_eq!(filled.headers[0].value, "Bearer abcd");
        assert_eq!(filled.body, request.body);
        assert_eq!(filled.url, request.url);
    }

    #[test]
    fn a_missing_secret_is_named() {
        assert_eq!(fill_bytes(b"{{secret:other}}", &secrets()), Err("other".to_owned()));
    }
}
