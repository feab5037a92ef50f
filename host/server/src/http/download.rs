//! Files that others sent, as answers.

use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, Response};

/// What a file of a type that cannot be written is called.
const UNKNOWN_TYPE: HeaderValue = HeaderValue::from_static("application/octet-stream");

/// A stranger's file, served from the address that the console is served from: a browser is told to
/// save it and not to believe it.
pub(super) fn download(mime: &str, name: &str, bytes: Vec<u8>) -> Response<Body> {
    let plain = mime.bytes().all(|byte| (0x20..0x7f).contains(&byte)) && mime.contains('/');
    let mime = Some(mime)
        .filter(|_| plain)
        .and_then(|mime| HeaderValue::from_str(mime).ok())
        .unwrap_or(UNKNOWN_TYPE);

    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, mime);
    headers.insert(CONTENT_DISPOSITION, disposition(name));
    // What a client sent is personal, so neither a proxy nor the browser keeps it.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers
        .insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));

    response
}

/// `attachment` with the file's name as RFC 6266 writes it, every byte escaped that could mean
/// something.
fn disposition(name: &str) -> HeaderValue {
    let escape = |byte: u8| match byte {
        b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'.' | b'-' | b'_' => {
            char::from(byte).to_string()
        }
        other => format!("%{other:02X}"),
    };

    // A header has to stay short: 200 characters are at most 2,400 bytes once they are escaped.
    let name: String = name.chars().take(200).collect::<String>().bytes().map(escape).collect();

    let written = if name.is_empty() {
        "attachment".to_owned()
    } else {
        format!("attachment; filename*=UTF-8''{name}")
    };
    HeaderValue::from_str(&written).unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_name_can_say_nothing_else() {
        assert_eq!(disposition(""), "attachment");
        assert_eq!(disposition("roof 1.png"), "attachment; filename*=UTF-8''roof%201.png");
        assert_eq!(
            disposition("a\"\r\nX: y\u{456}"),
            "attachment; filename*=UTF-8''a%22%0D%0AX%3A%20y%D1%96"
        );
    }

    #[test]
    fn a_type_that_cannot_be_written_is_unknown() {
        for (mime, written) in [
            ("image/png", "image/png"),
            ("", "application/octet-stream"),
            ("a/b\r\nX: y", "application/octet-stream"),
        ] {
            assert_eq!(download(mime, "", Vec::new()).headers()[CONTENT_TYPE], written);
        }
    }
}
