//! Shows the parts of a template with what `for` has named around them.

use std::collections::BTreeSet;
use std::convert::Infallible;

use minijinja::machinery::ast::{CallArg, Expr, Stmt};

use super::syntax;

/// One part of a template.
#[derive(Clone, Copy)]
pub(super) enum Part<'e, 'a> {
    /// A statement.
    Statement(&'e Stmt<'a>),
    /// An expression, or one within it; of `item.title` the whole and not `item`.
    Expression(&'e Expr<'a>),
}

/// Whom a part is shown to, with the names that hide facts there.
pub(super) type See<'w, 'e, E> = &'w mut dyn FnMut(Part<'e, 'e>, &[&str]) -> Result<(), E>;

/// Shows every part to `see`, the outer one first, until one of them is refused. A name that a
/// `for` gives hides the fact of that name, so what begins with one of `hidden` is no reference.
pub(super) struct Walk<'w, 'e, E> {
    hidden: Vec<&'e str>,
    see: See<'w, 'e, E>,
}

impl<'w, 'e, E> Walk<'w, 'e, E> {
    /// Walks a whole template.
    ///
    /// # Errors
    /// The first that `see` says.
    pub(super) fn through(tree: &'e Stmt<'e>, see: See<'w, 'e, E>) -> Result<(), E> {
        Self { hidden: Vec::new(), see }.statement(tree)
    }

    fn statements(&mut self, all: &'e [Stmt<'e>]) -> Result<(), E> {
        all.iter().try_for_each(|one| self.statement(one))
    }

    fn statement(&mut self, one: &'e Stmt<'e>) -> Result<(), E> {
        (self.see)(Part::Statement(one), &self.hidden)?;
        match one {
            Stmt::Template(template) => self.statements(&template.children),
            Stmt::EmitExpr(emitted) => self.expression(&emitted.expr),
            Stmt::ForLoop(each) => {
                // The list stands outside: there the name still means the fact.
                self.expression(&each.iter)?;

                let before = self.hidden.len();
                self.hide(&each.target);
                each.filter_expr.iter().try_for_each(|filter| self.expression(filter))?;

                // `loop` is known to the body alone, since the filter decides how many turns there
                // are.
                self.hidden.push("loop");
                self.statements(&each.body)?;
                self.hidden.truncate(before);

                self.statements(&each.else_body)
            }
            Stmt::IfCond(choice) => {
                self.expression(&choice.expr)?;
                self.statements(&choice.true_body)?;
                self.statements(&choice.false_body)
            }
            // Whoever is shown one of these refuses it.
            _ => Ok(()),
        }
    }

    fn hide(&mut self, target: &'e Expr<'e>) {
        match target {
            Expr::Var(var) => self.hidden.push(var.id),
            Expr::List(names) => names.items.iter().for_each(|name| self.hide(name)),
            _ => {}
        }
    }

    fn expression(&mut self, one: &'e Expr<'e>) -> Result<(), E> {
        (self.see)(Part::Expression(one), &self.hidden)?;

        match one {
            _ if syntax::path(one).is_some() => Ok(()),
            Expr::GetAttr(attribute) => self.expression(&attribute.expr),
            Expr::GetItem(item) => self.all([&item.expr, &item.subscript_expr]),
            Expr::UnaryOp(operation) => self.expression(&operation.expr),
            Expr::BinOp(operation) => self.all([&operation.left, &operation.right]),
            Expr::Compare(chain) => {
                self.expression(&chain.expr)?;
                self.all(chain.ops.iter().map(|link| &link.expr))
            }
            Expr::IfExpr(choice) => self
                .all([&choice.test_expr, &choice.true_expr].into_iter().chain(&choice.false_expr)),
            Expr::Filter(filter) => {
                self.all(filter.expr.iter().chain(filter.args.iter().map(value_of)))
            }
            Expr::Test(test) => {
                self.all([&test.expr].into_iter().chain(test.args.iter().map(value_of)))
            }
            Expr::List(list) => self.all(&list.items),
            Expr::Tuple(tuple) => self.all(&tuple.items),
            _ => Ok(()),
        }
    }

    fn all(&mut self, parts: impl IntoIterator<Item = &'e Expr<'e>>) -> Result<(), E> {
        parts.into_iter().try_for_each(|part| self.expression(part))
    }
}

/// What an argument gives, by place or by name.
pub(super) fn value_of<'e>(argument: &'e CallArg<'e>) -> &'e Expr<'e> {
    match argument {
        CallArg::Pos(value)
        | CallArg::Kwarg(_, value)
        | CallArg::PosSplat(value)
        | CallArg::KwargSplat(value) => value,
    }
}

/// The reference to a fact that an expression is.
pub(super) fn fact(expression: &Expr<'_>, hidden: &[&str]) -> Option<String> {
    let path = syntax::path(expression)?;
    let root = path.split('.').next().unwrap_or_default();
    if hidden.contains(&root) { None } else { Some(path) }
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
            found.extend(fact(one, hidden));
        }
        Ok(())
    });

    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn a_broken_template_says_where() {
        assert!(references("{{ item.").unwrap_err().contains("line 1"));
    }
}
