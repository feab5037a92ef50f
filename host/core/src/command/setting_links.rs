//! What settings name of the tenant's, such as a line, a stage or an employee, has to be there when
//! they are saved.

use crate::schema::built_in;
use serde_json::{Map, Value};

use super::{fields_of, require_link};
use crate::context::OpContext;
use crate::key::{Key, Table};
use crate::model::automation::InWorkingTime;
use crate::model::calendar::{Calendar, DEFAULT};
use crate::model::channel::{Channel, Line};
use crate::model::group::Group;
use crate::model::pipeline::Pipeline;
use crate::model::plugin::{SettingInfo, SettingKind};
use crate::model::record::RecordRef;
use crate::model::webhook::Webhook;
use crate::read::Range;
use crate::refusal::Refusal;
use crate::schema::{self, Field};
use crate::settings;
use crate::tx::{Halt, Tx};

/// Where a robot or trigger stands: what the stages and fields in its settings belong to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    /// The kind of item.
    pub(super) kind: &'a str,
    /// The pipeline.
    pub(super) pipeline: &'a str,
}

/// The rows that settings lead to, so that they can be asked for together.
pub(super) fn keys(
    ctx: &OpContext,
    infos: &[SettingInfo],
    values: &Map<String, Value>,
    place: Place<'_>,
) -> Vec<Key> {
    let key = |info: &SettingInfo, text: &str| match info.kind.known()? {
        SettingKind::Line => Some(Line::key(ctx.tenant, text)),
        SettingKind::Channel => Some(Channel::key(ctx.tenant, text)),
        SettingKind::User => Some(RecordRef::new(built_in::USER, text).key(ctx.tenant)),
        SettingKind::Who => {
            settings::user_of(text).map(|id| RecordRef::new(built_in::USER, id).key(ctx.tenant))
        }
        SettingKind::Pipeline => Some(Pipeline::key(ctx.tenant, text)),
        SettingKind::Stage => {
            Some(Pipeline::key(ctx.tenant, pipeline_of_stages(infos, values, place)))
        }
        SettingKind::Group => Some(Group::key(ctx.tenant, text)),
        SettingKind::Calendar => Some(Calendar::key(ctx.tenant, calendar_id(text))),
        SettingKind::Webhook => Some(Webhook::key(ctx.tenant, text)),
        _ => None,
    };

    infos
        .iter()
        .flat_map(|info| {
            named(info, values).into_iter().filter_map(move |(_, text)| key(info, text))
        })
        .collect()
}

/// Checks that all of it is there.
///
/// # Errors
/// `settings.unknown-line`, `settings.unknown-channel`, `settings.unknown-pipeline`,
/// `settings.unknown-stage`, `settings.unknown-field`, `settings.use-stage`, `settings.not-a-date`,
/// `settings.unknown-group`, `settings.unknown-calendar`, `settings.unknown-webhook`,
/// `record.dangling-link`, `record.inactive-user`, each naming the setting; `message.no-channel`.
pub(super) fn check(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    infos: &[SettingInfo],
    values: &Map<String, Value>,
    place: Place<'_>,
) -> Result<(), Halt> {
    tx.want(&keys(ctx, infos, values, place))?;
    let meant = Place { pipeline: pipeline_of_stages(infos, values, place), ..place };

    for info in infos {
        let named = named(info, values);
        if info.kind.is(SettingKind::Channel) && named.is_empty() {
            some_channel(tx, ctx, &info.key)?;
        }

        for (field, text) in named {
            match info.kind.known() {
                Some(SettingKind::User) => require_link(tx, ctx, built_in::USER, text, &field)?,
                Some(SettingKind::Who) => {
                    if let Some(id) = settings::user_of(text) {
                        require_link(tx, ctx, built_in::USER, id, &field)?;
                    }
                }
                // What a word of another host's names, nobody here can look for.
                None => {}
                Some(kind) => {
                    if let Some(fault) = find_fault(tx, ctx, kind, text, meant)? {
                        return Err(Refusal::invalid(fault.code, field, fault.message).into());
                    }
                }
            }
        }
    }

    Ok(())
}

/// Why a setting is refused: what it names is not there, or cannot be meant.
struct Fault {
    code: &'static str,
    message: String,
}

impl Fault {
    fn new(code: &'static str, message: String) -> Self {
        Self { code, message }
    }
}

/// What is wrong with what a setting of this kind names, if anything is. Stages and fields are
/// those of the place.
fn find_fault(
    tx: &Tx<'_>,
    ctx: &OpContext,
    kind: SettingKind,
    text: &str,
    place: Place<'_>,
) -> Result<Option<Fault>, Halt> {
    match kind {
        SettingKind::Stage => find_fault_of_stage(tx, ctx, text, place.pipeline),
        SettingKind::Field => find_fault_of_field(tx, ctx, text, place.kind),
        SettingKind::DateField => find_fault_of_date(tx, ctx, text, place.kind),
        _ => find_missing_row(tx, ctx, kind, text),
    }
}

/// A kind of setting that names a row of its own: why that is not there, if it is not.
fn find_missing_row(
    tx: &Tx<'_>,
    ctx: &OpContext,
    kind: SettingKind,
    text: &str,
) -> Result<Option<Fault>, Halt> {
    let fault = match kind {
        SettingKind::Line if tx.peek::<Line>(&Line::key(ctx.tenant, text))?.is_none() => {
            Fault::new("settings.unknown-line", format!("there is no line `{text}`"))
        }
        SettingKind::Channel if tx.peek::<Channel>(&Channel::key(ctx.tenant, text))?.is_none() => {
            Fault::new("settings.unknown-channel", format!("there is no channel `{text}`"))
        }
        SettingKind::Pipeline
            if tx.peek::<Pipeline>(&Pipeline::key(ctx.tenant, text))?.is_none() =>
        {
            let message =
                format!("there is no pipeline `{text}`; PUT /v1/pipelines/{text} makes one");
            Fault::new("settings.unknown-pipeline", message)
        }
        SettingKind::Group if tx.peek::<Group>(&Group::key(ctx.tenant, text))?.is_none() => {
            let message =
                format!("there is no work group `{text}`; PUT /v1/groups/{text} makes one");
            Fault::new("settings.unknown-group", message)
        }
        SettingKind::Calendar
            if tx.peek::<Calendar>(&Calendar::key(ctx.tenant, calendar_id(text)))?.is_none() =>
        {
            let id = calendar_id(text);
            let message =
                format!("there is no calendar `{id}`; set it up with PUT /v1/calendars/{id}");
            Fault::new("settings.unknown-calendar", message)
        }
        SettingKind::Webhook if tx.peek::<Webhook>(&Webhook::key(ctx.tenant, text))?.is_none() => {
            let message =
                format!("there is no webhook `{text}`; PUT /v1/webhooks/{text} makes one");
            Fault::new("settings.unknown-webhook", message)
        }
        _ => return Ok(None),
    };

    Ok(Some(fault))
}

fn find_fault_of_stage(
    tx: &Tx<'_>,
    ctx: &OpContext,
    text: &str,
    pipeline: &str,
) -> Result<Option<Fault>, Halt> {
    let found = tx.peek::<Pipeline>(&Pipeline::key(ctx.tenant, pipeline))?;
    let stages = found.map(|(pipeline, _)| pipeline.stages).unwrap_or_default();
    let known: Vec<String> = stages.into_iter().map(|stage| stage.id).collect();

    if known.iter().any(|stage| stage == text) {
        return Ok(None);
    }

    let known = known.join(", ");
    let message = format!("pipeline `{pipeline}` has no stage `{text}`; its stages are {known}");
    Ok(Some(Fault::new("settings.unknown-stage", message)))
}

fn find_fault_of_field(
    tx: &Tx<'_>,
    ctx: &OpContext,
    text: &str,
    item: &str,
) -> Result<Option<Fault>, Halt> {
    let fields = fields_of(tx, ctx.tenant, item)?;

    if let Some(message) = of_the_pipeline(text) {
        return Ok(Some(Fault::new("settings.use-stage", message)));
    }

    let written = |field: &&Field| !field.host_only && !OF_THE_PIPELINE.contains(&&*field.name);
    let known: Vec<&str> = fields.iter().filter(written).map(|field| &*field.name).collect();
    if known.contains(&text) {
        return Ok(None);
    }

    let message = format!("a {item} has no field `{text}`; its fields are {}", known.join(", "));
    Ok(Some(Fault::new("settings.unknown-field", message)))
}

fn find_fault_of_date(
    tx: &Tx<'_>,
    ctx: &OpContext,
    text: &str,
    item: &str,
) -> Result<Option<Fault>, Halt> {
    if schema::is_moment(&fields_of(tx, ctx.tenant, item)?, text) {
        return Ok(None);
    }

    let advice = "use created_at, updated_at, stage_entered_at or a date field";
    Ok(Some(Fault::new(
        "settings.not-a-date",
        format!("`{text}` is no date of a {item}; {advice}"),
    )))
}

/// Fields of an item that change with its stage alone: nobody writes them, and no `item.changed`
/// tells of them.
const OF_THE_PIPELINE: [&str; 2] = ["stage", "pipeline"];

/// What to use instead of a field that no setting can be about, if `field` is one.
fn of_the_pipeline(field: &str) -> Option<String> {
    OF_THE_PIPELINE.contains(&field).then(|| {
        format!(
            "`{field}` is written by moving the item, and no change of a field; to act on a move \
             use a condition with `item.stage` and \
             `changed`, to move the item use the robot change-stage"
        )
    })
}

/// A robot that sends and names no channel needs that there is one at all.
fn some_channel(tx: &mut Tx<'_>, ctx: &OpContext, key: &str) -> Result<(), Halt> {
    let range = Range::first(Key::new(ctx.tenant, Table::Channel, &[]), 2);

    if tx.range::<Channel>(&range)?.is_empty() {
        let message =
            "there is no channel to send through yet; set one up with PUT /v1/channels/{id}";
        return Err(
            Refusal::invalid("message.no-channel", format!("settings.{key}"), message).into()
        );
    }

    Ok(())
}

/// Whether a setting of this kind names `id`.
pub(super) fn names(
    infos: &[SettingInfo],
    values: &Map<String, Value>,
    kind: SettingKind,
    id: &str,
) -> bool {
    infos
        .iter()
        .filter(|info| info.kind.is(kind))
        .flat_map(|info| named(info, values))
        .any(|(_, text)| text == id)
}

/// What a setting says, each entry of a list by itself, and where it stands.
fn named<'a>(info: &SettingInfo, values: &'a Map<String, Value>) -> Vec<(String, &'a str)> {
    let field = format!("settings.{}", info.key);

    let said = match values.get(&info.key) {
        Some(Value::String(text)) => vec![(field, text.as_str())],
        Some(Value::Array(entries)) => {
            let entry = |(place, entry): (usize, &'a Value)| {
                Some((format!("{field}[{place}]"), entry.as_str()?))
            };
            entries.iter().enumerate().filter_map(entry).collect()
        }
        _ => Vec::new(),
    };

    said.into_iter().filter(|(_, text)| !text.is_empty()).collect()
}

/// The pipeline that stages in settings are of: the one that a setting beside them names, else the
/// robot's own.
fn pipeline_of_stages<'a>(
    infos: &[SettingInfo],
    values: &'a Map<String, Value>,
    place: Place<'a>,
) -> &'a str {
    let named = infos
        .iter()
        .filter(|info| info.kind.is(SettingKind::Pipeline))
        .find_map(|info| values.get(&info.key)?.as_str());

    named.filter(|id| !id.is_empty()).unwrap_or(place.pipeline)
}

/// The ids of the calendars that settings lead to: those that are written down, and the defaults
/// that may matter. Where a setting such as `due_working` stands beside `due_calendar` and says
/// `none`, no working time is counted, and a default matters to nobody.
pub(super) fn calendars(infos: &[SettingInfo], values: &Map<String, Value>) -> Vec<String> {
    let full = settings::with_defaults(infos, values);

    let is_off = |info: &SettingInfo| {
        let beside = info
            .key
            .strip_suffix("calendar")
            .and_then(|beginning| full.get(&format!("{beginning}working")));
        beside.is_some_and(|mode| mode == "none")
    };

    let matters = |info: &&SettingInfo| {
        info.kind.is(SettingKind::Calendar) && (!named(info, values).is_empty() || !is_off(info))
    };

    let texts = infos.iter().filter(matters).flat_map(|info| named(info, &full));
    texts.map(|(_, text)| calendar_id(text).to_owned()).collect()
}

/// The calendar that must be there whatever the item.
fn calendar_id(text: &str) -> &str {
    if InWorkingTime::WORDS.contains(&text) { DEFAULT } else { text }
}
