//! The host under test, those who use it, and what they are answered.

mod actor;
mod furniture;
mod kit;
mod record;
mod twins;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use serde_json::json;

use stagewright_core::context::Actor as Author;
use stagewright_core::doubles::RecordingConnector;
use stagewright_core::id::TenantId;
use stagewright_core::model::tenant::Role;
use stagewright_core::seams::{Clock, Connector, Plugins, Store};
use stagewright_core::time::Timestamp;
use stagewright_server::blobs::Blobs;
use stagewright_server::clock::{ManualClock, Stamps};
use stagewright_server::engine::{Answers, Engine, EngineHandle, Noticed, Signal, Worker};
use stagewright_server::http::{HttpState, router};
use stagewright_server::secrets::Vault;
use stagewright_server::service::{FETCHES_MAX, NewToken, Service, Wishes};
use stagewright_store::memory::MemoryStore;

pub(crate) use actor::{Actor, Reply};
pub(crate) use furniture::Tenancy;
pub(crate) use kit::BUNDLE;
pub(crate) use twins::Twins;

use record::Record;

/// 2026-11-22T09:00:00Z.
pub(crate) const START: Timestamp = Timestamp(1_795_338_000_000);

/// A host without a socket.
pub(crate) struct Api {
    pub(crate) service: Service,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) engine: EngineHandle,
    /// A platform admin.
    pub(crate) platform: Actor,
    router: Router,
    record: Option<Record>,
}

/// Puts something around the store.
type Wrap = Box<dyn FnOnce(Arc<dyn Store>) -> Arc<dyn Store> + Send>;

/// What differs between hosts under test.
pub(crate) struct Setup {
    /// Whether events are dispatched and robots run.
    pub(crate) engine: bool,
    /// How long `POST /v1/events` waits.
    pub(crate) event_wait: Duration,
    /// Whether `/dev/clock` is there.
    pub(crate) dev: bool,
    /// What readiness says.
    pub(crate) ready: Result<(), String>,
    /// What lies between the use cases and the rows.
    pub(crate) around: Wrap,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            engine: true,
            event_wait: Duration::from_secs(60),
            dev: false,
            ready: Ok(()),
            around: Box::new(|store| store),
        }
    }
}

impl Api {
    /// A host whose commits can be made to meet.
    pub(crate) async fn with_twins() -> (Self, Arc<Twins>) {
        let (send, receive) = std::sync::mpsc::channel();
        let around = Box::new(move |store| {
            let twins = Arc::new(Twins::around(store));
            send.send(twins.clone()).unwrap();
            twins as Arc<dyn Store>
        });

        let api = Self::start_with(Setup { around, ..Setup::default() }).await;
        (api, receive.recv().unwrap())
    }

    /// A host with a platform admin and nothing else.
    pub(crate) async fn start() -> Self {
        Self::start_with(Setup::default()).await
    }

    pub(crate) async fn start_with(setup: Setup) -> Self {
        let clock = Arc::new(ManualClock::at(START));
        let signal = Signal::default();

        let store: Arc<dyn Store> =
            Arc::new(Noticed::new(Arc::new(MemoryStore::new()), signal.clone()));
        let stamps = Stamps::new(clock.clone());
        let plugins: Arc<dyn Plugins> = Arc::new(kit::scripted());
        let connector: Arc<dyn Connector> = Arc::new(RecordingConnector::default());
        let vault = Vault::new(&[7; 32]);

        let service = Service {
            store: (setup.around)(store.clone()),
            clock: clock.clone(),
            stamps: stamps.clone(),
            plugins: plugins.clone(),
            connector: connector.clone(),
            fetches: Arc::new(tokio::sync::Semaphore::new(FETCHES_MAX)),
            files: files(),
            vault: vault.clone(),
            public_url: "https://crm.example".to_owned(),
        };

        let worker = Worker {
            store,
            clock: clock.clone(),
            plugins,
            connector,
            vault,
            answers: Answers::default(),
        };

        let engine = Engine::new(worker, stamps, signal.clone()).start().await.unwrap();
        if !setup.engine {
            engine.stop().await;
        }

        let ready = setup.ready;

        let lever = clock.clone();
        let advance: Arc<stagewright_server::http::Advance> = Arc::new(move |by_ms| {
            lever.advance_to(lever.now().plus_ms(by_ms));
            let now = lever.now();
            Box::pin(std::future::ready(now))
        });

        let router = router(HttpState {
            service: service.clone(),
            library: kit::library(),
            activity: signal.activity.clone(),
            readiness: Arc::new(move || ready.clone()),
            event_wait: setup.event_wait,
            dev: setup.dev.then_some(advance),
        });

        let record = Record::of_this_test();
        let token = first_token(&service).await;
        let platform = Actor::new(router.clone(), Some(token), record.clone());

        Self { service, clock, engine, platform, router, record }
    }

    /// Somebody without a token.
    pub(crate) fn nobody(&self) -> Actor {
        Actor::new(self.router.clone(), None, self.record.clone())
    }

    /// Somebody with this token.
    pub(crate) fn bearer(&self, token: &str) -> Actor {
        Actor::new(self.router.clone(), Some(token.to_owned()), self.record.clone())
    }

    /// A new tenant with its admin.
    pub(crate) async fn tenant(&self, name: &str) -> Tenancy {
        let body =
            json!({"name": name, "time_zone": "Europe/Kyiv", "language": "en", "country": "UA"});
        let made = self.platform.post("/v1/tenants", body).await.expect(201);

        let admin = self.bearer(made["token"]["secret"].as_str().unwrap());
        Tenancy {
            id: made["id"].as_str().unwrap().to_owned(),
            admin,
            platform: self.platform.clone(),
        }
    }

    /// Runs everything that is due by now.
    pub(crate) async fn settle(&self) {
        self.engine.settle(self.clock.now()).await;
    }
}

/// A folder for files, of this test alone.
fn files() -> Blobs {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let name =
        format!("stagewright-api-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let path = std::env::temp_dir().join(name);

    drop(std::fs::remove_dir_all(&path));
    Blobs::open(&path).unwrap()
}

async fn first_token(service: &Service) -> String {
    let command =
        service.begin(TenantId::PLATFORM, Author::System, &["first"], "first", Wishes::default());

    let new = NewToken {
        name: "root".into(),
        tenant: TenantId::PLATFORM,
        role: Role::PlatformAdmin,
        user: None,
    };
    service.create_token(&command, &new).await.unwrap().1
}
