//! Robots and triggers as people see them: in their language, with the app's name before the
//! robot's.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use stagewright_core::id::TenantId;
use stagewright_core::model::plugin::{Choice, Plugin, ResultInfo, SettingInfo, Texts};
use stagewright_core::refusal::Refusal;

use super::error::Problem;
use super::state::HttpState;
use crate::service::LANGUAGES;

/// For whom robots or triggers are listed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CatalogueQuery {
    /// The language of texts; the tenant's where absent.
    language: Option<String>,
    /// A kind of item; all of them where absent.
    kind: Option<String>,
}

/// A setting as a form shows it.
#[derive(Debug, Serialize)]
pub(super) struct SettingView {
    key: String,
    kind: String,
    label: String,
    help: String,
    required: bool,
    default: Option<Value>,
    min: Option<i64>,
    max: Option<i64>,
    choices: Vec<ChoiceView>,
    multiple: bool,
}

/// One thing to choose.
#[derive(Debug, Serialize)]
struct ChoiceView {
    value: String,
    label: String,
}

/// A result that later robots may refer to.
#[derive(Debug, Serialize)]
pub(super) struct ResultView {
    key: String,
    kind: String,
    label: String,
}

impl CatalogueQuery {
    /// The language asked for, else the tenant's.
    ///
    /// # Errors
    /// `request.wrong-type` for a language that texts do not come in.
    pub(super) async fn language(
        &self,
        app: &HttpState,
        tenant: TenantId,
    ) -> Result<String, Problem> {
        match &self.language {
            Some(language) if LANGUAGES.contains(&language.as_str()) => Ok(language.clone()),
            Some(_) => Err(Refusal::invalid(
                "request.wrong-type",
                "language",
                "write one of en, ru and uk",
            )
            .into()),
            None => Ok(app.service.tenant(tenant).await?.language),
        }
    }

    /// Whether something that works on `kinds` is asked for; none are all.
    pub(super) fn fits(&self, kinds: &[String]) -> bool {
        self.kind.as_ref().is_none_or(|kind| kinds.is_empty() || kinds.contains(kind))
    }
}

impl SettingView {
    /// The setting in a language.
    pub(super) fn of(info: &SettingInfo, language: &str) -> Self {
        let SettingInfo { key, kind, label, help, required, default, min, max, choices, multiple } =
            info;

        Self {
            key: key.clone(),
            kind: kind.as_str().to_owned(),
            label: text(label, language),
            help: text(help, language),
            required: *required,
            default: default.clone(),
            min: *min,
            max: *max,
            choices: choices.iter().map(|choice| ChoiceView::of(choice, language)).collect(),
            multiple: *multiple,
        }
    }
}

impl ChoiceView {
    fn of(choice: &Choice, language: &str) -> Self {
        let Choice { value, label } = choice;
        Self { value: value.clone(), label: text(label, language) }
    }
}

impl ResultView {
    /// The result in a language.
    pub(super) fn of(info: &ResultInfo, language: &str) -> Self {
        let ResultInfo { key, kind, label } = info;
        Self { key: key.clone(), kind: kind.as_str().to_owned(), label: text(label, language) }
    }
}

/// The plugins that a tenant has enabled.
pub(super) async fn enabled(app: &HttpState, tenant: TenantId) -> Result<Vec<Plugin>, Problem> {
    let all = app.service.plugins(Some(tenant)).await?;
    Ok(all.into_iter().filter(|(_, grant)| grant.is_some()).map(|(plugin, _)| plugin).collect())
}

/// A text in a language, else in English, else in any.
pub(super) fn text(texts: &Texts, language: &str) -> String {
    texts
        .get(language)
        .or_else(|| texts.get("en"))
        .or_else(|| texts.values().next())
        .cloned()
        .unwrap_or_default()
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
pub(super) fn group_name(group: &str, language: &str) -> String {
    let names = GROUPS.iter().find(|(id, _)| *id == group).map(|(_, names)| names);
    let place = LANGUAGES.iter().position(|known| *known == language).unwrap_or(0);
    names.and_then(|names| names.get(place)).copied().unwrap_or(group).to_owned()
}

/// `[app] name`, so that everybody sees whose robot it is.
pub(super) fn title(plugin: &Plugin, name: &str) -> String {
    if plugin.app.is_empty() { name.to_owned() } else { format!("[{}] {name}", plugin.app) }
}
