//! Host calls of a component.

use crate::raw::stagewright::{
    calendar::calendar, channel::settings, clock::clock, directory::directory, history::history,
    http::http, log::log, messaging::messaging, notify::notify as notifications, records::change,
    records::observe, records::read, secrets::secret_check, types::types, wait::wait,
    work::activities, work::tasks,
};
use crate::{HostError, RecordRef, Request, Response};

impl From<types::HostError> for HostError {
    fn from(error: types::HostError) -> Self {
        Self {
            code: error.code,
            message: error.message,
            subject: error.subject,
            retryable: error.retryable,
        }
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

pub(crate) fn add_observers(
    target: Option<&RecordRef>,
    users: &[String],
) -> Result<Vec<String>, HostError> {
    Ok(observe::add_observers(reference(target).as_ref(), users)?)
}

pub(crate) fn record_update(target: Option<&RecordRef>, fields: &str) -> Result<(), HostError> {
    Ok(change::update(reference(target).as_ref(), fields)?)
}

pub(crate) fn record_move(target: Option<&RecordRef>, stage: &str) -> Result<bool, HostError> {
    Ok(change::move_(reference(target).as_ref(), stage)?)
}

pub(crate) fn record_assign(target: Option<&RecordRef>, choice: &str) -> Result<String, HostError> {
    Ok(change::assign(reference(target).as_ref(), choice)?)
}

pub(crate) fn create_task(task: &str) -> Result<String, HostError> {
    Ok(tasks::create(task)?)
}

pub(crate) fn complete_tasks(which: &str) -> Result<Vec<String>, HostError> {
    Ok(tasks::complete(which)?)
}

pub(crate) fn schedule_activity(activity: &str) -> Result<String, HostError> {
    Ok(activities::schedule(activity)?)
}

pub(crate) fn write_history(entry: &str) -> Result<String, HostError> {
    Ok(history::write(entry)?)
}

pub(crate) fn notify(notification: &str) -> Result<Vec<String>, HostError> {
    Ok(notifications::send(notification)?)
}

pub(crate) fn wait_until(moment: &str) -> Result<(), HostError> {
    Ok(wait::until(moment)?)
}

pub(crate) fn fetch(request: &Request) -> Result<Response, HostError> {
    Ok(http::fetch(&request.clone().into())?.into())
}

pub(crate) fn shift(shift: &str) -> Result<String, HostError> {
    Ok(calendar::shift(shift)?)
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
