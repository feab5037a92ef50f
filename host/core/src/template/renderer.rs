//! Fills a template in.
//!
//! The parser is minijinja's; what it has read is carried out here, and not by its machine, for two
//! reasons. That one counts instructions, and a template of a hundred instructions can make a text
//! of a gigabyte. And its numbers are floats, or texts that `* 2` repeats, where an amount of money
//! is neither.

use std::borrow::Cow;
use std::rc::Rc;

use minijinja::machinery::ast::{Expr, ForLoop, Stmt};
use serde_json::Value as Json;

use super::value::Value;
use super::work::{Output, Work};
use super::{Unfilled, syntax};

/// Whether there is anything to fill in.
#[must_use]
pub fn is_template(text: &str) -> bool {
    text.contains("{{") || text.contains("{%") || text.contains("{#")
}

/// Renders a template with `facts`, an object whose keys are the roots of what it refers to;
/// [`super::locale`] belongs to them.
///
/// # Errors
/// [`Unfilled`]: a template that cannot be read, a filter that does not fit, too much work, a
/// result that is too long, or what the text asks for where something is empty.
pub fn render(text: &str, facts: &Json) -> Result<String, Unfilled> {
    if !is_template(text) {
        return Ok(text.to_owned());
    }
    let tree = syntax::read(text).map_err(|refusal| Unfilled::Failed(refusal.message))?;

    Renderer::render(text, &tree, facts)
}

/// A template being filled in.
pub(super) struct Renderer<'v> {
    pub(super) text: &'v str,
    pub(super) facts: &'v Json,
    /// What `for` has named, the innermost last.
    pub(super) scope: Vec<(&'v str, Value<'v>)>,
    pub(super) work: Work,
    output: Output,
}

impl<'v> Renderer<'v> {
    /// Fills in a template, `text`, that was read as `tree`.
    ///
    /// # Errors
    /// What [`render`] says.
    pub(super) fn render(
        text: &'v str,
        tree: &'v Stmt<'v>,
        facts: &'v Json,
    ) -> Result<String, Unfilled> {
        let mut renderer =
            Self { text, facts, scope: Vec::new(), work: Work::new(), output: Output::default() };

        renderer.statement(tree)?;
        Ok(renderer.output.done())
    }

    fn statements(&mut self, all: &'v [Stmt<'v>]) -> Result<(), Unfilled> {
        all.iter().try_for_each(|one| self.statement(one))
    }

    fn statement(&mut self, one: &'v Stmt<'v>) -> Result<(), Unfilled> {
        self.work.step()?;
        match one {
            Stmt::Template(template) => self.statements(&template.children),
            Stmt::EmitRaw(raw) => self.output.write(raw.raw),
            Stmt::EmitExpr(emitted) => {
                let value = self.whole(&emitted.expr)?;
                let text = value.text(&mut self.work)?;
                self.output.write(&text)
            }
            Stmt::IfCond(choice) => match self.whole(&choice.expr)?.is_true() {
                true => self.statements(&choice.true_body),
                false => self.statements(&choice.false_body),
            },
            Stmt::ForLoop(each) if !each.recursive => self.each(each),
            other => Err(Unfilled::Failed(syntax::no_statement(other))),
        }
    }

    fn each(&mut self, each: &'v ForLoop<'v>) -> Result<(), Unfilled> {
        let before = self.scope.len();
        let mut turns = Vec::new();

        // The filter sees every entry before the first turn: `loop.length` and `loop.last` count
        // what is kept.
        for entry in self.entries(&each.iter)?.iter() {
            self.work.step()?;
            if let Some(filter) = &each.filter_expr {
                self.bind(&each.target, entry.clone())?;
                let kept = self.whole(filter)?.is_true();
                self.scope.truncate(before);
                if !kept {
                    continue;
                }
            }
            turns.push(entry.clone());
        }

        if turns.is_empty() {
            return self.statements(&each.else_body);
        }

        let length = turns.len();
        for (index, entry) in turns.into_iter().enumerate() {
            self.bind(&each.target, entry)?;
            self.scope.push(("loop", Value::Loop { index, length }));
            self.statements(&each.body)?;
            self.scope.truncate(before);
        }
        Ok(())
    }

    /// What a `for` goes through: a list, or the names in an object.
    fn entries(&mut self, list: &'v Expr<'v>) -> Result<Rc<[Value<'v>]>, Unfilled> {
        match self.whole(list)? {
            Value::Nothing => Ok(Rc::new([])),
            Value::List(entries) => Ok(entries),
            Value::Object(fields) => {
                let names = fields
                    .keys()
                    .map(|name| self.work.step().map(|()| Value::Text(Cow::Borrowed(name))));
                names.collect()
            }
            other => {
                let message =
                    format!("`for` goes through lists; `{}` is none", other.shown(&mut self.work));
                Err(self.at(list, Unfilled::Failed(message)))
            }
        }
    }

    /// Names a value, or each entry of a list in turn.
    fn bind(&mut self, target: &'v Expr<'v>, value: Value<'v>) -> Result<(), Unfilled> {
        match (target, value) {
            (Expr::Var(var), value) => self.scope.push((var.id, value)),
            (Expr::List(names), Value::List(entries)) if names.items.len() == entries.len() => {
                for (name, entry) in names.items.iter().zip(entries.iter()) {
                    self.bind(name, entry.clone())?;
                }
            }
            (target, value) => {
                let message = format!(
                    "`{}` is no list of as many as `for` names",
                    value.shown(&mut self.work)
                );
                return Err(self.at(target, Unfilled::Failed(message)));
            }
        }

        Ok(())
    }

    /// The value of an expression that is no part of another.
    fn whole(&mut self, expression: &'v Expr<'v>) -> Result<Value<'v>, Unfilled> {
        self.value(expression).map_err(|why| self.at(expression, why))
    }

    /// Says where it went wrong.
    fn at(&self, expression: &Expr<'_>, why: Unfilled) -> Unfilled {
        match why {
            Unfilled::Failed(message) => Unfilled::Failed(format!(
                "the template does not work in line {}: {message}",
                expression.span().start_line
            )),
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn failed(text: &str, facts: &Json) -> String {
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
    fn endless_work_is_cut() {
        let text = "{% for a in item %}{% for b in item %}{% for c in item %}\
            {% endfor %}{% endfor %}{% endfor %}";

        assert!(failed(text, &json!({"item": vec![1; 1_000]})).contains("too much work"));
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
