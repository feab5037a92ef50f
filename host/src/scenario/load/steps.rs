//! Checks the names in steps, in the order in which they come to be.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use super::check::{CONVERSATION, Check, ITEM, KEPT, MOMENT};
use crate::scenario::grammar::{Action, Base, Entry, Expectation, Located, Message, Moment, Name, RobotIs, Scenario, Spot};
use crate::scenario::problem::Problem;

/// Checks every step of a scenario whose fixture is whole.
pub(super) fn check_steps(path: &Path, scenario: &Scenario) -> Vec<Problem> {
    let mut check = Check::new(path, &scenario.fixture);
    let robots = robots(scenario);
    if scenario.steps.is_empty() {
        check.problem(scenario.scenario.spot, "there are no steps; a scenario that expects nothing proves nothing");
    }
    for Located { value: step, spot } in &scenario.steps {
        if let Some(at) = &step.at {
            moment(&mut check, &at.value, at.spot);
        }
        if step.actions.is_empty() && step.expect.is_empty() {
            check.problem(*spot, "this step does nothing and expects nothing; give it `do` or `expect`");
        }
        if let Some(name) = &step.name {
            check.introduce(&name.value, name.spot, MOMENT);
        }
        step.actions.iter().for_each(|entry| action(&mut check, scenario, &robots, entry));
        step.expect.iter().for_each(|expected| expectation(&mut check, &expected.value, expected.spot));
    }
    check.problems
}

/// The ids of all robots that are configured at some time.
fn robots(scenario: &Scenario) -> BTreeSet<String> {
    let saved = scenario.steps.iter().flat_map(|step| &step.value.actions).filter_map(|entry| match &entry.action {
        Action::SaveAutomation(save) => Some(&save.body.value),
        _ => None,
    });
    let bodies = scenario.fixture.automations.values().map(|body| &body.value).chain(saved);
    let lists = bodies.filter_map(|body| body.get("robots").and_then(Value::as_array)).flatten();
    lists.filter_map(|robot| robot.get("id").and_then(Value::as_str).map(str::to_owned)).collect()
}

fn moment(check: &mut Check<'_>, moment: &Moment, spot: Spot) {
    if let Base::Named(name) = &moment.base {
        check.use_of(name, spot, &[]);
    }
}

fn by(check: &mut Check<'_>, by: Option<&Name>) {
    if let Some(name) = by {
        check.use_of(&name.value, name.spot, &["user"]);
    }
}

/// The names that stand in `${…}`; `${tenant}` and `${server}` are always there.
fn names_in(check: &mut Check<'_>, text: &str, spot: Spot) {
    let names = text.split("${").skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name);
    names.filter(|name| !["tenant", "server"].contains(name)).for_each(|name| check.use_of(name, spot, &[]));
}

fn channel(check: &mut Check<'_>, scenario: &Scenario, name: &Name) {
    if !scenario.fixture.channels.contains_key(&name.value) {
        let known: Vec<&str> = scenario.fixture.channels.keys().map(String::as_str).collect();
        check.problem(name.spot, format!("the fixture has no channel `{name}`; it has {}", known.join(", ")));
    }
}

fn item(check: &mut Check<'_>, name: &Name) {
    check.use_of(&name.value, name.spot, &[ITEM]);
}

#[expect(clippy::too_many_lines, reason = "one arm for each action, each of a line or two; apart they would be harder to compare")]
fn action(check: &mut Check<'_>, scenario: &Scenario, robots: &BTreeSet<String>, entry: &Entry) {
    match &entry.action {
        Action::ClientWrites(writes) => {
            channel(check, scenario, &writes.channel);
            let names = [(&writes.conversation, CONVERSATION), (&writes.creates, ITEM)];
            names.into_iter().for_each(|(name, kind)| {
                if let Some(name) = name {
                    check.introduce(&name.value, name.spot, kind);
                }
            });
        }
        Action::Accept(accept) => {
            check.use_of(&accept.conversation.value, accept.conversation.spot, &[CONVERSATION, ITEM]);
            by(check, Some(&accept.by));
        }
        Action::Reply(reply) => {
            check.use_of(&reply.conversation.value, reply.conversation.spot, &[CONVERSATION, ITEM]);
            by(check, Some(&reply.by));
        }
        Action::Create(create) => {
            create.fields.values().for_each(|value| names_in(check, &value.value.to_string(), value.spot));
            let known = stagewright_core::schema::KINDS.iter().find(|(kind, ..)| *kind == create.kind.value);
            match known {
                Some((kind, ..)) => {
                    check.fields(kind, &create.fields);
                    check.introduce(&create.name.value, create.name.spot, kind);
                }
                // Its fields are known to the host alone.
                None if stagewright_core::schema::is_own(&create.kind.value) => {
                    check.introduce(&create.name.value, create.name.spot, ITEM);
                }
                None => check.problem(create.kind.spot, format!("`{}` is no kind of record", create.kind.value)),
            }
            by(check, create.by.as_ref());
        }
        Action::Change(change) => {
            change.fields.values().for_each(|value| names_in(check, &value.value.to_string(), value.spot));
            check.use_of(&change.record.value, change.record.spot, &[]);
            if let Some(kind) = check.kind(&change.record.value) {
                check.fields(kind, &change.fields);
            }
            by(check, change.by.as_ref());
        }
        Action::Move(to) => {
            item(check, &to.record);
            by(check, to.by.as_ref());
        }
        Action::Delete(delete) => {
            check.use_of(&delete.record.value, delete.record.spot, &[]);
            by(check, delete.by.as_ref());
        }
        Action::Merge(merge) => {
            item(check, &merge.record);
            item(check, &merge.into);
            by(check, merge.by.as_ref());
        }
        Action::FireEvent(fire) => item(check, &fire.record),
        Action::Invoke(invoke) => {
            item(check, &invoke.record);
            by(check, invoke.by.as_ref());
        }
        Action::Hold(hold) | Action::Release(hold) if !robots.contains(&hold.robot.value) => {
            let known: Vec<&str> = robots.iter().map(String::as_str).collect();
            check.problem(
                hold.robot.spot,
                format!("no automation has a robot `{}`; there are {}", hold.robot.value, known.join(", ")),
            );
        }
        Action::Request(request) => {
            names_in(check, &request.path.value, request.path.spot);
            names_in(check, &request.body.as_ref().map(ToString::to_string).unwrap_or_default(), entry.spot);
            request.keep.iter().for_each(|(name, pointer)| check.introduce(name, pointer.spot, KEPT));
            by(check, request.by.as_ref());
        }
        Action::Find(find) => {
            let known = stagewright_core::schema::KINDS.iter().find(|(kind, ..)| *kind == find.kind.value);
            check.introduce(&find.name.value, find.name.spot, known.map_or(ITEM, |(kind, ..)| kind));
        }
        Action::ChangeChannel(change) => channel(check, scenario, &change.channel),
        Action::ProviderReports(reports) => channel(check, scenario, &reports.channel),
        Action::SaveAutomation(_)
        | Action::Publish(_)
        | Action::ProviderAnswers(_)
        | Action::SettleDelivery(_)
        | Action::Hold(_)
        | Action::Release(_)
        | Action::HoldRequests
        | Action::ReleaseRequests
        | Action::Restart
        | Action::Stop
        | Action::Start
        | Action::Crash => {}
    }
}

fn expectation(check: &mut Check<'_>, expected: &Expectation, spot: Spot) {
    match expected {
        Expectation::Sent(messages) => {
            let moments = messages.iter().filter_map(|Message { at, .. }| at.as_ref());
            moments.for_each(|at| moment(check, at, spot));
        }
        Expectation::Record(record) => check.use_of(&record.of.value, record.of.spot, &[]),
        Expectation::Run(run) => {
            item(check, &run.of);
            let moments = run.robots.values().flat_map(|RobotIs { due, ended, .. }| due.iter().chain(ended));
            moments.for_each(|at| moment(check, at, spot));
        }
        Expectation::Runs(runs) => item(check, &runs.of),
        Expectation::Decision(decision) => item(check, &decision.of),
        Expectation::Timeline(timeline) => {
            item(check, &timeline.of);
            timeline.at.iter().for_each(|at| moment(check, at, spot));
        }
        Expectation::Conversation(of) => check.use_of(&of.of.value, of.of.spot, &[CONVERSATION, ITEM]),
        Expectation::Delivery(delivery) => delivery.due.iter().for_each(|due| moment(check, due, spot)),
        Expectation::Task(task) => {
            task.of.iter().for_each(|of| item(check, of));
            task.deadline.iter().for_each(|at| moment(check, at, spot));
        }
        Expectation::Activity(activity) => {
            activity.of.iter().for_each(|of| item(check, of));
            activity.due.iter().chain(&activity.completed).for_each(|at| moment(check, at, spot));
        }
        Expectation::History(history) => {
            history.of.iter().for_each(|of| check.use_of(&of.value, of.spot, &[]));
            history.at.iter().for_each(|at| moment(check, at, spot));
        }
        Expectation::Notification(notification) => {
            notification.of.iter().for_each(|of| check.use_of(&of.value, of.spot, &[]));
            notification.at.iter().for_each(|at| moment(check, at, spot));
        }
        Expectation::Why(why) => {
            item(check, &why.of);
            why.at.iter().for_each(|at| moment(check, at, spot));
        }
        Expectation::Records(_) | Expectation::Conversations(_) => {}
    }
}
