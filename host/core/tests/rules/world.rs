//! A tenant in memory, its decisions applied one after another: what the rules need to be tested, without a store, a runtime or
//! a plugin.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use stagewright_core::call::{CallLimits, Usage, Verdict};
use stagewright_core::command::{
    create_record, dispatch, ingest, job, job::One, publish_automation, put_automation, put_channel, put_line, put_pipeline,
    send_message, step,
};
use stagewright_core::commit::Commit;
use stagewright_core::context::{Actor, OpContext};
use stagewright_core::id::TenantId;
use stagewright_core::key::{Key, Queue, Table};
use stagewright_core::model::channel::Channel;
use stagewright_core::model::due::Due;
use stagewright_core::model::event::{Decisions, Outcome};
use stagewright_core::model::job::Job;
use stagewright_core::model::plugin::{Catalogue, Grant, Plugin, PluginLimits};
use stagewright_core::model::record::{Record, RecordRef};
use stagewright_core::model::run::{Attempt, Run};
use stagewright_core::model::tenant::Tenant;
use stagewright_core::model::timeline::Entry;
use stagewright_core::read::{Found, Read, Reads};
use stagewright_core::refusal::Refusal;
use stagewright_core::row::{self, Bytes, Row};
use stagewright_core::time::Timestamp;
use stagewright_core::tx::{Decision, Halt, Tx, decide};

pub(crate) const TENANT: TenantId = TenantId([1; 16]);

/// Minutes as a moment.
pub(crate) fn minute(minutes: i64) -> Timestamp {
    Timestamp(1_750_000_000_000 + minutes * 60_000)
}

#[derive(Default)]
pub(crate) struct World {
    pub(crate) rows: BTreeMap<Key, Bytes>,
    pub(crate) now: Timestamp,
    commands: u64,
}

impl World {
    /// A tenant with a sales pipeline (new, processed, won), two employees, their boss, a channel and a line.
    pub(crate) fn new() -> Self {
        let mut world = Self { now: minute(0), ..Self::default() };
        world.put(
            Tenant::key(TENANT),
            &Tenant {
                id: TENANT,
                name: "Roofs".into(),
                time_zone: "Europe/Kyiv".into(),
                language: "en".into(),
                country: "UA".into(),
                created_at: minute(0),
            },
        );
        world.put(Plugin::key("test.kit"), &plugin());
        let scopes = plugin().permissions.into_iter().map(|asked| asked.scope).collect();
        world.put(Grant::key(TENANT, "test.kit"), &Grant { scopes, ..Grant::default() });
        let pipeline = json!({"kind": "deal", "name": "Sales", "stages": [
            {"id": "new", "name": "New"}, {"id": "processed", "name": "Processed"}, {"id": "won", "name": "Won", "semantics": "won"}]});
        world.ok(|tx, ctx| put_pipeline::decide(tx, ctx, "sales", serde_json::from_value(pipeline.clone()).unwrap(), None));
        let channel = json!({"name": "WhatsApp", "plugin": "test.kit", "channel": "chat", "line": "support"});
        let line = json!({"name": "Support"});
        world.ok(|tx, ctx| put_line::decide(tx, ctx, "support", serde_json::from_value(line.clone()).unwrap(), None));
        world.ok(|tx, ctx| put_channel::decide(tx, ctx, "wa", serde_json::from_value(channel.clone()).unwrap(), None));
        world
    }

    /// A pipeline `leads` with one stage, for leads.
    pub(crate) fn pipeline_of_leads(&mut self) {
        let pipeline = json!({"kind": "lead", "name": "Leads", "stages": [{"id": "fresh", "name": "Fresh"}]});
        self.ok(|tx, ctx| put_pipeline::decide(tx, ctx, "leads", serde_json::from_value(pipeline.clone()).unwrap(), None));
    }

    pub(crate) fn put<T: Row>(&mut self, key: Key, row: &T) {
        self.rows.insert(key, row::encode(row, 1).unwrap());
    }

    pub(crate) fn get<T: Row>(&self, key: &Key) -> Option<T> {
        self.rows.get(key).map(|bytes| row::decode::<T>(bytes).unwrap().0)
    }

    pub(crate) fn record(&self, target: &RecordRef) -> Record {
        self.get(&target.key(TENANT)).unwrap()
    }

    /// The context of the next command.
    pub(crate) fn ctx(&mut self) -> OpContext {
        self.commands += 1;
        let mut ctx = OpContext::system(TENANT, &["command", &self.commands.to_string()], self.now);
        ctx.actor = Actor::Client { name: "test".into() };
        ctx
    }

    /// Carries a command out.
    pub(crate) fn run<T>(&mut self, command: impl Fn(&mut Tx<'_>, &OpContext) -> Result<T, Halt>) -> Result<T, Refusal> {
        let ctx = self.ctx();
        self.run_as(&ctx, command)
    }

    /// Carries a command out that must succeed.
    pub(crate) fn ok<T>(&mut self, command: impl Fn(&mut Tx<'_>, &OpContext) -> Result<T, Halt>) -> T {
        self.run(command).unwrap_or_else(|refusal| panic!("{refusal}"))
    }

    pub(crate) fn run_as<T>(
        &mut self,
        ctx: &OpContext,
        command: impl Fn(&mut Tx<'_>, &OpContext) -> Result<T, Halt>,
    ) -> Result<T, Refusal> {
        self.run_knowing(ctx, &[], command).map(|(answer, _)| answer)
    }

    /// The same where `known` is read before, as the engine does for decisions that follow another. Gives what was read as well.
    /// Ordinary decisions take half the rounds that a decision may have.
    fn run_knowing<T>(
        &mut self,
        ctx: &OpContext,
        known: &[Read],
        command: impl Fn(&mut Tx<'_>, &OpContext) -> Result<T, Halt>,
    ) -> Result<(T, Vec<Read>), Refusal> {
        let mut reads: Reads = known.iter().map(|read| (read.clone(), self.find(read))).collect();
        for _ in 0..=8 {
            match decide(&reads, |tx| command(tx, ctx)) {
                Decision::Done(commit, answer) => {
                    self.apply(&commit);
                    return Ok((answer, reads.into_keys().collect()));
                }
                Decision::Refused(refusal) => return Err(refusal),
                Decision::Damaged(reason) => panic!("{reason}"),
                Decision::Need(needs) => needs.into_iter().for_each(|read| drop(reads.insert(read.clone(), self.find(&read)))),
            }
        }
        panic!("the decision wants more than 8 rounds");
    }

    /// Reads for an answer.
    pub(crate) fn look<T>(&self, ctx: &OpContext, read: impl Fn(&mut Tx<'_>, &OpContext) -> Result<T, Halt>) -> Result<T, Refusal> {
        let mut reads = Reads::new();
        for _ in 0..=8 {
            match decide(&reads, |tx| read(tx, ctx)) {
                Decision::Done(_, answer) => return Ok(answer),
                Decision::Refused(refusal) => return Err(refusal),
                Decision::Damaged(reason) => panic!("{reason}"),
                Decision::Need(needs) => reads.extend(needs.into_iter().map(|need| (need.clone(), self.find(&need)))),
            }
        }
        panic!("the decision wants more than 8 rounds");
    }

    pub(crate) fn find(&self, read: &Read) -> Found {
        let range = match read {
            Read::Row(key) => return Found::Row(self.rows.get(key).cloned()),
            Read::Range(range) => range,
        };
        let guard = self.rows.get(&Key::guard_of(&range.prefix)).map_or(0, |bytes| row::version(bytes).unwrap());
        let inside = |key: &&Key| key.starts_with(&range.prefix);
        let mut rows: Vec<_> = self.rows.iter().filter(|(key, _)| inside(key)).map(|(k, v)| (k.clone(), v.clone())).collect();
        if range.newest_first {
            rows.reverse();
        }
        rows.truncate(range.limit);
        Found::Range { rows, guard }
    }

    pub(crate) fn apply(&mut self, commit: &Commit) {
        for (key, expected) in &commit.expects {
            let found = self.rows.get(key).map_or(0, |bytes| row::version(bytes).unwrap());
            assert_eq!(found, *expected, "{key:?}");
        }
        for (key, value) in &commit.writes {
            match value {
                Some(bytes) => self.rows.insert(key.clone(), bytes.clone()),
                None => self.rows.remove(key),
            };
        }
        for (key, steps) in &commit.bumps {
            let found = self.rows.get(key).map_or(0, |bytes| row::version(bytes).unwrap());
            self.rows.insert(key.clone(), row::guard(found + steps));
        }
    }

    pub(crate) fn create(&mut self, kind: &str, fields: Value) -> RecordRef {
        let fields = fields.as_object().unwrap().clone();
        self.ok(|tx, ctx| create_record::decide(tx, ctx, kind, &fields)).0.key
    }

    /// Saves and publishes an automation for a stage of the sales pipeline.
    /// A deal of the sales pipeline with these fields too, whose events are dispatched.
    pub(crate) fn deal(&mut self, more: Value) -> RecordRef {
        let mut fields = json!({"title": "Roof", "pipeline": "sales"});
        fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let item = self.create("deal", fields);
        self.dispatch_quietly();
        item
    }

    /// Settles the step that is due first.
    pub(crate) fn settle_first(&mut self, ending: &step::Ending) {
        let Some((_, Due::Step { run, step, .. })) = self.due(Queue::Step).into_iter().next() else { panic!("no step is due") };
        let attempt = Attempt { at: self.now, version: "1.2.3".into(), usage: Usage::default(), log: Vec::new(), error: None };
        self.ok(|tx, ctx| step::settle(tx, ctx, (&run, &step), ending.clone(), attempt.clone(), None));
    }

    pub(crate) fn automate(&mut self, stage: &str, robots: Value, triggers: Value) {
        self.save(stage, robots, triggers).unwrap_or_else(|refusal| panic!("{refusal}"));
        self.ok(|tx, ctx| publish_automation::decide(tx, ctx, stage));
    }

    pub(crate) fn save(&mut self, stage: &str, robots: Value, triggers: Value) -> Result<(), Refusal> {
        let draft = json!({"kind": "deal", "pipeline": "sales", "stage": stage, "robots": robots, "triggers": triggers});
        self.run(|tx, ctx| put_automation::decide(tx, ctx, stage, serde_json::from_value(draft.clone()).unwrap(), None)).map(|_| ())
    }

    /// The due rows of a queue, in order.
    pub(crate) fn due(&self, queue: Queue) -> Vec<(Key, Due)> {
        let prefix = Key::due_queue(queue);
        self.rows
            .iter()
            .filter(|(key, _)| key.starts_with(&prefix))
            .map(|(k, v)| (k.clone(), row::decode::<Due>(v).unwrap().0))
            .collect()
    }

    /// Dispatches every event that waits, each trigger saying what `verdict` says.
    pub(crate) fn dispatch(&mut self, verdict: &dyn Fn(&dispatch::Ask) -> Verdict) {
        while let Some((key, Due::Dispatch { event, item, .. })) = self.due(Queue::Dispatch).into_iter().next() {
            let ctx = OpContext::system(TENANT, &["dispatch", &event, &item.lane()], self.now);
            let (asks, mut known) = self.run_knowing(&ctx, &[], |tx, ctx| dispatch::plan(tx, ctx, &event, &item)).unwrap();
            known.extend([key.clone(), item.lane_key(TENANT)].map(Read::Row));
            let callable = asks.iter().filter(|ask| ask.call.is_ok());
            let verdicts = callable.map(|ask| ((ask.name.clone(), ask.version), Ok(verdict(ask)))).collect();
            self.run_knowing(&ctx, &known, |tx, ctx| dispatch::decide(tx, ctx, &key, &verdicts)).unwrap();
        }
    }

    /// Dispatches every event that waits; no trigger fires.
    pub(crate) fn dispatch_quietly(&mut self) {
        self.dispatch(&|_| Verdict::Ignore("not now".into()));
    }

    /// An item's runs, oldest first.
    pub(crate) fn runs(&self) -> Vec<Run> {
        let prefix = Key::new(TENANT, Table::Run, &[]);
        self.rows.iter().filter(|(key, _)| key.starts_with(&prefix)).map(|(_, v)| row::decode::<Run>(v).unwrap().0).collect()
    }

    /// An item's timeline, oldest first.
    pub(crate) fn timeline(&self, item: &RecordRef) -> Vec<Entry> {
        let prefix = Entry::range(TENANT, item);
        self.rows.iter().filter(|(key, _)| key.starts_with(&prefix)).map(|(_, v)| row::decode::<Entry>(v).unwrap().0).collect()
    }

    /// The outcomes of every candidate for an item, event by event.
    pub(crate) fn outcomes(&self, item: &RecordRef) -> Vec<Outcome> {
        let prefix = Decisions::range(TENANT, item);
        let decisions = self.rows.iter().filter(|(key, _)| key.starts_with(&prefix));
        decisions.flat_map(|(_, v)| row::decode::<Decisions>(v).unwrap().0.candidates).map(|found| found.outcome).collect()
    }

    pub(crate) fn job(&self, id: &str) -> Job {
        self.get(&Job::key(TENANT, id)).unwrap()
    }

    /// Carries out what the host does of its own accord.
    fn as_host<T>(&mut self, command: impl Fn(&mut Tx<'_>, &OpContext) -> Result<T, Halt>) -> T {
        let ctx = OpContext { actor: Actor::System, ..self.ctx() };
        self.run_as(&ctx, command).unwrap_or_else(|refusal| panic!("{refusal}"))
    }

    /// Does one batch of a job, as the engine does. Gives what came of each entry, and whether the job goes on.
    pub(crate) fn one_of(&mut self, id: &str) -> (Vec<One>, bool) {
        let found = self.due(Queue::Sweep).into_iter().find(|(_, due)| *due == Due::Job { id: id.to_owned() });
        let (due, _) = found.unwrap_or_else(|| panic!("job {id} is not due"));
        let Some((row, batch)) = self.as_host(|tx, ctx| job::batch(tx, ctx, id, &due)) else { panic!("job {id} is over") };
        let mut came = Vec::new();
        for entry in &batch.entries {
            came.push(self.as_host(|tx, ctx| job::one(tx, ctx, &row, entry)));
            if came.last() == Some(&One::Later) {
                break;
            }
        }
        let stopped = came.last() == Some(&One::Later);
        self.as_host(|tx, ctx| job::advance(tx, ctx, id, &due, &batch, stopped));
        (came, self.job(id).ended_at.is_none())
    }

    /// Does every job to its end, moving the clock where one waits a moment.
    pub(crate) fn work(&mut self) {
        let job = |(key, due): (Key, Due)| match due {
            Due::Job { id } => Some((key, id)),
            _ => None,
        };
        while let Some((key, id)) = self.due(Queue::Sweep).into_iter().find_map(job) {
            self.now = self.now.max(key.as_due().unwrap().due_at);
            self.one_of(&id);
        }
    }

    /// A message that waits to be sent; gives its delivery.
    pub(crate) fn message(&mut self, to: &str) -> String {
        let request = send_message::Request::parse(&json!({"to": to, "text": "Hello", "channel": "wa"})).unwrap();
        let origin = send_message::Origin { item: None, epoch: None, step: None };
        self.ok(|tx, ctx| send_message::decide(tx, ctx, &request, &origin)).id
    }

    /// Takes a client's message in.
    pub(crate) fn client_writes(&mut self, id: &str, from: &str) -> ingest::Ingested {
        let channel: Channel = self.get(&Channel::key(TENANT, "wa")).unwrap();
        let event = json!({"external_id": id, "address": from, "display_name": "Olha", "body": {"text": "Hello"}});
        let inbound = ingest::Inbound::parse(&event).unwrap();
        self.ok(|tx, ctx| ingest::decide(tx, ctx, &channel, &inbound))
    }
}

/// A plugin with everything in it.
fn plugin() -> Plugin {
    let catalogue: Catalogue = serde_json::from_value(json!({
        "robots": [{"id": "say", "name": {"en": "Say"}, "settings": [
            {"key": "text", "kind": "template", "required": true, "max": 100}], "results": [{"key": "said"}, {"key": "until", "kind": "moment"}]},
            {"id": "names", "name": {"en": "Names"}, "settings": [
                {"key": "pipeline", "kind": "pipeline"}, {"key": "stage", "kind": "stage"},
                {"key": "stages", "kind": "stage", "multiple": true}, {"key": "field", "kind": "field"},
                {"key": "date", "kind": "date-field"}, {"key": "group", "kind": "group"},
                {"key": "calendar", "kind": "calendar"}, {"key": "to", "kind": "who", "multiple": true}]},
            {"id": "count", "name": {"en": "Count"}, "settings": [
                {"key": "due_working", "kind": "choice", "default": "none", "choices": [{"value": "none"}, {"value": "count"}]},
                {"key": "due_calendar", "kind": "calendar", "default": "tenant"}]},
            {"id": "open", "name": {"en": "Open"}, "settings": [{"key": "hours", "kind": "calendar", "default": "line"}]}],
        "triggers": [{"id": "accepted", "name": {"en": "Accepted"}, "events": ["conversation.accepted"], "settings": [
            {"key": "line", "kind": "line", "required": true}]},
            {"id": "called", "name": {"en": "Called"}, "events": ["webhook.received"], "settings": [
                {"key": "code", "kind": "webhook", "required": true}]},
            {"id": "changed", "name": {"en": "Changed"}, "events": ["item.changed"], "settings": []},
            {"id": "left-alone", "name": {"en": "Left alone"}, "events": ["item.idle"], "idle_after": "after", "settings": [
                {"key": "after", "kind": "duration", "default": "2d"}]}],
        "channels": [{"id": "chat", "name": {"en": "Chat"}, "kind": "chat", "settings": []}],
    }))
    .unwrap();
    let limits = PluginLimits { robot: CallLimits::ROBOT, trigger: CallLimits::TRIGGER, channel: CallLimits::CHANNEL };
    Plugin {
        id: "test.kit".into(),
        name: "Kit".into(),
        app: String::new(),
        version: "1.2.3".into(),
        publisher: "Test".into(),
        bundle: "b".into(),
        component: "c".into(),
        permissions: Vec::new(),
        imports: Vec::new(),
        catalogue,
        limits,
        installed_at: minute(0),
    }
}

/// A robot of the test plugin.
pub(crate) fn robot(id: &str, text: &str, more: Value) -> Value {
    let mut robot = Map::new();
    robot.insert("id".into(), json!(id));
    robot.insert("plugin".into(), json!("test.kit"));
    robot.insert("robot".into(), json!("say"));
    robot.insert("settings".into(), json!({"text": text}));
    robot.extend(more.as_object().unwrap().clone());
    Value::Object(robot)
}

/// A trigger of the test plugin.
pub(crate) fn trigger(id: &str, more: Value) -> Value {
    let mut trigger = json!({"id": id, "plugin": "test.kit", "trigger": "accepted", "settings": {"line": "support"}});
    trigger.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    trigger
}
