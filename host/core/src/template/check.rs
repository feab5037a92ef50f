//! The check of a template when it is saved.

use chrono_tz::Tz;
use minijinja::machinery::ast::{CallArg, Expr, Filter};

use super::filters::{self, LANGUAGES, SIGNATURES};
use super::{money, references, syntax};
use crate::refusal::{Refusal, RefusalKind};
use crate::vocabulary::{Type, Vocabulary};

/// Checks a template's syntax, that everything it refers to can be there, and that its filters exist and fit.
///
/// # Errors
/// `template.too-complex`, `template.invalid`, `template.unknown-filter`, `template.wrong-argument`, `template.wrong-filter`, `template.no-functions`,
/// `automation.unknown-reference`.
pub fn check(text: &str, known: &Vocabulary) -> Result<(), Refusal> {
    let mut problem = None;
    syntax::walk(text, &mut |expression| {
        if problem.is_none() {
            problem = check_expression(expression, known).err();
        }
    })?;
    problem.map_or(Ok(()), Err)?;
    let found = references(text).map_err(|e| refusal("template.invalid", e))?;
    match found.iter().find(|path| !known.has(path)) {
        Some(path) => Err(refusal("automation.unknown-reference", known.unknown(path))),
        None => Ok(()),
    }
}

fn check_expression(expression: &Expr<'_>, known: &Vocabulary) -> Result<(), Refusal> {
    match expression {
        Expr::Call(_) => Err(refusal("template.no-functions", "templates call no functions; use a filter such as `| upper`")),
        Expr::Filter(filter) => check_filter(filter, known),
        _ => Ok(()),
    }
}

fn check_filter(filter: &Filter<'_>, known: &Vocabulary) -> Result<(), Refusal> {
    let Some(signature) = SIGNATURES.iter().find(|signature| signature.name == filter.name) else {
        let names: Vec<&str> = SIGNATURES.iter().map(|signature| signature.name).collect();
        let message = format!("there is no filter `{}`; there are {}", filter.name, names.join(", "));
        return Err(refusal("template.unknown-filter", message));
    };
    let mut places = 0;
    for argument in &filter.args {
        match argument {
            CallArg::Pos(value) => {
                check_argument(filter.name, "", value)?;
                places += 1;
            }
            CallArg::Kwarg(name, value) if signature.names.contains(name) => check_argument(filter.name, name, value)?,
            CallArg::Kwarg(name, _) => {
                let known = if signature.names.is_empty() { "none".to_owned() } else { signature.names.join(", ") };
                return Err(wrong_argument(filter.name, &format!("has no argument `{name}`; by name it takes {known}")));
            }
            CallArg::PosSplat(_) | CallArg::KwargSplat(_) => return Err(wrong_argument(filter.name, "takes no `*` and `**`")),
        }
    }
    let (least, most) = signature.places;
    if places < least || places > most {
        let wanted = if least == most { most.to_string() } else { format!("{least} to {most}") };
        return Err(wrong_argument(filter.name, &format!("takes {wanted} arguments, not {places}")));
    }
    check_fits(filter, known)
}

/// Checks an argument that is written out; one that is looked up is not known yet.
fn check_argument(filter: &str, name: &str, value: &Expr<'_>) -> Result<(), Refusal> {
    let Some(value) = value.as_const() else { return Ok(()) };
    let text = value.as_str().unwrap_or_default();
    let (fits, wanted) = match (filter, name) {
        ("date" | "time" | "datetime", "") => (!text.is_empty() && filters::is_format(text), "a format such as '%d.%m.%Y'"),
        (_, "zone") => (text.parse::<Tz>().is_ok(), "an IANA time zone such as 'Europe/Kyiv'"),
        (_, "language") => (LANGUAGES.contains(&text), "'en', 'ru' or 'uk'"),
        (_, "decimals") => (u8::try_from(value.clone()).is_ok_and(|number| number <= money::DECIMALS_MAX), "0 to 6"),
        ("money", "") => (!text.is_empty() && text.chars().count() <= 3, "a currency such as 'UAH'"),
        ("join" | "skip_if_empty" | "trim" | "replace", "") => (value.as_str().is_some(), "text"),
        _ => (true, ""),
    };
    if fits { Ok(()) } else { Err(wrong_argument(filter, &format!("needs {wanted} here, not {value:?}"))) }
}

/// Whether what the filter is applied to directly can be what it needs.
fn check_fits(filter: &Filter<'_>, known: &Vocabulary) -> Result<(), Refusal> {
    let path = match &filter.expr {
        Some(direct @ (Expr::GetAttr(_) | Expr::Var(_))) => syntax::reference(direct),
        _ => None,
    };
    let Some((path, holds)) = path.and_then(|path| known.type_of(&path).map(|holds| (path, holds))) else { return Ok(()) };
    let (fits, wanted) = match filter.name {
        "date" | "time" | "datetime" => (holds == Type::Moment, "a date"),
        "money" => (holds == Type::Number, "a number"),
        "first_name" => (holds == Type::Text, "a name"),
        _ => (true, ""),
    };
    if fits || holds == Type::Any {
        return Ok(());
    }
    Err(refusal("template.wrong-filter", format!("`{}` needs {wanted}; `{path}` is {}", filter.name, holds.name())))
}

fn wrong_argument(filter: &str, what: &str) -> Refusal {
    refusal("template.wrong-argument", format!("the filter `{filter}` {what}"))
}

fn refusal(code: &'static str, message: impl Into<String>) -> Refusal {
    Refusal::new(RefusalKind::Invalid, code, message)
}
