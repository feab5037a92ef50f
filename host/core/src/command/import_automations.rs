//! Sets up what a file says: a pipeline, calendars and the automations of its stages, all or
//! nothing.

use serde::Serialize;
use serde_json::{Value, json};

use super::{publish_automation, put_automation, put_calendar, put_pipeline};
use crate::context::OpContext;
use crate::model::automation::{Automation, AutomationVersion, Bindings};
use crate::model::calendar::Calendar;
use crate::model::job::Waiting;
use crate::model::pipeline::Pipeline;
use crate::model::record::IndexEntry;
use crate::read::Read;
use crate::refusal::Refusal;
use crate::tx::{Halt, Tx};

/// What a file sets up.
#[derive(Clone, PartialEq, Debug)]
pub struct Import {
    /// The pipeline.
    pub pipeline: Pipeline,
    /// Calendars, by which its robots may count.
    pub calendars: Vec<Calendar>,
    /// The automations of its stages.
    pub automations: Vec<Automation>,
}

/// What an import does to one thing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It was not there.
    Created,
    /// It was otherwise.
    Changed,
    /// It is like that already.
    Left,
    /// It stands on the pipeline and the file does not name it; nothing happens to it.
    NotInFile,
}

/// One thing and what the import does to it.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Imported {
    /// `pipeline`, `calendar` or `automation`.
    #[serde(rename = "type")]
    pub what: &'static str,
    /// Its id.
    pub id: String,
    /// What is done to it.
    pub change: Change,
    /// The version of an automation that was published with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<u32>,
    /// What the publisher should know of that version.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// The job that replaces what waits under older versions, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job: Option<String>,
    /// What differs, field by field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Difference>,
}

/// One field that differs.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Difference {
    /// Its path, such as `robots[remind].settings.text`; robots, triggers and stages are named by
    /// their ids.
    pub field: String,
    /// What it was; null where it was not there.
    pub before: Value,
    /// What it becomes.
    pub after: Value,
}

/// Sets up what differs and leaves the rest alone. With `publish` each automation whose draft is
/// not what runs is published too, and what it says becomes of runs that wait under older versions.
///
/// # Errors
/// What setting up each part may refuse, its field inside `pipeline`, `calendars[n]` or
/// `automations[n]`; `import.twice` where the file names a thing twice.
pub fn decide(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    import: &Import,
    publish: Option<Waiting>,
) -> Result<Vec<Imported>, Halt> {
    check_names(import)?;
    let pipeline_id = &import.pipeline.id;

    let mut keys =
        vec![Pipeline::key(ctx.tenant, pipeline_id), Bindings::key(ctx.tenant, pipeline_id)];
    keys.extend(import.calendars.iter().map(|calendar| Calendar::key(ctx.tenant, &calendar.id)));
    keys.extend(
        import.automations.iter().map(|automation| Automation::key(ctx.tenant, &automation.id)),
    );

    let stages = import.pipeline.stages.iter();
    let stage_keys: Vec<_> =
        stages.map(|stage| Automation::stage_key(ctx.tenant, pipeline_id, &stage.id)).collect();
    keys.extend(stage_keys.iter().cloned());
    tx.want(&keys)?;

    // In this order: automations are checked against the pipeline and the calendars as the file has
    // them.
    let mut done = vec![pipeline(tx, ctx, &import.pipeline)?];
    done.extend(each("calendars", &import.calendars, |item| calendar(tx, ctx, item))?);
    // Each asks for rows of its own, round after round, so all of them ask in the same round.
    done.extend(each("automations", &import.automations, |item| {
        automation(tx, ctx, item, publish)
    })?);

    for key in &stage_keys {
        let standing = tx.peek::<IndexEntry>(key)?.map(|(entry, _)| entry.id);
        if let Some(id) =
            standing.filter(|id| !import.automations.iter().any(|automation| automation.id == *id))
        {
            done.push(imported("automation", &id, Change::NotInFile, Vec::new()));
        }
    }

    Ok(done)
}

fn check_names(import: &Import) -> Result<(), Refusal> {
    let calendars = import.calendars.iter().map(|calendar| ("calendars", calendar.id.as_str()));
    let automations =
        import.automations.iter().map(|automation| ("automations", automation.id.as_str()));
    let names: Vec<(&str, &str)> = calendars.chain(automations).collect();

    match names
        .iter()
        .enumerate()
        .find(|(place, name)| names.iter().take(*place).any(|other| other == *name))
    {
        Some((_, (list, id))) => Err(Refusal::invalid(
            "import.twice",
            *list,
            format!("`{id}` is there twice; keep one of them"),
        )),
        None => Ok(()),
    }
}

/// Does each of a list. A refusal counts only where nothing has to be loaded first, since then it
/// may rest on what is missing.
fn each<T>(
    list: &str,
    items: &[T],
    mut one: impl FnMut(&T) -> Result<Imported, Halt>,
) -> Result<Vec<Imported>, Halt> {
    let (mut done, mut refused) = (Vec::new(), None);
    let mut needs: Vec<Read> = Vec::new();

    for (place, item) in items.iter().enumerate() {
        match one(item) {
            Ok(imported) => done.push(imported),
            Err(Halt::Need(more)) => needs.extend(more),
            Err(Halt::Refused(refusal)) => {
                refused = refused.or(Some(refusal.inside(&format!("{list}[{place}]"))));
            }
            Err(other @ (Halt::Overtaken(_) | Halt::Damaged(_))) => return Err(other),
        }
    }

    match refused {
        _ if !needs.is_empty() => Err(Halt::Need(needs)),
        Some(refusal) => Err(refusal.into()),
        None => Ok(done),
    }
}

fn pipeline(tx: &mut Tx<'_>, ctx: &OpContext, wanted: &Pipeline) -> Result<Imported, Halt> {
    // A peek, here and below: what differs is read as a precondition where it is put.
    let before =
        tx.peek::<Pipeline>(&Pipeline::key(ctx.tenant, &wanted.id))?.map(|(pipeline, _)| pipeline);
    let imported = compared(
        "pipeline",
        &wanted.id,
        before.as_ref().map(|before| json!(before)).as_ref(),
        &json!(wanted),
    );

    if imported.change != Change::Left {
        let put = put_pipeline::decide(tx, ctx, &wanted.id, wanted.clone(), None);
        put.map_err(|halt| halt.inside("pipeline"))?;
    }

    Ok(imported)
}

fn calendar(tx: &mut Tx<'_>, ctx: &OpContext, wanted: &Calendar) -> Result<Imported, Halt> {
    let before =
        tx.peek::<Calendar>(&Calendar::key(ctx.tenant, &wanted.id))?.map(|(calendar, _)| calendar);
    let imported = compared(
        "calendar",
        &wanted.id,
        before.as_ref().map(|before| json!(before)).as_ref(),
        &json!(wanted),
    );

    if imported.change != Change::Left {
        put_calendar::decide(tx, ctx, &wanted.id, wanted.clone(), None)?;
    }

    Ok(imported)
}

fn automation(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    wanted: &Automation,
    publish: Option<Waiting>,
) -> Result<Imported, Halt> {
    let before = tx
        .peek::<Automation>(&Automation::key(ctx.tenant, &wanted.id))?
        .map(|(automation, _)| automation);

    let runs = match before.as_ref().and_then(|before| before.published) {
        Some(number) => {
            tx.peek::<AutomationVersion>(&AutomationVersion::key(ctx.tenant, &wanted.id, number))?
        }
        None => None,
    };

    let plain =
        |automation: &Automation| json!(Automation { published: None, ..automation.clone() });
    let mut imported =
        compared("automation", &wanted.id, before.as_ref().map(plain).as_ref(), &plain(wanted));

    if imported.change != Change::Left {
        put_automation::decide(tx, ctx, &wanted.id, wanted.clone(), None)?;
    }

    let runs_already = runs.is_some_and(|(version, _)| plain(&version.automation) == plain(wanted));
    if let Some(waiting) = publish.filter(|_| !runs_already) {
        let published = publish_automation::replace(tx, ctx, &wanted.id, waiting)?;
        imported.published = Some(published.version.version);
        imported.warnings = published.version.warnings;
        imported.job = published.job;
    }

    Ok(imported)
}

/// A thing as it is and as it is to be.
fn compared(what: &'static str, id: &str, before: Option<&Value>, after: &Value) -> Imported {
    let mut fields = Vec::new();
    let change = match before {
        None => Change::Created,
        Some(before) => {
            differences("", before, after, &mut fields);
            if fields.is_empty() { Change::Left } else { Change::Changed }
        }
    };

    imported(what, id, change, fields)
}

/// One thing of which nothing is published yet.
fn imported(what: &'static str, id: &str, change: Change, fields: Vec<Difference>) -> Imported {
    Imported {
        what,
        id: id.to_owned(),
        change,
        published: None,
        warnings: Vec::new(),
        job: None,
        fields,
    }
}

/// What differs, down to the fields. Lists whose entries have ids are compared by id.
fn differences(path: &str, before: &Value, after: &Value, found: &mut Vec<Difference>) {
    if before == after {
        return;
    }

    match (before, after) {
        (Value::Object(old), Value::Object(new)) => {
            let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
            names.sort();
            names.dedup();

            for name in names {
                let inner = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                let of = |map: &serde_json::Map<String, Value>| {
                    map.get(name).cloned().unwrap_or_default()
                };
                differences(&inner, &of(old), &of(new), found);
            }
        }

        (Value::Array(old), Value::Array(new)) if ids(old).is_some() && ids(new).is_some() => {
            let (was, is) = (ids(old).unwrap_or_default(), ids(new).unwrap_or_default());
            let place = |list: &[Value], ids: &[&str], id: &str| {
                ids.iter()
                    .position(|known| *known == id)
                    .and_then(|at| list.get(at).cloned())
                    .unwrap_or_default()
            };

            for id in was.iter().chain(is.iter().filter(|id| !was.contains(*id))) {
                differences(
                    &format!("{path}[{id}]"),
                    &place(old, &was, id),
                    &place(new, &is, id),
                    found,
                );
            }

            // Entries that are on both sides may still stand in another order, which the robots run
            // in.
            let common = |one: &[&str], other: &[&str]| -> Vec<String> {
                one.iter().filter(|id| other.contains(*id)).map(|id| (*id).to_owned()).collect()
            };
            if common(&was, &is) != common(&is, &was) {
                found.push(Difference {
                    field: path.to_owned(),
                    before: json!(was),
                    after: json!(is),
                });
            }
        }

        _ => found.push(Difference {
            field: path.to_owned(),
            before: before.clone(),
            after: after.clone(),
        }),
    }
}

/// The ids of a list's entries, where each has one.
fn ids(list: &[Value]) -> Option<Vec<&str>> {
    list.iter().map(|entry| entry.get("id").and_then(Value::as_str)).collect()
}
