//! Templates in settings: `{{ item.title }}`, `{{ responsible.name }}`, `{{ robots.<id>.<result> }}`.
//!
//! Rendered by minijinja with a limit on its work. What is empty or missing renders as nothing, so that "no phone" is an empty
//! text and not a failure. Values are text only: a value that looks like a template is not rendered again.

use std::collections::BTreeSet;

use minijinja::{Environment, ErrorKind, UndefinedBehavior};
use serde_json::Value;

use crate::limits::{RENDERED_CHARS_MAX, TEMPLATE_FUEL};

/// A reference in a template, such as `robots.get.phone`.
pub type Reference = Vec<String>;

/// What a template refers to.
///
/// # Errors
/// A sentence with the place of a syntax error.
pub fn references(text: &str) -> Result<BTreeSet<Reference>, String> {
    let env = environment();
    let template = env.template_from_str(text).map_err(|e| explain(&e))?;
    Ok(template.undeclared_variables(true).iter().map(|path| path.split('.').map(str::to_owned).collect()).collect())
}

/// Whether there is anything to fill in.
#[must_use]
pub fn is_template(text: &str) -> bool {
    text.contains("{{") || text.contains("{%") || text.contains("{#")
}

/// Renders a template.
///
/// # Errors
/// A sentence: a syntax error, a filter that does not fit, too much work, or a result that is too long.
pub fn render(text: &str, values: &Value) -> Result<String, String> {
    if !is_template(text) {
        return Ok(text.to_owned());
    }
    let rendered = environment().render_str(text, minijinja::value::Serde(values)).map_err(|e| explain(&e))?;
    let length = rendered.chars().count();
    if length > RENDERED_CHARS_MAX {
        return Err(format!("the text has {length} characters once filled in; {RENDERED_CHARS_MAX} are allowed"));
    }
    Ok(rendered)
}

fn environment() -> Environment<'static> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Chainable);
    env.set_fuel(Some(TEMPLATE_FUEL));
    env.set_formatter(|out, state, value| if value.is_none() { Ok(()) } else { minijinja::escape_formatter(out, state, value) });
    env
}

fn explain(error: &minijinja::Error) -> String {
    if error.kind() == ErrorKind::OutOfFuel {
        return "the template does too much work; make its loops smaller".to_owned();
    }
    let place = error.line().map(|line| format!(" in line {line}")).unwrap_or_default();
    format!("the template does not work{place}: {}", error.detail().map_or_else(|| error.kind().to_string(), str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_filled_in_and_missing_ones_are_empty() {
        let values = json!({"item": {"title": "Roof"}, "robots": {"get": {"phone": null}}});
        assert_eq!(render("{{ item.title }}: {{ robots.get.phone }}{{ robots.x.y }}!", &values), Ok("Roof: !".to_owned()));
    }

    #[test]
    fn a_value_that_looks_like_a_template_stays_as_it_is() {
        let values = json!({"item": {"title": "{{ item.secret }}", "secret": "no"}});
        assert_eq!(render("{{ item.title }}", &values), Ok("{{ item.secret }}".to_owned()));
    }

    #[test]
    fn references_are_whole_paths() {
        let found = references("{{ robots.get.phone }} {% if item.title %}x{% endif %}").unwrap();
        assert!(found.contains(&vec!["robots".to_owned(), "get".to_owned(), "phone".to_owned()]));
        assert!(found.contains(&vec!["item".to_owned(), "title".to_owned()]));
    }

    #[test]
    fn endless_work_is_cut() {
        let text = "{% for a in range(10000) %}{% for b in range(10000) %}x{% endfor %}{% endfor %}";
        assert!(render(text, &json!({})).unwrap_err().contains("too much work"));
    }

    #[test]
    fn a_broken_template_says_where() {
        assert!(references("{{ item.").unwrap_err().contains("line 1"));
    }
}
