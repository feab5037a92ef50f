//! Checks the names in steps, in the order in which they come to be.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use stagewright_core::schema;

use super::check::{CONVERSATION, Check, ITEM, KEPT, Kind, MOMENT};
use crate::scenario::grammar::{
    Action, Base, Change, ClientWrites, Create, Entry, Expectation, Fields, Located, Message,
    Moment, Name, Request, RobotIs, Scenario, Spot,
};
use crate::scenario::problem::Problem;

/// Checks every step of a scenario whose fixture is whole.
pub(super) fn check_steps(path: &Path, scenario: &Scenario) -> Vec<Problem> {
    let mut check = Check::new(path, &scenario.fixture);
    let robots = robots(scenario);

    if scenario.steps.is_empty() {
        check.problem(
            scenario.scenario.spot,
            "there are no steps; a scenario that expects nothing proves nothing",
        );
    }

    for Located { value: step, spot } in &scenario.steps {
        if let Some(at) = &step.at {
            check_moment(&mut check, &at.value, at.spot);
        }

        if step.actions.is_empty() && step.expect.is_empty() {
            check.problem(
                *spot,
                "this step does nothing and expects nothing; give it `do` or `expect`",
            );
        }

        if let Some(name) = &step.name {
            check.introduce(&name.value, name.spot, MOMENT);
        }

        // What a step expects may speak of what its own actions named.
        for entry in &step.actions {
            check_action(&mut check, scenario, &robots, entry);
        }

        for expected in &step.expect {
            check_expectation(&mut check, &expected.value, expected.spot);
        }
    }

    check.problems
}

/// The ids of all robots that are configured at some time.
fn robots(scenario: &Scenario) -> BTreeSet<String> {
    let saved =
        scenario.steps.iter().flat_map(|step| &step.value.actions).filter_map(|entry| match &entry
            .action
        {
            Action::SaveAutomation(save) => Some(&save.body.value),
            _ => None,
        });

    let bodies = scenario.fixture.automations.values().map(|body| &body.value).chain(saved);
    let lists = bodies.filter_map(|body| body.get("robots").and_then(Value::as_array)).flatten();
    lists.filter_map(|robot| robot.get("id").and_then(Value::as_str).map(str::to_owned)).collect()
}

fn check_moment(check: &mut Check<'_>, moment: &Moment, spot: Spot) {
    if let Base::Named(name) = &moment.base {
        check.use_of(name, spot, &[]);
    }
}

/// Checks the employee who does something; nobody named is the administrator.
fn check_actor(check: &mut Check<'_>, by: Option<&Name>) {
    if let Some(name) = by {
        check.use_of(&name.value, name.spot, &["user"]);
    }
}

/// Checks the names that stand in `${…}`; `${tenant}` and `${server}` are always there.
fn check_names_in(check: &mut Check<'_>, text: &str, spot: Spot) {
    let names =
        text.split("${").skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name);
    let names = names.filter(|name| !["tenant", "server"].contains(name));
    names.for_each(|name| check.use_of(name, spot, &[]));
}

fn check_values(check: &mut Check<'_>, fields: &Fields) {
    for value in fields.values() {
        check_names_in(check, &value.value.to_string(), value.spot);
    }
}

fn check_channel(check: &mut Check<'_>, scenario: &Scenario, name: &Name) {
    if !scenario.fixture.channels.contains_key(&name.value) {
        let known: Vec<&str> = scenario.fixture.channels.keys().map(String::as_str).collect();
        check.problem(
            name.spot,
            format!("the fixture has no channel `{name}`; it has {}", known.join(", ")),
        );
    }
}

fn check_robot(check: &mut Check<'_>, robots: &BTreeSet<String>, name: &Name) {
    if !robots.contains(&name.value) {
        let known: Vec<&str> = robots.iter().map(String::as_str).collect();
        check.problem(
            name.spot,
            format!("no automation has a robot `{name}`; there are {}", known.join(", ")),
        );
    }
}

fn check_item(check: &mut Check<'_>, name: &Name) {
    check.use_of(&name.value, name.spot, &[ITEM]);
}

fn check_record(check: &mut Check<'_>, name: &Name) {
    check.use_of(&name.value, name.spot, &[]);
}

/// Checks a conversation, or an item that may belong to one.
fn check_conversation(check: &mut Check<'_>, name: &Name) {
    check.use_of(&name.value, name.spot, &[CONVERSATION, ITEM]);
}

/// Checks what an action names, and introduces the names that it gives.
fn check_action(
    check: &mut Check<'_>,
    scenario: &Scenario,
    robots: &BTreeSet<String>,
    entry: &Entry,
) {
    match &entry.action {
        Action::ClientWrites(writes) => check_writing(check, scenario, writes),
        Action::Accept(accept) => check_answering(check, &accept.conversation, &accept.by),
        Action::Reply(reply) => check_answering(check, &reply.conversation, &reply.by),
        Action::Create(create) => check_creation(check, create),
        Action::Change(change) => check_change(check, change),

        Action::Move(to) => {
            check_item(check, &to.record);
            check_actor(check, to.by.as_ref());
        }

        Action::Delete(delete) => {
            check_record(check, &delete.record);
            check_actor(check, delete.by.as_ref());
        }

        Action::Merge(merge) => {
            check_item(check, &merge.record);
            check_item(check, &merge.into);
            check_actor(check, merge.by.as_ref());
        }

        Action::FireEvent(fire) => check_item(check, &fire.record),

        Action::Invoke(invoke) => {
            check_item(check, &invoke.record);
            check_actor(check, invoke.by.as_ref());
        }

        Action::Hold(hold) | Action::Release(hold) => check_robot(check, robots, &hold.robot),
        Action::Request(request) => check_request(check, request, entry.spot),
        Action::Find(find) => check.introduce(
            &find.name.value,
            find.name.spot,
            find_kind(&find.kind.value).unwrap_or(ITEM),
        ),

        Action::ChangeChannel(change) => check_channel(check, scenario, &change.channel),
        Action::ProviderReports(reports) => check_channel(check, scenario, &reports.channel),
        Action::SaveAutomation(_)
        | Action::Publish(_)
        | Action::ProviderAnswers(_)
        | Action::SettleDelivery(_)
        | Action::HoldRequests
        | Action::ReleaseRequests
        | Action::Restart
        | Action::Stop
        | Action::Start
        | Action::Crash => {}
    }
}

fn check_writing(check: &mut Check<'_>, scenario: &Scenario, writes: &ClientWrites) {
    check_channel(check, scenario, &writes.channel);

    for (name, kind) in [(&writes.conversation, CONVERSATION), (&writes.creates, ITEM)] {
        if let Some(name) = name {
            check.introduce(&name.value, name.spot, kind);
        }
    }
}

/// Checks an employee's accepting of a conversation or reply in it.
fn check_answering(check: &mut Check<'_>, conversation: &Name, by: &Name) {
    check_conversation(check, conversation);
    check_actor(check, Some(by));
}

fn check_creation(check: &mut Check<'_>, create: &Create) {
    check_values(check, &create.fields);

    match find_kind(&create.kind.value) {
        Some(kind) => {
            // Before its own name is there: a new record cannot lead to itself.
            check.fields(kind, &create.fields);
            check.introduce(&create.name.value, create.name.spot, kind);
        }
        // Its fields are known to the host alone.
        None if schema::is_own(&create.kind.value) => {
            check.introduce(&create.name.value, create.name.spot, ITEM);
        }
        None => {
            check
                .problem(create.kind.spot, format!("`{}` is no kind of record", create.kind.value));
        }
    }

    check_actor(check, create.by.as_ref());
}

fn check_change(check: &mut Check<'_>, change: &Change) {
    check_values(check, &change.fields);
    check_record(check, &change.record);

    if let Some(kind) = check.kind(&change.record.value) {
        check.fields(kind, &change.fields);
    }

    check_actor(check, change.by.as_ref());
}

fn check_request(check: &mut Check<'_>, request: &Request, spot: Spot) {
    check_names_in(check, &request.path.value, request.path.spot);
    check_names_in(
        check,
        &request.body.as_ref().map(ToString::to_string).unwrap_or_default(),
        spot,
    );

    // After the names in the request itself, which is sent before anything of its answer is kept.
    request.keep.iter().for_each(|(name, pointer)| check.introduce(name, pointer.spot, KEPT));
    check_actor(check, request.by.as_ref());
}

/// The kind of record that is called so, where the rules know its fields.
fn find_kind(name: &str) -> Option<Kind> {
    schema::KINDS.iter().find(|(kind, ..)| *kind == name).map(|(kind, ..)| *kind)
}

/// Checks what an expectation names.
fn check_expectation(check: &mut Check<'_>, expected: &Expectation, spot: Spot) {
    match expected {
        Expectation::Sent(messages) => {
            let moments = messages.iter().filter_map(|Message { at, .. }| at.as_ref());
            moments.for_each(|at| check_moment(check, at, spot));
        }

        Expectation::Record(record) => check_record(check, &record.of),

        Expectation::Run(run) => {
            check_item(check, &run.of);
            let moments =
                run.robots.values().flat_map(|RobotIs { due, ended, .. }| due.iter().chain(ended));
            moments.for_each(|at| check_moment(check, at, spot));
        }

        Expectation::Runs(runs) => check_item(check, &runs.of),
        Expectation::Decision(decision) => check_item(check, &decision.of),

        Expectation::Timeline(timeline) => {
            check_item(check, &timeline.of);
            timeline.at.iter().for_each(|at| check_moment(check, at, spot));
        }

        Expectation::Conversation(of) => check_conversation(check, &of.of),

        Expectation::Delivery(delivery) => {
            delivery.due.iter().for_each(|due| check_moment(check, due, spot));
        }

        Expectation::Task(task) => {
            task.of.iter().for_each(|of| check_item(check, of));
            task.deadline.iter().for_each(|at| check_moment(check, at, spot));
        }

        Expectation::Activity(activity) => {
            activity.of.iter().for_each(|of| check_item(check, of));
            activity
                .due
                .iter()
                .chain(&activity.completed)
                .for_each(|at| check_moment(check, at, spot));
        }

        Expectation::History(history) => {
            history.of.iter().for_each(|of| check_record(check, of));
            history.at.iter().for_each(|at| check_moment(check, at, spot));
        }

        Expectation::Notification(notification) => {
            notification.of.iter().for_each(|of| check_record(check, of));
            notification.at.iter().for_each(|at| check_moment(check, at, spot));
        }

        Expectation::Why(why) => {
            check_item(check, &why.of);
            why.at.iter().for_each(|at| check_moment(check, at, spot));
        }

        Expectation::Records(_) | Expectation::Conversations(_) => {}
    }
}
