//! HTTP as a channel sees it.

use serde_json::Value;

/// One header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Its name, in any case.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl Header {
    fn new(name: &str, value: impl Into<String>) -> Self {
        Self { name: name.to_owned(), value: value.into() }
    }
}

/// Header names do not distinguish case.
fn find<'a>(headers: &'a [Header], name: &str) -> Option<&'a str> {
    headers
        .iter()
        .find(|header| header.name.eq_ignore_ascii_case(name))
        .map(|header| header.value.as_str())
}

/// A request that the provider sent, byte for byte.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Incoming {
    /// `GET`, `POST`, ...
    pub method: String,
    /// What follows the channel's own path, without the slash.
    pub path: String,
    /// The query, decoded, in its order.
    pub query: Vec<(String, String)>,
    /// The headers.
    pub headers: Vec<Header>,
    /// The body.
    pub body: Vec<u8>,
}

impl Incoming {
    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    /// The first query parameter of that name.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// What the host answers the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: Vec<Header>,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// 200 without a body.
    pub fn ok() -> Self {
        Self { status: 200, headers: Vec::new(), body: Vec::new() }
    }

    /// 200 with a plain text, as handshakes want it.
    pub fn text(body: impl Into<String>) -> Self {
        Self {
            headers: vec![Header::new("Content-Type", "text/plain")],
            body: body.into().into_bytes(),
            ..Self::ok()
        }
    }

    /// 200 with JSON.
    pub fn json(body: &Value) -> Self {
        Self {
            headers: vec![Header::new("Content-Type", "application/json")],
            body: body.to_string().into_bytes(),
            ..Self::ok()
        }
    }
}

/// A request for the host to send. `{{secret:NAME}}` in a channel's header is filled in by the
/// host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `POST`, ...
    pub method: String,
    /// The whole address.
    pub url: String,
    /// The headers.
    pub headers: Vec<Header>,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// A request without headers.
    pub fn new(
        method: impl Into<String>,
        url: impl Into<String>,
        body: impl Into<Vec<u8>>,
    ) -> Self {
        Self { method: method.into(), url: url.into(), headers: Vec::new(), body: body.into() }
    }

    /// A POST of JSON.
    pub fn post(url: impl Into<String>, body: &Value) -> Self {
        Self {
            method: "POST".into(),
            url: url.into(),
            headers: vec![Header::new("Content-Type", "application/json")],
            body: body.to_string().into_bytes(),
        }
    }

    /// The same request with one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push(Header::new(name, value));
        self
    }
}

/// What the server answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: Vec<Header>,
    /// The body.
    pub body: Vec<u8>,
}

impl Response {
    /// The body as text; what is no UTF-8 is replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }
}
