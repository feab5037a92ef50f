//! Reads templates and names their parts.

use std::borrow::Cow;

use minijinja::machinery::ast::{Expr, Stmt};
use minijinja::machinery::parse;
use minijinja::syntax::SyntaxConfig;

use super::guard;
use super::value::Value;
use crate::decimal;
use crate::refusal::{Refusal, RefusalKind};

/// Reads a template. Whoever reads one does it here, so that none is read that is too large for it.
///
/// # Errors
/// `template.too-complex`, `template.invalid`.
pub(super) fn read(text: &str) -> Result<Stmt<'_>, Refusal> {
    guard::check(text)
        .map_err(|message| Refusal::new(RefusalKind::Invalid, "template.too-complex", message))?;

    parse(text, "<template>", SyntaxConfig::default()).map_err(|e| {
        let place = e.line().map(|line| format!(" in line {line}")).unwrap_or_default();
        let what = e.detail().map_or_else(|| e.kind().to_string(), str::to_owned);
        Refusal::new(
            RefusalKind::Invalid,
            "template.invalid",
            format!("the template does not work{place}: {what}"),
        )
    })
}

/// The reference that an expression is and nothing else, such as `item.title`.
pub(super) fn path(expression: &Expr<'_>) -> Option<String> {
    match expression {
        Expr::Var(var) => Some(var.id.to_owned()),
        Expr::GetAttr(attribute) => {
            let mut path = path(&attribute.expr)?;
            path.extend([".", attribute.name]);
            Some(path)
        }
        _ => None,
    }
}

/// The reference behind an expression and its filters.
pub(super) fn reference(expression: &Expr<'_>) -> Option<String> {
    match expression {
        Expr::Filter(filter) => reference(filter.expr.as_ref()?),
        other => path(other),
    }
}

/// A value that is written out in a template, `text`. Numbers are read from the text itself,
/// because the parser's have a point that floats.
///
/// # Errors
/// A sentence: the number is written in a way that is not read here, or the expression is no value
/// that is written out.
pub(super) fn literal<'v>(text: &str, expression: &'v Expr<'v>) -> Result<Value<'v>, String> {
    let Expr::Const(written) = expression else { return Err(no_expression(expression)) };

    if let Some(text) = written.value.as_str() {
        return Ok(Value::Text(Cow::Borrowed(text)));
    }
    if written.value.is_none() {
        return Ok(Value::Nothing);
    }
    if let Ok(yes) = bool::try_from(written.value.clone()) {
        return Ok(Value::YesNo(yes));
    }

    let span = expression.span();
    let place = usize::try_from(span.start_offset).ok().zip(usize::try_from(span.end_offset).ok());
    let digits = place.and_then(|(from, to)| text.get(from..to)).unwrap_or_default();

    decimal::parse(digits)
        .map(Value::Number)
        .ok_or_else(|| format!("`{digits:.60}` is not read as a number; write one such as 1250.50"))
}

/// Why a statement cannot be used, and which can.
pub(super) fn no_statement(one: &Stmt<'_>) -> String {
    let name = match one {
        Stmt::WithBlock(_) => "with",
        Stmt::Set(_) | Stmt::SetBlock(_) => "set",
        Stmt::AutoEscape(_) => "autoescape",
        Stmt::FilterBlock(_) => "filter",
        Stmt::Do(_) => "do",
        Stmt::ForLoop(_) => "for … recursive",
        _ => "this",
    };

    format!("`{{% {name} %}}` is not for texts; there are `{{% if … %}}` and `{{% for … %}}`")
}

/// Why an expression cannot be used.
pub(super) fn no_expression(one: &Expr<'_>) -> String {
    match one {
        Expr::Call(_) => "templates call no functions; use a filter such as `| upper`".to_owned(),
        Expr::Slice(_) => "there is no `[…:…]`; use `truncate`, `first` or `last`".to_owned(),
        Expr::Map(_) => "there is no `{…}` within a template".to_owned(),
        other => format!("a {} cannot stand here", other.description()),
    }
}

/// Why an operator cannot be used, and which can.
pub(super) fn no_operator(sign: &str) -> String {
    format!("there is no `{sign}`; there are `+`, `-`, `*` and `/` for numbers and `~` for texts")
}
