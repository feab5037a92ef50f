//! The host that a command asks over the API: where it is, and the token.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use stagewright_client::{Client, ClientError};

/// Where the token is, unless a file is named.
const TOKEN: &str = "STAGEWRIGHT_TOKEN";
/// Where the address is, unless it is given.
const URL: &str = "STAGEWRIGHT_URL";

/// The host to ask.
#[derive(Debug, ClapArgs)]
pub(super) struct Remote {
    /// The host's address, such as `http://127.0.0.1:8080`; the environment's `STAGEWRIGHT_URL`
    /// without it.
    #[arg(long)]
    url: Option<String>,
    /// A file that holds the token; the environment's `STAGEWRIGHT_TOKEN` without it.
    #[arg(long)]
    token_file: Option<PathBuf>,
}

/// Why the host could not be asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum RemoteError {
    /// No address.
    #[error("which host? give --url http://127.0.0.1:8080, or set {URL}")]
    NoUrl,
    /// No address that can be asked.
    #[error(
        "`{0}` is no address of a host; write it as http://127.0.0.1:8080 or https://crm.example"
    )]
    BadUrl(String),
    /// No token.
    #[error("whose token? give --token-file, or set {TOKEN}")]
    NoToken,
    /// The token's file cannot be read.
    #[error("cannot read the token in {path}: {source}; name a file that this user may read")]
    TokenFile {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file that cannot be read or written.
    #[error(
        "cannot use {path}: {source}; name a file that this user may read, or write where it is \
         written"
    )]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// No answer came.
    #[error("{0}; is the host running at this address?")]
    NoAnswer(String),
    /// Something else than the API answered.
    #[error("{0}; is the address that of a Stagewright host?")]
    NotTheApi(String),
}

impl RemoteError {
    /// The stable code of this error.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::NoUrl => "remote.no-url",
            Self::BadUrl(_) => "remote.bad-url",
            Self::NoToken => "remote.no-token",
            Self::TokenFile { .. } => "remote.token-file",
            Self::File { .. } => "remote.file",
            Self::NoAnswer(_) => "remote.no-answer",
            Self::NotTheApi(_) => "remote.not-the-api",
        }
    }
}

impl Remote {
    /// A client of this host.
    ///
    /// # Errors
    /// [`RemoteError`].
    pub(super) fn client(&self) -> anyhow::Result<Client> {
        let url = self.url.clone().unwrap_or_else(|| from_environment(URL));
        if url.is_empty() {
            return Err(RemoteError::NoUrl.into());
        }
        if !(url.starts_with("http://") || url.starts_with("https://")) {
            return Err(RemoteError::BadUrl(url).into());
        }

        Ok(Client::new(&url).map_err(told)?.with_token(&self.token()?))
    }

    fn token(&self) -> Result<String, RemoteError> {
        let token = match &self.token_file {
            Some(path) => std::fs::read_to_string(path)
                .map_err(|source| RemoteError::TokenFile { path: path.clone(), source })?,
            None => from_environment(TOKEN),
        };

        let token = token.trim();
        // What cannot stand in a header is no token of a host.
        if token.is_empty() || !token.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(RemoteError::NoToken);
        }
        Ok(token.to_owned())
    }
}

/// What a variable of the environment says; empty where it is not set.
#[expect(
    clippy::disallowed_methods,
    reason = "a shell hands over address and token once for many commands, apart from the host's \
        own configuration"
)]
fn from_environment(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

/// What the host said, for people: a refusal has a code of its own.
#[expect(
    clippy::needless_pass_by_value,
    reason = "it stands in `map_err`, which hands the error over"
)]
pub(super) fn told(error: ClientError) -> anyhow::Error {
    match error {
        ClientError::Refused(_) => anyhow::anyhow!("{error}"),
        ClientError::NoAnswer(_) => RemoteError::NoAnswer(error.to_string()).into(),
        ClientError::NotTheApi(_) => RemoteError::NotTheApi(error.to_string()).into(),
    }
}

/// A text as it stands in a query.
pub(super) fn escaped(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~' | b'/');
    text.bytes()
        .map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_meaning_in_a_query_is_escaped() {
        assert_eq!(escaped("deal/01JC&a=1 ü"), "deal/01JC%26a%3D1%20%C3%BC");
    }

    #[test]
    fn a_host_that_is_not_named_well_is_refused_before_anything_is_sent() {
        let remote = |url: &str| Remote { url: Some(url.to_owned()), token_file: None };
        let code =
            |url: &str| remote(url).client().unwrap_err().downcast::<RemoteError>().unwrap().code();

        assert_eq!(code("127.0.0.1:8080"), "remote.bad-url");

        let nowhere = Remote {
            url: Some("http://127.0.0.1:1".into()),
            token_file: Some("/nowhere/at/all".into()),
        };
        assert_eq!(
            nowhere.client().unwrap_err().downcast::<RemoteError>().unwrap().code(),
            "remote.token-file"
        );
    }
}
