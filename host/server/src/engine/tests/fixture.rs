//! An engine over a memory store with scripted plugins, a manual clock and a connector that sends
//! nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use stagewright_core::call::{CallLimits, RobotCall, RobotOutcome};
use stagewright_core::command::{
    create_record, invoke_robot, publish_automation, put_automation, put_pipeline,
};
use stagewright_core::commit::Commit;
use stagewright_core::context::OpContext;
use stagewright_core::doubles::RecordingConnector;
use stagewright_core::doubles::ScriptedPlugins;
use stagewright_core::drive;
use stagewright_core::id::TenantId;
use stagewright_core::key::{Key, Table};
use stagewright_core::model::plugin::{Grant, Plugin, PluginLimits};
use stagewright_core::model::record::{Record, RecordRef};
use stagewright_core::model::run::Run;
use stagewright_core::model::tenant::Tenant;
use stagewright_core::read::{Found, Range, Read};
use stagewright_core::row;
use stagewright_core::seams::{Clock, Later, Store, StoreError};
use stagewright_core::time::Timestamp;
use stagewright_core::tx::{Halt, Tx};
use stagewright_store::memory::MemoryStore;

use crate::clock::{ManualClock, Stamps};
use crate::engine::{Answers, Engine, EngineHandle, Noticed, Signal, Worker};
use crate::secrets::Vault;

pub(super) const TENANT: TenantId = TenantId([1; 16]);

pub(super) struct Rig {
    pub(super) rows: Arc<Counting>,
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Arc<ManualClock>,
    pub(super) stamps: Stamps,
    pub(super) signal: Signal,
    commands: AtomicU64,
}

/// A store that counts the rows it gives and takes.
#[derive(Debug)]
pub(super) struct Counting {
    inner: MemoryStore,
    rows: AtomicU64,
    due_rows: AtomicU64,
    written: AtomicU64,
}

/// Rows that were touched.
#[derive(Clone, Copy, Debug)]
pub(super) struct Touched {
    /// Rows read, present or not.
    pub(super) read: u64,
    /// Due rows among them that were found by looking for what is due.
    pub(super) due_rows: u64,
    /// Rows put or deleted.
    pub(super) written: u64,
}

impl Counting {
    /// The rows read since the last time.
    pub(super) fn take(&self) -> u64 {
        self.take_all().read
    }

    /// Everything since the last time.
    pub(super) fn take_all(&self) -> Touched {
        let take = |count: &AtomicU64| count.swap(0, Ordering::SeqCst);
        Touched {
            read: take(&self.rows),
            due_rows: take(&self.due_rows),
            written: take(&self.written),
        }
    }
}

impl Store for Counting {
    fn read<'a>(&'a self, reads: &'a [Read]) -> Later<'a, Result<Vec<Found>, StoreError>> {
        Box::pin(async move {
            let found = self.inner.read(reads).await?;

            let rows = found.iter().map(|found| match found {
                Found::Row(_) => 1,
                Found::Range { rows, .. } => rows.len() as u64,
            });
            self.rows.fetch_add(rows.sum(), Ordering::SeqCst);

            let due = found.iter().map(|found| match found {
                Found::Range { rows, .. } => {
                    rows.iter().filter(|(key, _)| key.as_due().is_some()).count() as u64
                }
                Found::Row(_) => 0,
            });
            self.due_rows.fetch_add(due.sum(), Ordering::SeqCst);

            Ok(found)
        })
    }

    fn commit(&self, commit: Commit) -> Later<'_, Result<(), StoreError>> {
        self.written.fetch_add((commit.writes.len() + commit.bumps.len()) as u64, Ordering::SeqCst);
        self.inner.commit(commit)
    }

    fn settled(&self) -> Later<'_, Result<(), StoreError>> {
        self.inner.settled()
    }
}

impl Rig {
    pub(super) fn new() -> Self {
        let clock = Arc::new(ManualClock::at(Timestamp(1_000_000_000_000)));
        let rows = Arc::new(Counting {
            inner: MemoryStore::new(),
            rows: AtomicU64::new(0),
            due_rows: AtomicU64::new(0),
            written: AtomicU64::new(0),
        });

        let signal = Signal::default();
        let store: Arc<dyn Store> =
            Arc::new(Noticed::new(Arc::clone(&rows) as Arc<dyn Store>, signal.clone()));
        let stamps = Stamps::new(Arc::clone(&clock) as Arc<dyn Clock>);

        Self { rows, store, clock, stamps, signal, commands: AtomicU64::new(0) }
    }

    /// Starts an engine whose robots answer by `robot`.
    pub(super) async fn start(&self, plugins: ScriptedPlugins) -> EngineHandle {
        let worker = Worker {
            store: Arc::clone(&self.store),
            clock: Arc::clone(&self.clock) as Arc<dyn Clock>,
            plugins: Arc::new(plugins),
            connector: Arc::new(RecordingConnector::default()),
            vault: Vault::new(&[1; 32]),
            answers: Answers::default(),
        };

        Engine::new(worker, self.stamps.clone(), self.signal.clone()).start().await.unwrap()
    }

    pub(super) async fn ok<T: Send>(
        &self,
        tenant: TenantId,
        decision: impl Fn(&mut Tx<'_>, &OpContext) -> Result<T, Halt> + Send + Sync,
    ) -> T {
        let number = self.commands.fetch_add(1, Ordering::SeqCst).to_string();
        let ctx = OpContext::system(tenant, &["test", &number], self.clock.now());
        drive::execute(&*self.store, |tx| decision(tx, &ctx)).await.unwrap()
    }

    /// A tenant with a pipeline and the test plugin.
    pub(super) async fn tenant(&self, tenant: TenantId) {
        self.ok(tenant, |tx, ctx| {
            let row = Tenant {
                id: tenant,
                name: "Roofs".into(),
                time_zone: "Europe/Kyiv".into(),
                language: "en".into(),
                country: "UA".into(),
                created_at: ctx.now,
            };

            tx.put(Tenant::key(tenant), &row)?;
            tx.put(Plugin::key("test.kit"), &plugin())?;
            tx.put(Grant::key(tenant, "test.kit"), &Grant::default())?;

            let stages = json!([{"id": "new", "name": "New"}, {"id": "done", "name": "Done"}]);
            let pipeline = json!({"kind": "deal", "name": "Sales", "stages": stages});
            put_pipeline::decide(tx, ctx, "sales", serde_json::from_value(pipeline).unwrap(), None)
        })
        .await;
    }

    /// Publishes robots on the stage `new`.
    pub(super) async fn automate(&self, tenant: TenantId, robots: Value) {
        let draft = json!({"kind": "deal", "pipeline": "sales", "stage": "new", "robots": robots});

        self.ok(tenant, |tx, ctx| {
            put_automation::decide(
                tx,
                ctx,
                "auto",
                serde_json::from_value(draft.clone()).unwrap(),
                None,
            )
        })
        .await;

        self.ok(tenant, |tx, ctx| publish_automation::decide(tx, ctx, "auto")).await;
    }

    pub(super) async fn deal(&self, tenant: TenantId) -> RecordRef {
        let fields = json!({"title": "Roof", "pipeline": "sales"}).as_object().unwrap().clone();
        self.ok(tenant, |tx, ctx| create_record::decide(tx, ctx, "deal", &fields)).await.0.key
    }

    pub(super) async fn invoke(&self, tenant: TenantId, item: &RecordRef) -> String {
        let settings = json!({"text": "hi"}).as_object().unwrap().clone();
        self.ok(tenant, |tx, ctx| invoke_robot::decide(tx, ctx, "test.kit", "say", item, &settings))
            .await
            .id
    }

    pub(super) async fn record(&self, tenant: TenantId, item: &RecordRef) -> Record {
        let key = item.key(tenant);
        drive::query(&*self.store, |tx| tx.peek::<Record>(&key)).await.unwrap().unwrap().0
    }

    /// A tenant's runs, oldest first.
    pub(super) async fn runs(&self, tenant: TenantId) -> Vec<Run> {
        let range = Range::first(Key::new(tenant, Table::Run, &[]), 100_000);
        let found = self.store.read(&[Read::Range(range)]).await.unwrap().remove(0);
        let Found::Range { rows, .. } = found else { panic!() };
        rows.iter().map(|(_, bytes)| row::decode::<Run>(bytes).unwrap().0).collect()
    }
}

/// Robots that do nothing and say so.
pub(super) fn idle_robots() -> ScriptedPlugins {
    ScriptedPlugins::new().robot(|_: &mut RobotCall| Ok(RobotOutcome::Done(serde_json::Map::new())))
}

pub(super) fn plugin() -> Plugin {
    let setting = json!({"key": "text", "kind": "template", "required": true});
    let after = json!({"key": "after", "kind": "duration", "required": true});
    let alone = json!({
        "id": "left-alone", "name": {"en": "Left alone"}, "events": ["item.idle"],
        "idle_after": "after", "settings": [after],
    });

    let catalogue = json!({
        "robots": [{"id": "say", "name": {"en": "Say"}, "settings": [setting]}],
        "triggers": [alone],
    });

    Plugin {
        id: "test.kit".into(),
        name: "Kit".into(),
        app: String::new(),
        version: "1.0.0".into(),
        publisher: "Test".into(),
        bundle: "b".into(),
        component: "c".into(),
        permissions: Vec::new(),
        imports: Vec::new(),
        catalogue: serde_json::from_value(catalogue).unwrap(),
        limits: PluginLimits {
            robot: CallLimits::ROBOT,
            trigger: CallLimits::TRIGGER,
            channel: CallLimits::CHANNEL,
        },
        installed_at: Timestamp(0),
    }
}

/// A robot of the test plugin.
pub(super) fn robot(id: &str, more: Value) -> Value {
    let mut robot =
        json!({"id": id, "plugin": "test.kit", "robot": "say", "settings": {"text": "hi"}});
    robot.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    robot
}
