//! Robots and triggers as people see them: in their language, with the app's name before the
//! robot's.

use serde_json::{Value, json};

use stagewright_core::id::TenantId;
use stagewright_core::model::plugin::{Plugin, ResultInfo, SettingInfo, Texts};
use stagewright_core::model::tenant::Tenant;
use stagewright_core::refusal::Refusal;

use super::error::Problem;
use super::state::HttpState;
use crate::service::LANGUAGES;

/// The language asked for, else the tenant's.
///
/// # Errors
/// `request.wrong-type` for a language that texts do not come in.
pub(super) async fn language(
    app: &HttpState,
    tenant: TenantId,
    asked: Option<String>,
) -> Result<String, Problem> {
    match asked {
        Some(language) if LANGUAGES.contains(&language.as_str()) => Ok(language),
        Some(_) => {
            Err(Refusal::invalid("request.wrong-type", "language", "write one of en, ru and uk")
                .into())
        }
        None => Ok(app.service.fetch::<Tenant>(&Tenant::key(tenant)).await?.0.language),
    }
}

/// The plugins that a tenant has enabled.
pub(super) async fn enabled(app: &HttpState, tenant: TenantId) -> Result<Vec<Plugin>, Problem> {
    let all = app.service.plugins(Some(tenant)).await?;
    Ok(all.into_iter().filter(|(_, grant)| grant.is_some()).map(|(plugin, _)| plugin).collect())
}

/// A text in a language, else in English, else in any.
pub(super) fn text<'a>(texts: &'a Texts, language: &str) -> &'a str {
    texts
        .get(language)
        .or_else(|| texts.get("en"))
        .or_else(|| texts.values().next())
        .map_or("", String::as_str)
}

/// The groups that robots and triggers are offered in, each with its name in the [`LANGUAGES`].
const GROUPS: [(&str, [&str; 3]); 5] = [
    (
        "communication",
        ["Client communication", "Коммуникация с клиентом", "Комунікація з клієнтом"],
    ),
    (
        "informing-employees",
        ["Informing employees", "Информирование сотрудников", "Інформування співробітників"],
    ),
    ("employee-control", ["Employee control", "Контроль сотрудников", "Контроль співробітників"]),
    ("data", ["Item data", "Данные элемента", "Дані елемента"]),
    ("automation", ["Automation", "Автоматизация", "Автоматизація"]),
];

/// What a group is called in a language; one that a plugin made is called by its id.
pub(super) fn group_name<'a>(group: &'a str, language: &str) -> &'a str {
    let names = GROUPS.iter().find(|(id, _)| *id == group).map(|(_, names)| names);
    let place = LANGUAGES.iter().position(|known| *known == language).unwrap_or(0);
    names.and_then(|names| names.get(place)).copied().unwrap_or(group)
}

/// `[app] name`, so that everybody sees whose robot it is.
pub(super) fn title(plugin: &Plugin, name: &str) -> String {
    if plugin.app.is_empty() { name.to_owned() } else { format!("[{}] {name}", plugin.app) }
}

/// Settings as a form shows them.
pub(super) fn settings(infos: &[SettingInfo], language: &str) -> Vec<Value> {
    let view = |info: &SettingInfo| {
        let choices = info
            .choices
            .iter()
            .map(|choice| json!({ "value": choice.value, "label": text(&choice.label, language) }));
        json!({
            "key": info.key, "kind": info.kind, "label": text(&info.label, language),
            "help": text(&info.help, language), "required": info.required, "default": info.default,
            "min": info.min, "max": info.max, "choices": choices.collect::<Vec<Value>>(),
            "multiple": info.multiple,
        })
    };

    infos.iter().map(view).collect()
}

/// Results that later robots may refer to.
pub(super) fn results(infos: &[ResultInfo], language: &str) -> Vec<Value> {
    infos
        .iter()
        .map(|info| {
            json!({
                "key": info.key, "kind": info.kind, "label": text(&info.label, language),
            })
        })
        .collect()
}
