//! Host calls of a native test: the thread's mock host answers.

use crate::test::mock;
use crate::{HostError, RecordRef, Request, Response};

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

pub(crate) fn add_observers(
    target: Option<&RecordRef>,
    users: &[String],
) -> Result<Vec<String>, HostError> {
    mock::with(|host| host.add_observers(target, users))
}

pub(crate) fn record_update(target: Option<&RecordRef>, fields: &str) -> Result<(), HostError> {
    mock::with(|host| host.update(target, fields))
}

pub(crate) fn record_move(target: Option<&RecordRef>, stage: &str) -> Result<bool, HostError> {
    mock::with(|host| host.move_to(target, stage))
}

pub(crate) fn record_assign(target: Option<&RecordRef>, choice: &str) -> Result<String, HostError> {
    mock::with(|host| host.assign(target, choice))
}

pub(crate) fn create_task(task: &str) -> Result<String, HostError> {
    mock::with(|host| host.create_task(task))
}

pub(crate) fn complete_tasks(which: &str) -> Result<Vec<String>, HostError> {
    mock::with(|host| host.complete_tasks(which))
}

pub(crate) fn schedule_activity(activity: &str) -> Result<String, HostError> {
    mock::with(|host| host.schedule(activity))
}

pub(crate) fn write_history(entry: &str) -> Result<String, HostError> {
    mock::with(|host| host.write_history(entry))
}

pub(crate) fn notify(notification: &str) -> Result<Vec<String>, HostError> {
    mock::with(|host| host.notify(notification))
}

pub(crate) fn wait_until(moment: &str) -> Result<(), HostError> {
    mock::with(|host| host.wait_until(moment))
}

pub(crate) fn fetch(request: &Request) -> Result<Response, HostError> {
    mock::with(|host| host.fetch(request))
}

pub(crate) fn shift(shift: &str) -> Result<String, HostError> {
    mock::with(|host| host.shift(shift))
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
    mock::with(|host| {
        host.secrets
            .get(name)
            .is_some_and(|secret| crate::test::hmac(secret, algorithm, bytes) == mac)
    })
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
