//! Every filter, with what it takes.

use super::call::Call;
use super::{empty, lists, local, texts};
use crate::template::Unfilled;
use crate::template::value::Value;

type Apply = for<'v> fn(&Value<'v>, &mut Call<'_, 'v>) -> Result<Value<'v>, Unfilled>;

/// A filter and what it takes, so that its use can be checked when it is saved.
#[derive(Clone, Copy, Debug)]
pub(in crate::template) struct Signature {
    pub(in crate::template) name: &'static str,
    /// Arguments by place: at least, at most.
    pub(in crate::template) places: (usize, usize),
    /// Arguments by name.
    pub(in crate::template) names: &'static [&'static str],
    apply: Apply,
}

const fn signature(
    name: &'static str,
    places: (usize, usize),
    names: &'static [&'static str],
    apply: Apply,
) -> Signature {
    Signature { name, places, names, apply }
}

/// Every filter. What is not here is refused when it is saved.
const SIGNATURES: &[Signature] = &[
    signature("date", (0, 1), &["zone", "language"], local::date),
    signature("time", (0, 1), &["zone", "language"], local::time),
    signature("datetime", (0, 1), &["zone", "language"], local::datetime),
    signature("money", (0, 1), &["decimals", "language"], local::amount),
    signature("first_name", (0, 0), &[], texts::first_name),
    signature("join", (0, 1), &[], lists::join),
    signature("default", (1, 1), &[], empty::default),
    signature("required", (0, 0), &[], empty::required),
    signature("skip_if_empty", (0, 1), &[], empty::skip_if_empty),
    signature("truncate", (1, 1), &[], texts::truncate),
    signature("upper", (0, 0), &[], texts::upper),
    signature("lower", (0, 0), &[], texts::lower),
    signature("capitalize", (0, 0), &[], texts::capitalize),
    signature("title", (0, 0), &[], texts::title),
    signature("trim", (0, 1), &[], texts::trim),
    signature("replace", (2, 2), &[], texts::replace),
    signature("length", (0, 0), &[], lists::length),
    signature("first", (0, 0), &[], lists::first),
    signature("last", (0, 0), &[], lists::last),
    signature("reverse", (0, 0), &[], lists::reverse),
    signature("sort", (0, 0), &[], lists::sort),
    signature("unique", (0, 0), &[], lists::unique),
    signature("items", (0, 0), &[], lists::items),
];

/// The filter of this name.
pub(in crate::template) fn find(name: &str) -> Option<&'static Signature> {
    SIGNATURES.iter().find(|signature| signature.name == name)
}

/// Why a filter cannot be used, and which can.
pub(in crate::template) fn unknown(name: &str) -> String {
    let names: Vec<&str> = SIGNATURES.iter().map(|signature| signature.name).collect();
    format!("there is no filter `{name}`; there are {}", names.join(", "))
}

/// Applies a filter.
///
/// # Errors
/// There is none of this name, it does not fit, it asks to fail or to skip, or too much work.
pub(in crate::template) fn apply<'v>(
    name: &str,
    value: &Value<'v>,
    call: &mut Call<'_, 'v>,
) -> Result<Value<'v>, Unfilled> {
    match find(name) {
        Some(filter) => (filter.apply)(value, call),
        None => Err(Unfilled::Failed(unknown(name))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::template::render;

    fn filled(text: &str, language: &str) -> String {
        let item = json!({
            "close_at": "2026-11-22T22:30:00.000Z", "amount": "1234567.895", "minus": "-5",
            "name": "Ivan Petrenko", "formal": "Petrenko, Ivan", "list": ["a", "", "b"],
            "none": null,
        });

        render(text, &json!({"item": item, "$zone": "Europe/Kyiv", "$language": language})).unwrap()
    }

    #[test]
    fn dates_are_written_in_the_tenants_zone_and_language() {
        assert_eq!(filled("{{ item.close_at | date }}", "en"), "23 Nov 2026");
        assert_eq!(filled("{{ item.close_at | datetime }}", "uk"), "23.11.2026 00:30");
        assert_eq!(filled("{{ item.close_at | time(zone='America/New_York') }}", "en"), "17:30");
        assert_eq!(filled("{{ item.close_at | date('%-d %B %Y') }}", "ru"), "23 ноября 2026");
        assert_eq!(filled("{{ item.close_at | date('%A', language='uk') }}", "en"), "понеділок");
        assert_eq!(filled("[{{ item.none | date }}]", "en"), "[]");
    }

    #[test]
    fn money_is_exact_and_written_as_people_do() {
        assert_eq!(filled("{{ item.amount | money('UAH') }}", "en"), "₴1,234,567.90");
        assert_eq!(
            filled("{{ item.amount | money('UAH') }}", "uk"),
            "1\u{a0}234\u{a0}567,90\u{a0}₴"
        );
        assert_eq!(
            filled("{{ item.minus | money('CHF', decimals=0) }}", "en"),
            "-5 CHF".replace(' ', "\u{a0}")
        );
        assert_eq!(filled("{{ item.minus | money }}", "ru"), "-5,00");
    }

    #[test]
    fn names_lists_and_what_is_missing() {
        assert_eq!(
            filled("{{ item.name | first_name }}, {{ item.formal | first_name }}", "en"),
            "Ivan, Ivan"
        );

        assert_eq!(filled("{{ item.list | join }} {{ item.list | join('/') }}", "en"), "a, b a/b");
        assert_eq!(
            filled(
                "{{ item.none | default('nobody') }} {{ item.name | default('x') | upper }}",
                "en"
            ),
            "nobody IVAN PETRENKO"
        );
    }
}
