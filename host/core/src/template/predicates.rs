//! The tests of templates: `is defined`, `is not number`.

use super::Unfilled;
use super::value::Value;
use super::work::Work;

/// Every test with the number of its arguments. What is not here is refused when it is saved.
pub(super) const TESTS: [(&str, usize); 10] = [
    ("defined", 0),
    ("undefined", 0),
    ("none", 0),
    ("number", 0),
    ("string", 0),
    ("sequence", 0),
    ("true", 0),
    ("false", 0),
    ("startingwith", 1),
    ("endingwith", 1),
];

/// Whether a test holds of a value.
///
/// # Errors
/// Too much work, or there is no such test.
pub(super) fn holds(
    name: &str,
    value: &Value<'_>,
    arguments: &[Value<'_>],
    work: &mut Work,
) -> Result<bool, Unfilled> {
    Ok(match name {
        "defined" => !matches!(value, Value::Nothing),
        "undefined" | "none" => matches!(value, Value::Nothing),
        "number" => value.number().is_some(),
        "string" => matches!(value, Value::Text(_)),
        "sequence" => matches!(value, Value::List(_)),
        "true" => matches!(value, Value::YesNo(true)),
        "false" => matches!(value, Value::YesNo(false)),
        "startingwith" | "endingwith" => {
            let text = value.text(work)?;
            let part = arguments.first().map_or(Ok("".into()), |part| part.text(work))?;
            if name == "startingwith" { text.starts_with(&*part) } else { text.ends_with(&*part) }
        }
        _ => return Err(Unfilled::Failed(unknown(name))),
    })
}

/// Why a test cannot be used, and which can.
pub(super) fn unknown(name: &str) -> String {
    format!("there is no test `is {name}`; there are {}", TESTS.map(|(name, _)| name).join(", "))
}
