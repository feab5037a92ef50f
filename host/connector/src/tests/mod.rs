//! The connector against real servers on loopback.

mod answers;
mod egress;
mod requests;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use stagewright_core::outside::{
    ConnectError, Header, Request, Response, SealedRequest, SecretValues,
};
use stagewright_core::seams::Connector;

use super::egress::EgressRule;
use super::http::HttpConnector;
use super::resolve::LookUp;

/// What a server does with the connection after it has written its bytes.
#[derive(Clone, Copy, PartialEq)]
enum Then {
    Close,
    Hold,
}

/// A server that answers every request with the same bytes, right or wrong, and keeps what it was
/// asked.
struct Server {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn answering(bytes: impl Into<Vec<u8>>, then: Then) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let (address, asked) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(Vec::new())));
        let (bytes, kept) = (bytes.into(), Arc::clone(&asked));

        tokio::spawn(async move {
            let mut held = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                let request = whole_request(&mut stream).await;
                kept.lock().unwrap().push(request);
                stream.write_all(&bytes).await.unwrap();
                if then == Then::Hold {
                    held.push(stream);
                }
            }
        });

        Self { address, asked }
    }

    /// One that says all is well.
    async fn well() -> Self {
        Self::answering(
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
            Then::Close,
        )
        .await
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    fn url(&self) -> String {
        format!("http://{}/messages", self.address)
    }
}

/// Head and body of a request, as far as its `content-length` goes.
async fn whole_request(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    let mut buffer = [0; 4_096];

    loop {
        let read = stream.read(&mut buffer).await.unwrap();
        text.push_str(&String::from_utf8_lossy(&buffer[..read]));
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };

        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |length| length.parse().unwrap());
        if read == 0 || body.len() >= length {
            return text;
        }
    }
}

/// A connector whose operator allows these hosts.
fn allowing(hosts: &[&str]) -> HttpConnector {
    HttpConnector::new(rule(hosts)).unwrap()
}

fn rule(hosts: &[&str]) -> EgressRule {
    EgressRule { allow_private: hosts.iter().map(|host| (*host).to_owned()).collect() }
}

/// A connector for which every name is at these addresses, and how often it asked.
fn looking_up(hosts: &[&str], addresses: &[&str]) -> (HttpConnector, Arc<AtomicUsize>) {
    let addresses: Vec<IpAddr> = addresses.iter().map(|address| address.parse().unwrap()).collect();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);

    let look_up: LookUp = Arc::new(move |_host| {
        count.fetch_add(1, Ordering::SeqCst);
        let found = if addresses.is_empty() {
            Err(io::ErrorKind::NotFound.into())
        } else {
            Ok(addresses.clone())
        };
        Box::pin(std::future::ready(found))
    });

    (HttpConnector::looking_up(rule(hosts), look_up).unwrap(), asked)
}

/// A message to an address, whose server is among those named.
fn sealed(url: &str) -> SealedRequest {
    let request = Request {
        method: "POST".into(),
        url: url.into(),
        headers: Vec::new(),
        body: b"hello".to_vec(),
    };

    let server = reqwest::Url::parse(url).ok().and_then(|url| {
        let port = url.port_or_known_default()?;
        url.host_str().map(|host| format!("{host}:{port}"))
    });
    let servers = server.into_iter().collect();

    SealedRequest {
        request,
        secrets: SecretValues::default(),
        servers,
        timeout_ms: 10_000,
        answer_bytes_max: 1_000,
    }
}

fn with_header(url: &str, name: &str, value: &str) -> SealedRequest {
    let mut sealed = sealed(url);
    sealed.request.headers.push(Header { name: name.into(), value: value.into() });
    sealed
}

/// Posts to an address.
async fn post(connector: &HttpConnector, url: &str) -> Result<Response, ConnectError> {
    connector.send(sealed(url)).await
}

/// The code of a request that was not sent, and whether it may be tried again.
fn not_sent(answer: Result<Response, ConnectError>) -> (&'static str, bool) {
    match answer {
        Err(ConnectError::NotSent { code, retry, .. }) => (code, retry),
        other => panic!("it may have been sent: {other:?}"),
    }
}
