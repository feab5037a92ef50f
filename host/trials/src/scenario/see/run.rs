//! Runs and what their robots came to.

use serde_json::Value;

use super::difference::{Difference, text};
use crate::scenario::grammar::{Name, RobotIs, RunIs, Runs};
use crate::scenario::world::World;

/// An item's runs, oldest first.
async fn runs_of(world: &World, item: &Name) -> Result<Vec<Value>, String> {
    let record = world.names.of(&item.value)?;
    let path = format!("/v1/records/{}/{}/automation?limit=200", record.kind, record.id);
    let overview = world.admin().get(&path).await.map_err(|e| e.to_string())?;
    let mut runs = overview.list("/runs").map_err(|e| e.to_string())?;
    runs.reverse();
    Ok(runs)
}

/// Compares one run.
pub(super) async fn see(world: &World, expected: &RunIs) -> Result<Result<(), Difference>, String> {
    let runs = runs_of(world, &expected.of).await?;
    let found = match expected.number {
        Some(number) => number.checked_sub(1).and_then(|place| runs.get(place)),
        None => runs.last(),
    };
    let Some(run) = found else {
        let which =
            expected.number.map_or_else(|| "a run".to_owned(), |number| format!("run {number}"));
        return Ok(Err(Difference::of(
            format_args!("{which} of `{}`", expected.of),
            format_args!("{} runs", runs.len()),
        )));
    };

    let mut difference = Difference::default();
    difference.text("stage", expected.stage.as_ref(), text(run, "stage"));

    let steps = run.get("steps").and_then(Value::as_array).cloned().unwrap_or_default();
    for (id, robot) in &expected.robots {
        match steps.iter().find(|step| text(step, "id") == Some(id)) {
            Some(step) => see_robot(world, &mut difference, id, robot, step)?,
            None => {
                let known: Vec<&str> = steps.iter().filter_map(|step| text(step, "id")).collect();
                difference.add(format_args!("a robot `{id}`"), known.join(", "));
            }
        }
    }
    Ok(difference.verdict())
}

fn see_robot(
    world: &World,
    difference: &mut Difference,
    id: &str,
    expected: &RobotIs,
    step: &Value,
) -> Result<(), String> {
    let what = |part: &str| format!("robot {id}'s {part}");
    let before = difference.lines().len();

    difference.text(&what("state"), expected.state.as_ref(), text(step, "state"));
    difference.text(&what("reason"), expected.reason.as_ref(), text(step, "reason"));
    difference.text(&what("code"), expected.code.as_ref(), text(step, "code"));
    difference.text(&what("note"), expected.note.as_ref(), text(step, "note"));

    difference.moment(
        &world.names,
        &what("due time"),
        expected.due.as_ref(),
        text(step, "due_at"),
    )?;
    difference.moment(
        &world.names,
        &what("end"),
        expected.ended.as_ref(),
        text(step, "ended_at"),
    )?;

    if let Some(pattern) = &expected.log {
        let lines = logged(step);
        if !lines.iter().any(|line| pattern.matches(line)) {
            difference
                .add(format_args!("robot {id} to log `{pattern}`"), format_args!("{lines:?}"));
        }
    }
    if let Some(results) = &expected.results {
        difference.json(&what("results"), results, step.get("results"));
    }

    let tries = step.get("tries").and_then(Value::as_u64).unwrap_or(0);
    difference.count(&what("tries"), expected.tries, tries);

    // Why it came to something else is mostly in the step itself.
    if difference.lines().len() > before && text(step, "state") == Some("failed") {
        difference.add(
            format_args!("robot {id} to come to that"),
            format_args!("robot {id} failed: {}", text(step, "reason").unwrap_or("")),
        );
    }
    Ok(())
}

/// What a robot logged, over all its tries.
fn logged(step: &Value) -> Vec<&str> {
    let attempts = step.get("attempts").and_then(Value::as_array).into_iter().flatten();
    let lines =
        attempts.filter_map(|attempt| attempt.get("log").and_then(Value::as_array)).flatten();
    lines.filter_map(|line| text(line, "message").or_else(|| text(line, "text"))).collect()
}

/// Compares how many runs there are.
pub(super) async fn see_count(
    world: &World,
    expected: &Runs,
) -> Result<Result<(), Difference>, String> {
    let runs = runs_of(world, &expected.of).await?;

    let mut difference = Difference::default();
    difference.count(
        &format!("runs of `{}`", expected.of),
        Some(expected.count),
        u64::try_from(runs.len()).unwrap_or(u64::MAX),
    );
    Ok(difference.verdict())
}
