//! From a name to the addresses that are connected to. A name is looked up once for a connection,
//! every address is checked, and only checked ones are handed to the client, so that there is no
//! second look-up that could answer otherwise.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use stagewright_core::seams::Later;

use super::egress::EgressRule;

/// Looks a name up.
pub(super) type LookUp =
    Arc<dyn Fn(String) -> Later<'static, io::Result<Vec<IpAddr>>> + Send + Sync>;

/// The system's look-up.
pub(super) fn system() -> LookUp {
    Arc::new(|host| {
        Box::pin(async move {
            Ok(tokio::net::lookup_host((host.as_str(), 0))
                .await?
                .map(|address| address.ip())
                .collect())
        })
    })
}

/// A look-up under the egress rule.
#[derive(Clone)]
pub(super) struct CheckedLookUp {
    /// The rule.
    pub(super) rule: EgressRule,
    /// Who knows names.
    pub(super) look_up: LookUp,
}

impl fmt::Debug for CheckedLookUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CheckedLookUp").field("rule", &self.rule).finish_non_exhaustive()
    }
}

impl Resolve for CheckedLookUp {
    fn resolve(&self, name: Name) -> Resolving {
        let (rule, found) = (self.rule.clone(), (self.look_up)(name.as_str().to_owned()));
        Box::pin(async move {
            let found = found.await?;
            for address in &found {
                rule.check_address(name.as_str(), *address)?;
            }

            // The client puts the port of the request's address in place of 0.
            let addresses: Addrs =
                Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}
