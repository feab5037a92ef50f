//! Host calls of a native test: the thread's mock host answers.

use crate::test::mock;
use crate::{HostError, RecordRef};

pub(crate) fn log_write(level: &str, message: &str) {
    mock::with(|host| host.log.push((level.to_owned(), message.to_owned())));
}

pub(crate) fn now() -> String {
    mock::with(|host| host.now.clone())
}

pub(crate) fn random_u64() -> u64 {
    mock::with(mock::World::random)
}

pub(crate) fn record_get(target: Option<&RecordRef>) -> Result<String, HostError> {
    mock::with(|host| host.record(target))
}

pub(crate) fn record_require(target: Option<&RecordRef>) -> Result<(), HostError> {
    mock::with(|host| host.record(target).map(drop))
}

pub(crate) fn add_observers(target: Option<&RecordRef>, users: &[String]) -> Result<Vec<String>, HostError> {
    mock::with(|host| host.add_observers(target, users))
}

pub(crate) fn resolve(who: &str) -> Result<Vec<String>, HostError> {
    mock::with(|host| host.resolve(who))
}

pub(crate) fn profile(user: &str) -> Result<String, HostError> {
    mock::with(|host| host.profile(user))
}

pub(crate) fn supervisor_of(user: &str) -> Result<Option<String>, HostError> {
    mock::with(|host| host.supervisor_of(user))
}

pub(crate) fn send(message: &str) -> Result<String, HostError> {
    mock::with(|host| host.send(message))
}

pub(crate) fn hmac_matches(name: &str, algorithm: &str, bytes: &[u8], mac: &[u8]) -> bool {
    mock::with(|host| host.secrets.get(name).is_some_and(|secret| crate::test::hmac(secret, algorithm, bytes) == mac))
}

pub(crate) fn secret_equals(name: &str, candidate: &str) -> bool {
    mock::with(|host| host.secrets.get(name).is_some_and(|secret| secret == candidate))
}

pub(crate) fn public_url() -> String {
    mock::with(|host| host.public_url.clone())
}

pub(crate) fn channel_settings() -> String {
    mock::with(|host| host.channel_settings.to_string())
}
