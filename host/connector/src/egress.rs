//! Which servers may be spoken to, by how they are written and by where they are.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A server that must not be spoken to.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum EgressError {
    /// An address that is not public.
    #[error(
        "{host} is at {address}, which is not a public address; an operator can allow this host \
         by name in `egress.allow_private`"
    )]
    Private {
        /// The host as written.
        host: String,
        /// Where it is.
        address: IpAddr,
    },
    /// Plain HTTP to a public server.
    #[error("{0} would be spoken to without encryption; use https")]
    Plain(String),
    /// Not one of the servers that the channel may speak to, with its port.
    #[error(
        "{0} is not among the servers of the channel's settings and of its plugin's grants; a \
         plugin may speak to those only"
    )]
    NotNamed(String),
    /// Not an address that can be spoken to.
    #[error("`{0}` is not an http or https address")]
    NotAnAddress(String),
}

impl EgressError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Private { .. } => "egress.private-address",
            Self::Plain(_) => "egress.plain-http",
            Self::NotNamed(_) => "egress.host-not-named",
            Self::NotAnAddress(_) => "egress.bad-address",
        }
    }
}

/// The rule, with the operator's exceptions.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct EgressRule {
    /// Hosts that may be at private addresses and may be spoken to without encryption, by name as
    /// it is written in the address.
    pub allow_private: BTreeSet<String>,
}

impl EgressRule {
    /// Checks an address as it is written; `named` are the servers that may be meant, as
    /// `host:port`. A name is checked again when it is resolved.
    ///
    /// # Errors
    /// [`EgressError`].
    pub fn check_url(
        &self,
        url: &reqwest::Url,
        named: &BTreeSet<String>,
    ) -> Result<(), EgressError> {
        let host = url
            .host_str()
            .ok_or_else(|| EgressError::NotAnAddress(url.as_str().to_owned()))?
            .to_ascii_lowercase();
        if !matches!(url.scheme(), "http" | "https") {
            return Err(EgressError::NotAnAddress(url.as_str().to_owned()));
        }

        let server = format!("{host}:{}", url.port_or_known_default().unwrap_or_default());
        if !named.contains(&server) {
            return Err(EgressError::NotNamed(server));
        }

        // Only after the names: an operator's exception is about where a server may be, and says
        // nothing of who may be spoken to.
        if self.allow_private.contains(&host) {
            return Ok(());
        }

        if url.scheme() == "http" {
            return Err(EgressError::Plain(host));
        }

        // An address is never looked up, so it is checked here; a name is when it is resolved.
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        match literal {
            Ok(address) => self.check_address(&host, address),
            Err(_is_a_name) => Ok(()),
        }
    }

    /// Checks one address that a host is at.
    ///
    /// # Errors
    /// [`EgressError::Private`].
    pub fn check_address(&self, host: &str, address: IpAddr) -> Result<(), EgressError> {
        if self.allow_private.contains(&host.to_ascii_lowercase()) || is_public(address) {
            return Ok(());
        }
        Err(EgressError::Private { host: host.to_owned(), address })
    }
}

/// Whether an address is one that the whole Internet could mean.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => match embedded_v4(v6) {
            Some(v4) => is_public_v4(v4),
            None => is_public_v6(v6),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 198 && (b == 18 || b == 19))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99);

    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let documentation = first == 0x2001 && second == 0x0db8 || first == 0x3fff;
    // Global unicast is 2000::/3; everything else is local, reserved or multicast.
    (first & 0xe000) == 0x2000 && !documentation && !(first == 0x2001 && second < 0x0200)
}

/// The IPv4 address inside a mapped, 6to4 or NAT64 one: what is really spoken to.
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let s = address.segments();
    let from = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        Ipv4Addr::new(a, b, c, d)
    };

    match s {
        [0, 0, 0, 0, 0, 0xffff, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => Some(from(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, allow: &[&str]) -> Result<(), &'static str> {
        let rule =
            EgressRule { allow_private: allow.iter().map(|host| (*host).to_owned()).collect() };
        let url = reqwest::Url::parse(url).unwrap();

        let port = url.port_or_known_default().unwrap_or(0);
        let named = url
            .host_str()
            .map(|host| format!("{}:{port}", host.to_ascii_lowercase()))
            .into_iter()
            .collect();

        rule.check_url(&url, &named).map_err(|e| e.code())
    }

    #[test]
    fn private_addresses_are_refused_however_they_are_written() {
        for url in [
            "https://127.0.0.1/",
            "https://10.1.2.3/",
            "https://192.168.0.1/",
            "https://172.16.0.1/",
            "https://169.254.169.254/",
            "https://100.64.0.1/",
            "https://0.0.0.0/",
            "https://[::1]/",
            "https://[fc00::1]/",
            "https://[fe80::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://[2002:7f00:1::]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:169.254.169.254]/",
            "https://[::127.0.0.1]/",
            "https://[::ffff:0:127.0.0.1]/",
            "https://[64:ff9b:1::7f00:1]/",
            "https://[::]/",
            "https://[fd00:ec2::254]/",
            "https://[fec0::1]/",
            "https://[ff02::1]/",
            "https://[2001::1]/",
            "https://[2001:db8::1]/",
            "https://0/",
            "https://0177.0.0.1/",
            "https://127.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://224.0.0.1/",
            "https://255.255.255.255/",
            "https://198.18.0.1/",
        ] {
            assert_eq!(check(url, &[]), Err("egress.private-address"), "{url}");
        }
    }

    #[test]
    fn public_addresses_pass_and_plain_http_does_not() {
        assert_eq!(check("https://8.8.8.8/", &[]), Ok(()));
        assert_eq!(check("https://[2606:4700::1]/", &[]), Ok(()));
        assert_eq!(check("http://8.8.8.8/", &[]), Err("egress.plain-http"));
        assert_eq!(check("ftp://8.8.8.8/", &[]), Err("egress.bad-address"));
    }

    #[test]
    fn an_operator_allows_a_private_host_by_name() {
        assert_eq!(check("http://127.0.0.1:8080/x", &["127.0.0.1"]), Ok(()));
        assert_eq!(check("http://127.0.0.2:8080/x", &["127.0.0.1"]), Err("egress.plain-http"));
    }

    #[test]
    fn a_host_that_no_setting_names_is_refused() {
        let url = reqwest::Url::parse("https://8.8.8.8/").unwrap();

        for named in [&[][..], &["8.8.4.4:443"], &["8.8.8.8:8443"], &["8.8.8.8"]] {
            let named = named.iter().map(|server| (*server).to_owned()).collect();
            let refused = EgressRule::default().check_url(&url, &named);
            assert_eq!(refused.map_err(|e| e.code()), Err("egress.host-not-named"), "{named:?}");
        }
    }

    #[test]
    fn a_user_name_does_not_hide_the_server() {
        let url = reqwest::Url::parse("https://good.example@8.8.8.8/").unwrap();
        let named = ["good.example:443".to_owned()].into();

        let refused = EgressRule::default().check_url(&url, &named).map_err(|e| e.code());
        assert_eq!(refused, Err("egress.host-not-named"));
    }

    #[test]
    fn a_name_is_checked_where_it_leads() {
        let rule = EgressRule::default();
        let refused = rule
            .check_address("rebind.example", "127.0.0.1".parse().unwrap())
            .map_err(|e| e.code());

        assert_eq!(refused, Err("egress.private-address"));
    }
}
