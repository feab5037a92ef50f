//! Plays one scenario from beginning to end.

use std::path::Path;

use serde_json::Value;

use super::grammar::{Entry, Expectation, Located, Spot, Step};
use super::invert::Invert;
use super::load::Loaded;
use super::problem::Problem;
use super::record::Record;
use super::report::{Failure, Outcome, Verdict};
use super::see::{Difference, see, see_answer, time_of_day};
use super::world::{ActOutcome, StoreKind, Workshop, World};

/// What has been judged so far.
#[derive(Debug, Default)]
struct Judged {
    expectations: usize,
    inversions: usize,
    /// Inversions that still hold.
    vacuous: Vec<Problem>,
}

/// A scenario that failed at a place.
struct Fault {
    spot: Option<Spot>,
    message: String,
    details: Vec<String>,
}

impl Fault {
    fn at(spot: Spot, message: impl Into<String>) -> Self {
        Self { spot: Some(spot), message: message.into(), details: Vec::new() }
    }

    fn differs(spot: Spot, message: &str, difference: &Difference) -> Self {
        Self { details: difference.lines().to_vec(), ..Self::at(spot, message) }
    }
}

/// Plays a scenario on a fresh store. With `mutate` every expectation is inverted in each of its
/// parts where it is judged: seeing changes nothing, so this says the same as playing the whole
/// scenario again once per inversion.
pub(super) async fn play(
    workshop: &Workshop,
    kind: StoreKind,
    mutate: bool,
    loaded: &Loaded,
    record: Option<&Record>,
) -> Outcome {
    let outcome = |verdict| Outcome {
        path: loaded.path.clone(),
        title: loaded.scenario.scenario.value.clone(),
        verdict,
    };

    let recorder = record.map(Record::recorder);
    let mut world = match World::new(workshop, kind, &loaded.scenario.fixture, recorder).await {
        Ok(world) => world,
        Err(error) => {
            let fault = Fault { spot: error.spot, message: error.message, details: Vec::new() };
            return outcome(Verdict::Failed(Box::new(failure(
                &loaded.path,
                "the fixture",
                fault,
                Vec::new(),
            ))));
        }
    };

    let mut judged = Judged::default();
    for (number, Located { value: step, spot }) in loaded.scenario.steps.iter().enumerate() {
        if let Err(fault) =
            play_step(&mut world, &mut judged, mutate, &loaded.path, (step, *spot)).await
        {
            let at = step.at.as_ref().map(|at| format!(" at {}", at.value)).unwrap_or_default();
            let name = format!("step {}{at}, {}", number + 1, world.now());
            let timeline = timelines(&world).await;
            world.abandon();
            return outcome(Verdict::Failed(Box::new(failure(
                &loaded.path,
                &name,
                fault,
                timeline,
            ))));
        }
    }

    if let Err(message) = end(world, record).await {
        let fault = Fault { spot: None, message, details: Vec::new() };
        return outcome(Verdict::Failed(Box::new(failure(
            &loaded.path,
            "the end",
            fault,
            Vec::new(),
        ))));
    }

    if !judged.vacuous.is_empty() {
        return outcome(Verdict::Vacuous(judged.vacuous));
    }

    outcome(Verdict::Passed { expectations: judged.expectations, inversions: judged.inversions })
}

/// Ends a world, once what is left of it is written down.
async fn end(world: World, record: Option<&Record>) -> Result<(), String> {
    if let Some(record) = record {
        record.write(&world.rows().await?)?;
    }

    world.end().await
}

fn failure(path: &Path, step: &str, fault: Fault, timeline: Vec<String>) -> Failure {
    let problem = Problem { path: path.to_owned(), spot: fault.spot, message: fault.message };
    Failure { problem, step: step.to_owned(), details: fault.details, timeline }
}

async fn play_step(
    world: &mut World,
    judged: &mut Judged,
    mutate: bool,
    path: &Path,
    (step, spot): (&Step, Spot),
) -> Result<(), Fault> {
    let wrong = |spot: Spot| move |message: String| Fault::at(spot, message);

    if let Some(at) = &step.at {
        let moment = world.names.at(&at.value).map_err(wrong(at.spot))?;
        world.pass_until(moment).await.map_err(wrong(at.spot))?;
    }

    if let Some(name) = &step.name {
        let now = world.now();
        world.names.moment(&name.value, now);
    }

    for entry in &step.actions {
        match world.act(entry).await.map_err(wrong(entry.spot))? {
            ActOutcome::Answered(entry, answer) => {
                judge_answer(judged, mutate, path, &entry, &answer)?;
            }
            ActOutcome::Nothing => {}
        }
        world.rest_before_now().await.map_err(wrong(entry.spot))?;
    }

    world.rest_now().await.map_err(wrong(spot))?;

    for Located { value: expected, spot } in &step.expect {
        judge(world, judged, mutate, path, (expected, *spot)).await?;
    }

    Ok(())
}

async fn judge(
    world: &World,
    judged: &mut Judged,
    mutate: bool,
    path: &Path,
    (expected, spot): (&Expectation, Spot),
) -> Result<(), Fault> {
    let wrong = |message: String| Fault::at(spot, message);

    let seen = see(world, expected).await.map_err(wrong)?;
    seen.map_err(|difference| Fault::differs(spot, "this is not what is there", &difference))?;

    judged.expectations += 1;

    if !mutate {
        return Ok(());
    }

    let inversions = expected.inversions();

    if inversions.is_empty() {
        judged.vacuous.push(Problem::at(
            path,
            spot,
            "this expectation says nothing that could be otherwise",
        ));
    }

    for (part, inverted) in inversions {
        judged.inversions += 1;
        if see(world, &inverted).await.map_err(wrong)?.is_ok() {
            judged.vacuous.push(Problem::at(path, spot, format!("`{part}` inverted still holds")));
        }
    }

    Ok(())
}

fn judge_answer(
    judged: &mut Judged,
    mutate: bool,
    path: &Path,
    entry: &Entry,
    answer: &Result<stagewright_client::Answer, stagewright_client::ClientError>,
) -> Result<(), Fault> {
    let message = "this was not answered as expected";
    see_answer(entry, answer)
        .map_err(|difference| Fault::differs(entry.spot, message, &difference))?;

    judged.expectations +=
        usize::from(entry.refused.is_some()) + usize::from(entry.answer.is_some());

    if !mutate {
        return Ok(());
    }

    let refusals = entry
        .refused
        .inversions()
        .into_iter()
        .map(|(part, refused)| (format!("refused{part}"), Entry { refused, ..entry.clone() }));

    let answers = entry
        .answer
        .inversions()
        .into_iter()
        .map(|(part, answer)| (format!("answer{part}"), Entry { answer, ..entry.clone() }));

    for (part, inverted) in refusals.chain(answers) {
        judged.inversions += 1;
        if see_answer(&inverted, answer).is_ok() {
            judged.vacuous.push(Problem::at(
                path,
                entry.spot,
                format!("`{part}` inverted still holds"),
            ));
        }
    }

    Ok(())
}

/// What happened to each of the scenario's items, oldest first.
async fn timelines(world: &World) -> Vec<String> {
    let mut lines = Vec::new();

    for (name, record) in world.names.items() {
        let path = format!("/v1/records/{}/{}/timeline?limit=200", record.kind, record.id);
        let Ok(entries) = world.admin().get(&path).await.and_then(|answer| answer.list("/items"))
        else {
            continue;
        };

        lines.push(format!("what happened to {name}:"));

        for entry in entries.iter().rev() {
            let text = |key: &str| entry.get(key).and_then(Value::as_str).unwrap_or_default();
            let at = text("at").parse().map(time_of_day).unwrap_or_default();
            lines.push(format!("  {at}  {}", text("text")));
        }
    }

    lines
}
