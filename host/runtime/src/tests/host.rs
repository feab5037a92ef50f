//! A runtime over rows that a test gives, and calls of its guests.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Map, Value, json};

use stagewright_core::call::{Build, CallContext, CallLimits, RobotAnswer, RobotCall};
use stagewright_core::commit::Commit;
use stagewright_core::context::OpContext;
use stagewright_core::doubles::RecordingConnector;
use stagewright_core::id::TenantId;
use stagewright_core::key::Key;
use stagewright_core::model::pipeline::Pipeline;
use stagewright_core::model::plugin::Grant;
use stagewright_core::model::record::{Record, RecordRef};
use stagewright_core::model::tenant::Tenant;
use stagewright_core::read::{Found, Read};
use stagewright_core::row::{Bytes, encode};
use stagewright_core::scope::Scope;
use stagewright_core::seams::{Connector, Later, Plugins, Store, StoreError};
use stagewright_core::time::Timestamp;

use super::guests::Guest;
use crate::{CacheKey, Runtime, RuntimeConfig};

/// Far longer than any call of a test lasts, on however busy a machine.
const PATIENCE: Duration = Duration::from_secs(20);
const TENANT: TenantId = TenantId::PLATFORM;

/// What the store does when it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mood {
    Well,
    /// Never answers.
    Stuck,
    /// Says that it has stopped.
    Broken,
    /// Has a bug.
    Panics,
}

/// Rows in memory.
#[derive(Debug)]
struct Rows {
    rows: HashMap<Key, Bytes>,
    mood: Mood,
}

impl Store for Rows {
    fn read<'a>(&'a self, reads: &'a [Read]) -> Later<'a, Result<Vec<Found>, StoreError>> {
        let found = |read: &Read| match read {
            Read::Row(key) => Found::Row(self.rows.get(key).cloned()),
            Read::Range(_) => Found::Range { rows: Vec::new(), guard: 0 },
        };

        match self.mood {
            Mood::Well => Box::pin(std::future::ready(Ok(reads.iter().map(found).collect()))),
            Mood::Stuck => Box::pin(std::future::pending()),
            Mood::Panics => panic!("the test's store panics, as it should"),
            Mood::Broken => {
                Box::pin(std::future::ready(Err(StoreError::Stopped("disk full".to_owned()))))
            }
        }
    }

    fn commit(&self, _commit: Commit) -> Later<'_, Result<(), StoreError>> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn settled(&self) -> Later<'_, Result<(), StoreError>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// A runtime with the guests that were shown to it.
#[derive(Debug)]
pub(super) struct Host {
    pub(super) runtime: Runtime,
    pub(super) dir: PathBuf,
    /// What would have been sent.
    pub(super) recording: Arc<RecordingConnector>,
    /// Whether the folder goes with the host.
    owns_dir: bool,
    shelf: Arc<Mutex<Shelf>>,
}

#[derive(Debug, Default)]
struct Shelf {
    components: BTreeMap<String, Vec<u8>>,
    fetched: usize,
}

impl Drop for Host {
    fn drop(&mut self) {
        if self.owns_dir {
            // A folder that stays is no failure of what was tested.
            let _stays = std::fs::remove_dir_all(&self.dir);
        }
    }
}

pub(super) fn host() -> Host {
    host_in(Mood::Well)
}

pub(super) fn host_in(mood: Mood) -> Host {
    let mut host = host_at(&fresh_dir(), [7; 32], mood);
    host.owns_dir = true;
    host
}

/// A host that really sends.
pub(super) fn host_sending(connector: Arc<dyn Connector>) -> Host {
    let mut host = host_over(&fresh_dir(), [7; 32], Mood::Well, connector);
    host.owns_dir = true;
    host
}

fn fresh_dir() -> PathBuf {
    static HOSTS: AtomicU32 = AtomicU32::new(0);
    let number = HOSTS.fetch_add(1, Ordering::Relaxed);
    std::env::temp_dir().join(format!("stagewright-runtime-{}-{number}", std::process::id()))
}

/// A host whose compiled code lies in `dir`, which is somebody else's, under `key`.
pub(super) fn host_at(dir: &Path, key: [u8; 32], mood: Mood) -> Host {
    let recording = Arc::new(RecordingConnector::default());
    let mut host = host_over(dir, key, mood, Arc::clone(&recording) as Arc<dyn Connector>);
    host.recording = recording;
    host
}

fn host_over(dir: &Path, key: [u8; 32], mood: Mood, connector: Arc<dyn Connector>) -> Host {
    let shelf = Arc::new(Mutex::new(Shelf::default()));
    let source = {
        let shelf = Arc::clone(&shelf);
        move |hash: &str| {
            let mut shelf = shelf.lock().unwrap();
            shelf.fetched += 1;
            shelf.components.get(hash).cloned()
        }
    };

    let config =
        RuntimeConfig { calls_max: 4, ..RuntimeConfig::new(dir.to_owned(), CacheKey(key)) };
    let rows = Arc::new(Rows { rows: item_and_user(), mood });
    let runtime = Runtime::new(config, rows, connector, Arc::new(source)).unwrap();

    Host { runtime, dir: dir.to_owned(), recording: Arc::default(), owns_dir: false, shelf }
}

/// A tenant with one item on the first stage of its pipeline, and one employee.
fn item_and_user() -> HashMap<Key, Bytes> {
    let deal = record("deal", "D1", &json!({"title": "Roof", "pipeline": "sales", "stage": "new"}));
    let user = record("user", "u1", &json!({"name": "Olga", "active": true}));

    let tenant: Tenant = serde_json::from_value(json!({
        "name": "Roofs", "time_zone": "Europe/Kyiv", "language": "uk", "country": "UA",
        "created_at": 0, "id": TENANT,
    }))
    .unwrap();

    let stages = json!([{"id": "new", "name": "New"}, {"id": "won", "name": "Won"}]);
    let pipeline: Pipeline = serde_json::from_value(
        json!({"id": "sales", "kind": "deal", "name": "Sales", "stages": stages}),
    )
    .unwrap();

    let mut rows: HashMap<Key, Bytes> = [deal, user]
        .map(|record| (record.key.key(TENANT), encode(&record, 1).unwrap()))
        .into_iter()
        .collect();
    rows.insert(Tenant::key(TENANT), encode(&tenant, 1).unwrap());
    rows.insert(Pipeline::key(TENANT, "sales"), encode(&pipeline, 1).unwrap());
    rows
}

fn record(kind: &str, id: &str, fields: &Value) -> Record {
    Record {
        key: RecordRef::new(kind, id),
        created_at: Timestamp(0),
        updated_at: Timestamp(0),
        stage_entered_at: None,
        stage_epoch: 0,
        deleted_at: None,
        merged_into: None,
        fields: fields.as_object().unwrap().clone(),
    }
}

pub(super) fn item() -> RecordRef {
    RecordRef::new("deal", "D1")
}

impl Host {
    /// Puts a component where the runtime finds it.
    pub(super) fn has(&self, guest: &Guest) {
        self.shelf.lock().unwrap().components.insert(guest.hash.clone(), guest.bytes.clone());
    }

    /// How often a component was fetched to be compiled.
    pub(super) fn fetched(&self) -> usize {
        self.shelf.lock().unwrap().fetched
    }

    /// Runs a robot within a robot's usual limits.
    pub(super) async fn run(&self, guest: &Guest) -> RobotAnswer {
        self.run_within(guest, CallLimits::ROBOT).await
    }

    pub(super) async fn run_within(&self, guest: &Guest, limits: CallLimits) -> RobotAnswer {
        self.has(guest);
        let answer = self.runtime.robot(call(&guest.hash, limits));
        // What never ends shall fail here, not hang.
        tokio::time::timeout(PATIENCE, answer).await.unwrap()
    }

    /// The code that a robot fails with, or "ok".
    pub(super) async fn code(&self, guest: &Guest, limits: CallLimits) -> String {
        self.run_within(guest, limits)
            .await
            .outcome
            .map_or_else(|failure| failure.code, |_| "ok".to_owned())
    }
}

pub(super) fn build(hash: &str, limits: CallLimits) -> Build {
    Build {
        plugin: "test.guest".to_owned(),
        version: "1.0.0".to_owned(),
        component: hash.to_owned(),
        limits,
    }
}

pub(super) fn context() -> CallContext {
    CallContext {
        step_id: "step-1".to_owned(),
        attempt: 1,
        offer: "robot".to_owned(),
        target: Some(item()),
        settings: Map::new(),
        now: Timestamp(1_795_339_800_000),
        time_zone: "Europe/Kyiv".to_owned(),
        language: "uk".to_owned(),
    }
}

pub(super) fn scope(limits: &CallLimits) -> Scope {
    scope_granting(&["records.read:*", "records.observe:*"], limits)
}

pub(super) fn scope_granting(scopes: &[&str], limits: &CallLimits) -> Scope {
    let ctx = OpContext::system(TENANT, &["step-1"], Timestamp(1_795_339_800_000));
    let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
    Scope::new(ctx, Some(item()), Grant { scopes, more: Map::new() }, limits.effects).for_step(
        "run-1",
        "step-1",
        "run-1/step-1",
        None,
    )
}

pub(super) fn call(hash: &str, limits: CallLimits) -> RobotCall {
    RobotCall { build: build(hash, limits), context: context(), scope: scope(&limits) }
}

/// A value in a robot's results.
pub(super) fn result(answer: &RobotAnswer, key: &str) -> Value {
    match &answer.outcome {
        Ok(stagewright_core::call::RobotOutcome::Done(results)) => {
            results.get(key).cloned().unwrap_or_default()
        }
        other => panic!("{other:?}"),
    }
}
