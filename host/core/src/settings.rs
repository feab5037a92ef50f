//! Settings of robots, triggers and channels, checked against what the plugin described when they
//! are saved.

use serde_json::{Map, Value};

use crate::limits::DELAY_MS_MAX;
use crate::model::plugin::{SettingInfo, SettingKind};
use crate::refusal::Refusal;
use crate::time::parse_duration_ms;

/// Checks settings; `check_template` looks at each text of kind `template`.
///
/// # Errors
/// `settings.unknown`, `settings.missing`, `settings.wrong-type`, `settings.out-of-bounds`,
/// `settings.not-a-choice` or whatever `check_template` says, each naming the setting.
pub fn check(
    infos: &[SettingInfo],
    settings: &Map<String, Value>,
    check_template: &dyn Fn(&str) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    for key in settings.keys() {
        if !infos.iter().any(|info| info.key == *key) {
            let known: Vec<&str> = infos.iter().map(|info| info.key.as_str()).collect();
            let message =
                format!("there is no setting `{key}` here; the settings are {}", known.join(", "));
            return Err(Refusal::invalid("settings.unknown", key.as_str(), message));
        }
    }

    for info in infos {
        match settings.get(&info.key).filter(|value| !is_untouched(info, value)) {
            // A default stands in only for what nobody filled in, so a blank value is missing in
            // spite of one.
            Some(value) if info.required && is_blank(info, value) => return Err(missing(info)),
            Some(value) => check_one(info, value, check_template)
                .map_err(|refusal| refusal.inside(&info.key))?,
            None if info.required && info.default.is_none() => return Err(missing(info)),
            None => {}
        }
    }
    Ok(())
}

/// Whether nobody filled the setting in: a form saves an optional one as an empty text. Where a
/// text may be meant to be empty, that is what it is.
fn is_untouched(info: &SettingInfo, value: &Value) -> bool {
    let is_text = matches!(
        info.kind.known(),
        Some(SettingKind::Text | SettingKind::Template | SettingKind::Json)
    );

    value.is_null() || value == "" && !info.required && !info.multiple && !is_text
}

/// Whether what was filled in says nothing: spaces, or a list in which there is nothing else.
fn is_blank(info: &SettingInfo, value: &Value) -> bool {
    let blank = |value: &Value| {
        value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
    };

    match value {
        Value::Array(values) if info.multiple => values.iter().all(blank),
        value => !info.kind.is(SettingKind::Json) && blank(value),
    }
}

fn missing(info: &SettingInfo) -> Refusal {
    Refusal::invalid("settings.missing", info.key.as_str(), format!("fill in `{}`", info.key))
}

/// Settings with defaults filled in.
#[must_use]
pub fn with_defaults(infos: &[SettingInfo], settings: &Map<String, Value>) -> Map<String, Value> {
    let mut full = settings.clone();
    full.retain(|key, value| {
        infos
            .iter()
            .find(|info| info.key == *key)
            .map_or(!value.is_null(), |info| !is_untouched(info, value))
    });

    for info in infos {
        if let (false, Some(default)) = (full.contains_key(&info.key), &info.default) {
            full.insert(info.key.clone(), default.clone());
        }
    }

    full
}

fn check_one(
    info: &SettingInfo,
    value: &Value,
    check_template: &dyn Fn(&str) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    if !info.multiple {
        return check_value(info, value, check_template);
    }

    let Some(values) = value.as_array() else { return Err(wrong_type("a list")) };
    values.iter().enumerate().try_for_each(|(place, value)| {
        check_value(info, value, check_template)
            .map_err(|refusal| refusal.inside(&format!("[{place}]")))
    })
}

fn check_value(
    info: &SettingInfo,
    value: &Value,
    check_template: &dyn Fn(&str) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    match info.kind.known() {
        Some(SettingKind::Boolean) if value.is_boolean() => Ok(()),
        Some(SettingKind::Boolean) => Err(wrong_type("true or false")),
        Some(SettingKind::Integer) => {
            let number = value.as_i64().ok_or_else(|| wrong_type("a whole number"))?;
            in_bounds(info, number, "")
        }
        Some(SettingKind::Json) => Ok(()),
        kind => {
            let text = value.as_str().ok_or_else(|| wrong_type("text"))?;
            in_bounds(
                info,
                i64::try_from(text.chars().count()).unwrap_or(i64::MAX),
                " characters",
            )?;

            check_text(kind, info, text, check_template)
        }
    }
}

fn check_text(
    kind: Option<SettingKind>,
    info: &SettingInfo,
    text: &str,
    check_template: &dyn Fn(&str) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    match kind {
        Some(SettingKind::Template) => check_template(text),
        Some(SettingKind::Duration) => {
            match parse_duration_ms(text).map_err(|e| bare("settings.wrong-type", e))? {
                ms if ms > DELAY_MS_MAX => Err(bare(
                    "settings.out-of-bounds",
                    format!("`{text}` is out of bounds; a duration is up to five years long"),
                )),
                _ => Ok(()),
            }
        }

        Some(SettingKind::Choice) if !info.choices.iter().any(|choice| choice.value == text) => {
            let known: Vec<&str> =
                info.choices.iter().map(|choice| choice.value.as_str()).collect();
            Err(bare(
                "settings.not-a-choice",
                format!("`{text}` is not one of {}", known.join(", ")),
            ))
        }

        Some(SettingKind::Who) if !is_who(text) => {
            let message = format!(
                "`{text}` is nobody; write responsible, supervisor, observers or user:<id>"
            );
            Err(bare("settings.wrong-type", message))
        }
        _ => Ok(()),
    }
}

/// Whether a text names a role or a user.
#[must_use]
pub fn is_who(text: &str) -> bool {
    matches!(text, "responsible" | "supervisor" | "observers" | "author") || user_of(text).is_some()
}

/// The user that a text of the form `user:<id>` names.
#[must_use]
pub fn user_of(who: &str) -> Option<&str> {
    who.strip_prefix("user:").filter(|id| !id.is_empty())
}

fn in_bounds(info: &SettingInfo, number: i64, unit: &str) -> Result<(), Refusal> {
    let low = info.min.is_some_and(|min| number < min);
    let high = info.max.is_some_and(|max| number > max);

    if !low && !high {
        return Ok(());
    }

    let bounds = match (info.min, info.max) {
        (Some(min), Some(max)) => format!("between {min} and {max}"),
        (Some(min), None) => format!("at least {min}"),
        (_, max) => format!("at most {}", max.unwrap_or(i64::MAX)),
    };

    Err(bare(
        "settings.out-of-bounds",
        format!("{number}{unit} is out of bounds; it has to be {bounds}"),
    ))
}

fn wrong_type(wanted: &str) -> Refusal {
    bare("settings.wrong-type", format!("write {wanted}"))
}

fn bare(code: &'static str, message: impl Into<String>) -> Refusal {
    Refusal::new(crate::refusal::RefusalKind::Invalid, code, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn info(key: &str, kind: &str) -> SettingInfo {
        SettingInfo { key: key.into(), kind: kind.into(), ..SettingInfo::default() }
    }

    fn code(info: SettingInfo, settings: Value) -> Result<(), &'static str> {
        check(&[info], settings.as_object().unwrap(), &|_| Ok(())).map_err(|refusal| refusal.code)
    }

    #[test]
    fn settings_that_do_not_fit_are_refused_by_code() {
        assert_eq!(code(info("n", "integer"), json!({"n": "5"})), Err("settings.wrong-type"));
        assert_eq!(code(info("n", "integer"), json!({"m": 5})), Err("settings.unknown"));

        assert_eq!(
            code(SettingInfo { required: true, ..info("n", "text") }, json!({})),
            Err("settings.missing")
        );
        assert_eq!(
            code(SettingInfo { max: Some(3), ..info("n", "text") }, json!({"n": "four"})),
            Err("settings.out-of-bounds")
        );
        assert_eq!(code(info("n", "choice"), json!({"n": "x"})), Err("settings.not-a-choice"));
        assert_eq!(code(info("n", "who"), json!({"n": "boss"})), Err("settings.wrong-type"));
        assert_eq!(code(info("n", "who"), json!({"n": "user:u1"})), Ok(()));
    }

    #[test]
    fn what_nobody_filled_in_is_left_to_its_default() {
        let infos = [
            SettingInfo { default: Some(json!("supervisor")), ..info("who", "who") },
            info("text", "text"),
            info("after", "duration"),
        ];
        let saved = json!({"who": "", "text": "", "after": ""});
        let saved = saved.as_object().unwrap();

        assert_eq!(check(&infos, saved, &|_| Ok(())), Ok(()));
        assert_eq!(
            Value::Object(with_defaults(&infos, saved)),
            json!({"who": "supervisor", "text": ""})
        );
    }

    #[test]
    fn a_required_setting_that_says_nothing_is_missing() {
        let required = |kind: &str, value: Value| {
            code(SettingInfo { required: true, ..info("n", kind) }, json!({ "n": value }))
        };

        for kind in ["text", "template", "choice", "who", "user", "stage", "field", "duration"] {
            for blank in ["", " ", "\n\t"] {
                assert_eq!(
                    required(kind, json!(blank)),
                    Err("settings.missing"),
                    "{kind} {blank:?}"
                );
            }
        }

        let several = |value: Value| {
            code(
                SettingInfo { required: true, multiple: true, ..info("n", "text") },
                json!({ "n": value }),
            )
        };

        for blank in [json!([]), json!([""]), json!([" ", null])] {
            assert_eq!(several(blank.clone()), Err("settings.missing"), "{blank}");
        }

        assert_eq!(several(json!(["a", ""])), Ok(()));
        assert_eq!(required("json", json!([])), Ok(()), "what a plugin reads itself may be empty");

        let with_default =
            SettingInfo { required: true, default: Some(json!("hello")), ..info("n", "text") };
        assert_eq!(code(with_default.clone(), json!({})), Ok(()));
        assert_eq!(
            code(with_default, json!({"n": " "})),
            Err("settings.missing"),
            "the default would not take its place"
        );
        assert_eq!(code(info("n", "text"), json!({"n": ""})), Ok(()));
    }

    #[test]
    fn a_duration_is_no_longer_than_a_robot_may_wait() {
        for (text, refused) in [
            ("1830d", Ok(())),
            ("1830d1s", Err("settings.out-of-bounds")),
            ("99999999d", Err("settings.out-of-bounds")),
        ] {
            assert_eq!(code(info("n", "duration"), json!({ "n": text })), refused, "{text}");
        }
    }

    #[test]
    fn a_list_setting_names_the_entry_at_fault() {
        let infos = [SettingInfo { multiple: true, ..info("n", "integer") }];
        let refusal =
            check(&infos, json!({"n": [1, "x"]}).as_object().unwrap(), &|_| Ok(())).unwrap_err();

        assert_eq!(refusal.field.as_deref(), Some("n[1]"));
    }
}
