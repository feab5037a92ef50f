//! The answer about a trigger.

use serde_json::{Map, Value, json};

use super::facts::{Facts, Standing};
use super::hindrance::plugin_hindrance;
use super::{About, Answer, Verdict};
use super::{conditions, words};
use crate::command::dispatch;
use crate::model::event::{Candidate, Decisions, Outcome};
use crate::time::Timestamp;

type Said = (Verdict, Option<Timestamp>, String, Map<String, Value>);

/// Why the trigger `id` of an automation did or did not move the item. The newest event it was
/// asked about counts.
pub(super) fn answer(facts: &Facts, standing: &Standing, id: &str) -> Answer {
    let spec = standing
        .trigger(id)
        .or_else(|| standing.draft.triggers.iter().find(|trigger| trigger.id == id));
    let name =
        spec.map_or(id, |spec| if spec.name.is_empty() { id } else { &spec.name }).to_owned();

    let newest = facts.decided(standing, Some(id)).next();
    let (verdict, at, sentence, values) = match newest {
        Some((decisions, candidate)) => {
            let (verdict, at, sentence, values) = of_event(facts, &name, decisions, candidate);

            // Its newest event may be a skip long after the move that the question is about.
            let since =
                if verdict == Verdict::Ran { None } else { ran_before(facts, standing, id) };
            let ran = since.map(|ran| {
                format!("; it last moved the item at {}", words::when(&facts.time_zone, ran))
            });

            let held =
                held_now(facts, standing, id).map(|why| format!("; it moves nothing now: {why}"));

            (
                verdict,
                at,
                format!("{sentence}{}{}", ran.unwrap_or_default(), held.unwrap_or_default()),
                values,
            )
        }
        None => of_nothing(facts, standing, &name, id),
    };

    Answer {
        about: About::Trigger,
        automation: standing.draft.id.clone(),
        id: id.to_owned(),
        name,
        stage: standing.draft.stage.clone(),
        version: newest
            .map(|(_, candidate)| candidate.version)
            .or(standing.version.as_ref().map(|version| version.version)),
        verdict,
        sentence,
        at,
        run: None,
        event: newest.map(|(decisions, _)| decisions.event.clone()),
        values,
    }
}

/// When it last moved the item.
fn ran_before(facts: &Facts, standing: &Standing, id: &str) -> Option<Timestamp> {
    let mut decided = facts.decided(standing, Some(id));

    decided
        .find(|(_, candidate)| matches!(candidate.outcome, Outcome::Ran { .. }))
        .map(|(decisions, _)| decisions.at)
}

/// What keeps a published trigger from being asked now, whatever came of it before.
fn held_now(facts: &Facts, standing: &Standing, id: &str) -> Option<String> {
    let spec = standing.trigger(id).filter(|_| facts.item.deleted_at.is_none())?;

    let hindrance = plugin_hindrance(facts, &spec.plugin).map(|(_, why)| why);
    let held = || {
        facts
            .pauses
            .holding(Some(&standing.draft.id), &spec.plugin)
            .map(|held| held.reason().to_owned())
    };

    hindrance.or_else(held)
}

/// What came of it when an event was looked at.
fn of_event(facts: &Facts, name: &str, decisions: &Decisions, candidate: &Candidate) -> Said {
    let at = Some(decisions.at);

    let when = words::when(&facts.time_zone, decisions.at);
    let kind = &decisions.kind;
    let who = format!("trigger `{name}`");
    let stage = facts.stage_name(&candidate.stage);

    let values = |more: Value| {
        let mut values = more.as_object().cloned().unwrap_or_default();
        values.insert("event_kind".into(), json!(kind));
        values
    };

    match &candidate.outcome {
        Outcome::Ran { .. } => (
            Verdict::Ran,
            at,
            format!("{who} moved the item to {stage} at {when}, because of {kind}"),
            values(json!({})),
        ),

        Outcome::Skipped { reason } => {
            let told = conditions::told(reason, candidate.condition.as_ref());
            let sentence = format!(
                "{who} did not move the item to {stage} at {when}, when {kind} came: {told}"
            );
            (
                Verdict::Skipped,
                at,
                sentence,
                values(json!({"reason": reason, "condition": candidate.condition})),
            )
        }

        Outcome::Lost { to } => {
            let sentence = format!(
                "{who} would have moved the item to {stage} at {when}, but `{to}`, which stands \
                 earlier, moved it"
            );
            (Verdict::Lost, at, sentence, values(json!({"to": to})))
        }

        Outcome::Cancelled { reason } => {
            let why = words::cancelled(*reason, stage);
            (
                Verdict::Cancelled,
                at,
                format!("{who} was not asked at {when}: {why}"),
                values(json!({"reason": reason})),
            )
        }

        Outcome::LoopGuard { path } => {
            let path_text = words::path(path);
            let sentence = format!(
                "{who} was stopped at {when} by the loop guard; the path that led there: \
                 {path_text}"
            );
            (Verdict::LoopGuard, at, sentence, values(json!({"path": path})))
        }

        Outcome::Failed { code, message } => {
            let sentence =
                format!("{who} could not be asked at {when}, when {kind} came: {message}");
            (Verdict::Failed, at, sentence, values(json!({"code": code, "reason": message})))
        }
    }
}

/// No event was looked at.
fn of_nothing(facts: &Facts, standing: &Standing, name: &str, id: &str) -> Said {
    let when = |at: Timestamp| words::when(&facts.time_zone, at);
    let said = |verdict, at, sentence: String| (verdict, at, sentence, Map::new());
    let who = format!("trigger `{name}`");
    let automation = &standing.draft.id;

    if let Some(at) = facts.item.deleted_at {
        return said(
            Verdict::ItemDeleted,
            Some(at),
            format!("{who} moved nothing: the item was deleted at {}", when(at)),
        );
    }

    let Some(version) = &standing.version else {
        let sentence =
            format!("{who} moved nothing: the automation `{automation}` has never been published");
        return said(Verdict::NotPublished, None, sentence);
    };

    let Some(spec) = standing.trigger(id) else {
        let number = version.version;
        let sentence = format!(
            "{who} moved nothing: it stands in the draft alone, and version {number}, which is \
             published, is without it"
        );
        return said(Verdict::NotPublished, None, sentence);
    };

    if standing.draft.pipeline != facts.pipeline.id {
        let (its, own) = (&standing.draft.pipeline, &facts.pipeline.id);
        let sentence = format!(
            "{who} moved nothing: it stands on the pipeline `{its}`, and the item moves through \
             `{own}`"
        );
        return said(Verdict::OtherPipeline, None, sentence);
    }

    if let Some((verdict, why)) = plugin_hindrance(facts, &spec.plugin) {
        return said(verdict, None, format!("{who} cannot move anything: {why}"));
    }

    if let Some(held) = facts.pauses.holding(Some(automation), &spec.plugin) {
        return said(Verdict::Paused, None, format!("{who} moves nothing now: {}", held.reason()));
    }

    if facts.is_behind() {
        let sentence = format!(
            "{who} may be about to move the item: something that happened to it is being looked at"
        );
        return said(Verdict::Pending, None, sentence);
    }

    if let Some(reason) =
        dispatch::excluded(&facts.pipeline, facts.item.text("stage"), &standing.draft.stage, spec)
    {
        return said(Verdict::CannotMove, None, format!("{who} cannot move the item: {reason}"));
    }

    let events = version.trigger_events.get(id).cloned().unwrap_or_default();
    tell_waiting_for_event(facts, &who, &events, version.published_at)
}

/// Nothing of what it listens to has come.
fn tell_waiting_for_event(
    facts: &Facts,
    who: &str,
    events: &[String],
    published_at: Timestamp,
) -> Said {
    let listens_to = if events.is_empty() { "nothing".to_owned() } else { events.join(", ") };
    let published = words::when(&facts.time_zone, published_at);
    let sentence = format!(
        "{who} moved nothing: it listens to {listens_to}, and nothing of the kind has come for \
         this item since it was published at {published}"
    );

    let idle_at = facts.lane.idle.due_at.filter(|_| events.iter().any(|kind| kind == "item.idle"));
    let sentence = match idle_at {
        Some(at) => {
            let next = words::when(&facts.time_zone, at);
            format!("{sentence}; how long nobody has touched the item is looked at next at {next}")
        }
        None => sentence,
    };

    let values = json!({"events": events}).as_object().cloned().unwrap_or_default();
    (Verdict::WaitsForEvent, idle_at, sentence, values)
}
