//! Templates in settings: `{{ item.title }}`, `{{ item.amount | money("UAH") }}`, `{{ robots.<id>.<result> }}`.
//!
//! Rendered by minijinja with a limit on its work. What is empty or missing renders as nothing, so that "no phone" is an empty
//! text and not a failure, unless the text says otherwise there: `required` fails, `skip_if_empty` skips, `default` replaces. Values
//! are text only: a value that looks like a template is not rendered again.

mod check;
mod filters;
mod guard;
mod money;
mod syntax;

use std::collections::BTreeSet;
use std::error::Error as _;
use std::sync::OnceLock;

use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior};
use serde_json::{Map, Value, json};

use crate::limits::{RENDERED_CHARS_MAX, TEMPLATE_FUEL};
use crate::model::tenant::Tenant;
use filters::Policy;

pub use check::check;

/// Why a template has no text for an item.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unfilled {
    /// It does not work: a sentence.
    Failed(String),
    /// This reference must not be empty, and is.
    Required(String),
    /// What asked for it is to be skipped, and why.
    Skip(String),
}

/// Whether there is anything to fill in.
#[must_use]
pub fn is_template(text: &str) -> bool {
    text.contains("{{") || text.contains("{%") || text.contains("{#")
}

/// What a template refers to, such as `robots.get.phone`.
///
/// # Errors
/// A sentence with the place of a syntax error.
pub fn references(text: &str) -> Result<BTreeSet<String>, String> {
    syntax::read(text).map_err(|refusal| refusal.message)?;
    let template = environment().template_from_str(text).map_err(|e| explain(&e))?;
    Ok(template.undeclared_variables(true).into_iter().collect())
}

/// Renders a template with `facts`, an object whose keys are the roots of what it refers to; [`locale`] belongs to them.
///
/// # Errors
/// [`Unfilled`]: a syntax error, a filter that does not fit, too much work, a result that is too long, or what the text asks for where
/// something is empty.
pub fn render(text: &str, facts: &Value) -> Result<String, Unfilled> {
    if !is_template(text) {
        return Ok(text.to_owned());
    }
    // Saved before there were limits, or a plugin's default.
    syntax::read(text).map_err(|refusal| Unfilled::Failed(refusal.message))?;
    let rendered = environment().render_str(text, minijinja::value::Serde(facts)).map_err(|e| unfilled(text, &e))?;
    let length = rendered.chars().count();
    if length > RENDERED_CHARS_MAX {
        let message = format!("the text has {length} characters once filled in; {RENDERED_CHARS_MAX} are allowed");
        return Err(Unfilled::Failed(message));
    }
    Ok(rendered)
}

/// The facts that dates, times and money are written by. No template can refer to them.
#[must_use]
pub fn locale(tenant: &Tenant) -> Map<String, Value> {
    let facts = [(filters::ZONE, json!(tenant.time_zone)), (filters::LANGUAGE, json!(tenant.language))];
    facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn environment() -> &'static Environment<'static> {
    static ENVIRONMENT: OnceLock<Environment<'static>> = OnceLock::new();
    ENVIRONMENT.get_or_init(|| {
        let mut env = Environment::new();
        env.set_undefined_behavior(UndefinedBehavior::Chainable);
        env.set_fuel(Some(TEMPLATE_FUEL));
        env.set_formatter(
            |out, state, value| {
                if value.is_none() { Ok(()) } else { minijinja::escape_formatter(out, state, value) }
            },
        );
        filters::add(&mut env);
        env
    })
}

/// What an error means: most are failures, but a text may ask to fail or skip where something is empty.
fn unfilled(text: &str, error: &Error) -> Unfilled {
    let policy = error.source().and_then(|cause| cause.downcast_ref::<Policy>());
    let reference = || error.range().and_then(|range| syntax::filtered(text, range.start)).unwrap_or_else(|| "a value".to_owned());
    match policy {
        Some(Policy::Required) => Unfilled::Required(reference()),
        Some(Policy::Skip(Some(reason))) => Unfilled::Skip(reason.clone()),
        Some(Policy::Skip(None)) => Unfilled::Skip(format!("{} is empty", reference())),
        None => Unfilled::Failed(explain(error)),
    }
}

fn explain(error: &Error) -> String {
    if error.kind() == ErrorKind::OutOfFuel {
        return "the template does too much work; make its loops smaller".to_owned();
    }
    let place = error.line().map(|line| format!(" in line {line}")).unwrap_or_default();
    format!("the template does not work{place}: {}", error.detail().map_or_else(|| error.kind().to_string(), str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(text: &str, facts: &Value) -> String {
        match render(text, facts) {
            Err(Unfilled::Failed(message)) => message,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn values_are_filled_in_and_missing_ones_are_empty() {
        let facts = json!({"item": {"title": "Roof"}, "robots": {"get": {"phone": null}}});
        assert_eq!(render("{{ item.title }}: {{ robots.get.phone }}{{ robots.x.y }}!", &facts), Ok("Roof: !".to_owned()));
    }

    #[test]
    fn a_value_that_looks_like_a_template_stays_as_it_is() {
        let facts = json!({"item": {"title": "{{ item.secret }}", "secret": "no"}});
        assert_eq!(render("{{ item.title }}", &facts), Ok("{{ item.secret }}".to_owned()));
    }

    #[test]
    fn references_are_whole_paths() {
        let found =
            references("{{ robots.get.phone }} {% if item.title %}{{ item.amount | money(item.currency) }}{% endif %}").unwrap();
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["item.amount", "item.currency", "item.title", "robots.get.phone"]);
    }

    #[test]
    fn endless_work_is_cut() {
        let text = "{% for a in range(10000) %}{% for b in range(10000) %}x{% endfor %}{% endfor %}";
        assert!(failed(text, &json!({})).contains("too much work"));
    }

    #[test]
    fn a_broken_template_says_where() {
        assert!(references("{{ item.").unwrap_err().contains("line 1"));
    }

    #[test]
    fn what_is_required_is_named_whatever_stands_around_it() {
        let facts = json!({"item": {"title": "Roof", "phones": []}});
        let required = |text: &str| render(text, &facts).unwrap_err();
        let phone = || Unfilled::Required("contact.phone".to_owned());
        assert_eq!(required("a {{ contact.phone | required }} b"), phone());
        assert_eq!(
            required("{% if item.title %}{{ item.title|required|upper }} {{ contact.phone | trim | required | upper }}{% endif %}"),
            phone()
        );
        assert_eq!(required("{{ item.phones | required }}"), Unfilled::Required("item.phones".to_owned()));
        assert_eq!(
            render("{% if contact %}{{ contact.phone | required }}{% endif %}{{ item.title | required }}", &facts),
            Ok("Roof".to_owned())
        );
    }

    #[test]
    fn what_is_empty_can_skip_with_a_reason() {
        let facts = json!({"item": {"comment": " "}});
        assert_eq!(render("{{ item.comment | skip_if_empty }}", &facts), Err(Unfilled::Skip("item.comment is empty".into())));
        assert_eq!(render("{{ item.comment | skip_if_empty('no comment') }}", &facts), Err(Unfilled::Skip("no comment".into())));
    }
}
