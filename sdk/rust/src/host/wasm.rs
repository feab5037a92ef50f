//! Host calls of a component.

use crate::raw::stagewright::{
    channel::settings, clock::clock, directory::directory, log::log, messaging::messaging, records::observe, records::read,
    secrets::secret_check, types::types,
};
use crate::{HostError, RecordRef};

impl From<types::HostError> for HostError {
    fn from(error: types::HostError) -> Self {
        Self { code: error.code, message: error.message, subject: error.subject, retryable: error.retryable }
    }
}

fn reference(target: Option<&RecordRef>) -> Option<types::RecordRef> {
    target.map(|target| types::RecordRef { kind: target.kind.clone(), id: target.id.clone() })
}

pub(crate) fn log_write(level: &str, message: &str) {
    log::write(level, message);
}

pub(crate) fn now() -> String {
    clock::now()
}

pub(crate) fn random_u64() -> u64 {
    clock::random_u64()
}

pub(crate) fn record_get(target: Option<&RecordRef>) -> Result<String, HostError> {
    Ok(read::get(reference(target).as_ref())?)
}

pub(crate) fn record_require(target: Option<&RecordRef>) -> Result<(), HostError> {
    Ok(read::require(reference(target).as_ref())?)
}

pub(crate) fn add_observers(target: Option<&RecordRef>, users: &[String]) -> Result<Vec<String>, HostError> {
    Ok(observe::add_observers(reference(target).as_ref(), users)?)
}

pub(crate) fn resolve(who: &str) -> Result<Vec<String>, HostError> {
    Ok(directory::resolve(who)?)
}

pub(crate) fn profile(user: &str) -> Result<String, HostError> {
    Ok(directory::profile(user)?)
}

pub(crate) fn supervisor_of(user: &str) -> Result<Option<String>, HostError> {
    Ok(directory::supervisor_of(user)?)
}

pub(crate) fn send(message: &str) -> Result<String, HostError> {
    Ok(messaging::send(message)?)
}

pub(crate) fn hmac_matches(name: &str, algorithm: &str, bytes: &[u8], mac: &[u8]) -> bool {
    secret_check::hmac_matches(name, algorithm, bytes, mac)
}

pub(crate) fn secret_equals(name: &str, candidate: &str) -> bool {
    secret_check::equals(name, candidate)
}

pub(crate) fn public_url() -> String {
    settings::public_url()
}

pub(crate) fn channel_settings() -> String {
    settings::settings()
}
