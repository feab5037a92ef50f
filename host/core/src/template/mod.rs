//! Templates in settings: `{{ item.title }}`, `{{ item.amount | money("UAH") }}`,
//! `{{ robots.<id>.<result> }}`.
//!
//! Read by minijinja's parser and carried out here, with a limit on the work and exact numbers.
//! What is empty or missing renders as nothing, so that "no phone" is an empty text and not a
//! failure, unless the text says otherwise there: `required` fails, `skip_if_empty` skips,
//! `default` replaces. Values are text only: a value that looks like a template is not rendered
//! again.

mod check;
mod expression;
mod filters;
mod guard;
mod operators;
mod predicates;
mod renderer;
mod syntax;
mod value;
mod walk;
mod work;

use std::collections::BTreeSet;
use std::convert::Infallible;

use serde_json::{Map, Value, json};

use crate::model::tenant::Tenant;
use renderer::Renderer;
use walk::{Part, Walk};

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
/// A sentence with the place of a syntax error, or about what is too large.
pub fn references(text: &str) -> Result<BTreeSet<String>, String> {
    let tree = syntax::read(text).map_err(|refusal| refusal.message)?;

    let mut found = BTreeSet::new();
    let Ok(()) = Walk::<'_, '_, Infallible>::through(&tree, &mut |part, hidden| {
        if let Part::Expression(one) = part {
            found.extend(walk::fact(one, hidden));
        }
        Ok(())
    });

    Ok(found)
}

/// Renders a template with `facts`, an object whose keys are the roots of what it refers to;
/// [`locale`] belongs to them.
///
/// # Errors
/// [`Unfilled`]: a template that cannot be read, a filter that does not fit, too much work, a
/// result that is too long, or what the text asks for where something is empty.
pub fn render(text: &str, facts: &Value) -> Result<String, Unfilled> {
    if !is_template(text) {
        return Ok(text.to_owned());
    }
    let tree = syntax::read(text).map_err(|refusal| Unfilled::Failed(refusal.message))?;

    Renderer::render(text, &tree, facts)
}

/// The facts that dates, times and money are written by. No template can refer to them.
#[must_use]
pub fn locale(tenant: &Tenant) -> Map<String, Value> {
    let facts =
        [(filters::ZONE, json!(tenant.time_zone)), (filters::LANGUAGE, json!(tenant.language))];
    facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
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

        assert_eq!(
            render("{{ item.title }}: {{ robots.get.phone }}{{ robots.x.y }}!", &facts),
            Ok("Roof: !".to_owned())
        );
    }

    #[test]
    fn a_value_that_looks_like_a_template_stays_as_it_is() {
        let facts = json!({"item": {"title": "{{ item.secret }}", "secret": "no"}});

        assert_eq!(render("{{ item.title }}", &facts), Ok("{{ item.secret }}".to_owned()));
    }

    #[test]
    fn references_are_whole_paths() {
        let found = references(
            "{{ robots.get.phone }} {% if item.title %}{{ item.amount | \
                money(item.currency) }}{% endif %}",
        )
        .unwrap();

        assert_eq!(
            found.into_iter().collect::<Vec<_>>(),
            ["item.amount", "item.currency", "item.title", "robots.get.phone"]
        );
    }

    #[test]
    fn endless_work_is_cut() {
        let text = "{% for a in item %}{% for b in item %}{% for c in item %}\
            {% endfor %}{% endfor %}{% endfor %}";

        assert!(failed(text, &json!({"item": vec![1; 1_000]})).contains("too much work"));
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
            required(
                "{% if item.title %}{{ item.title|required|upper }} {{ contact.phone | trim | \
                 required | upper }}{% endif %}"
            ),
            phone()
        );

        assert_eq!(
            required("{{ item.phones | required }}"),
            Unfilled::Required("item.phones".to_owned())
        );

        assert_eq!(
            render(
                "{% if contact %}{{ contact.phone | required }}{% endif %}{{ item.title | \
                 required }}",
                &facts
            ),
            Ok("Roof".to_owned())
        );
    }

    #[test]
    fn what_is_empty_can_skip_with_a_reason() {
        let facts = json!({"item": {"comment": " "}});

        assert_eq!(
            render("{{ item.comment | skip_if_empty }}", &facts),
            Err(Unfilled::Skip("item.comment is empty".into()))
        );

        assert_eq!(
            render("{{ item.comment | skip_if_empty('no comment') }}", &facts),
            Err(Unfilled::Skip("no comment".into()))
        );
    }
}
