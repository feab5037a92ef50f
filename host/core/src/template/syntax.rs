//! A template's parts.

use minijinja::machinery::ast::{CallArg, Expr, Stmt};
use minijinja::machinery::parse;
use minijinja::syntax::SyntaxConfig;

use super::guard;
use crate::refusal::{Refusal, RefusalKind};

/// Reads a template. Whoever reads one does it here, so that none is read that is too large for it.
///
/// # Errors
/// `template.too-complex`, `template.invalid`.
pub(super) fn read(text: &str) -> Result<Stmt<'_>, Refusal> {
    guard::check(text).map_err(|message| Refusal::new(RefusalKind::Invalid, "template.too-complex", message))?;
    parse(text, "<template>", SyntaxConfig::default())
        .map_err(|e| Refusal::new(RefusalKind::Invalid, "template.invalid", super::explain(&e)))
}

/// Shows every expression of a template to `see`, the outer one first.
///
/// # Errors
/// As [`read`].
pub(super) fn walk(text: &str, see: &mut dyn FnMut(&Expr<'_>)) -> Result<(), Refusal> {
    statement(&read(text)?, see);
    Ok(())
}

/// What the filter at this place of a template was applied to, `contact.phone`, if that is a plain reference.
pub(super) fn filtered(text: &str, place: usize) -> Option<String> {
    let mut found = None;
    let seen = walk(text, &mut |expression| {
        if let Expr::Filter(filter) = expression
            && usize::try_from(filter.span().start_offset).is_ok_and(|start| start == place)
        {
            found = filter.expr.as_ref().and_then(reference);
        }
    });
    seen.ok().and(found)
}

/// The reference behind an expression and its filters, such as `item.title`.
pub(super) fn reference(expression: &Expr<'_>) -> Option<String> {
    match expression {
        Expr::Var(var) => Some(var.id.to_owned()),
        Expr::GetAttr(attribute) => Some(format!("{}.{}", reference(&attribute.expr)?, attribute.name)),
        Expr::Filter(filter) => reference(filter.expr.as_ref()?),
        _ => None,
    }
}

fn statements(all: &[Stmt<'_>], see: &mut dyn FnMut(&Expr<'_>)) {
    all.iter().for_each(|one| statement(one, see));
}

fn statement(one: &Stmt<'_>, see: &mut dyn FnMut(&Expr<'_>)) {
    match one {
        Stmt::Template(template) => statements(&template.children, see),
        Stmt::EmitExpr(emitted) => expression(&emitted.expr, see),
        Stmt::EmitRaw(_) => {}
        Stmt::ForLoop(each) => {
            expression(&each.iter, see);
            each.filter_expr.iter().for_each(|filter| expression(filter, see));
            statements(&each.body, see);
            statements(&each.else_body, see);
        }
        Stmt::IfCond(choice) => {
            expression(&choice.expr, see);
            statements(&choice.true_body, see);
            statements(&choice.false_body, see);
        }
        Stmt::WithBlock(with) => {
            with.assignments.iter().for_each(|(_, value)| expression(value, see));
            statements(&with.body, see);
        }
        Stmt::Set(set) => expression(&set.expr, see),
        Stmt::SetBlock(set) => {
            set.filter.iter().for_each(|filter| expression(filter, see));
            statements(&set.body, see);
        }
        Stmt::AutoEscape(escaped) => statements(&escaped.body, see),
        Stmt::FilterBlock(filtered) => {
            expression(&filtered.filter, see);
            statements(&filtered.body, see);
        }
        Stmt::Do(called) => called.call.args.iter().for_each(|argument| expression(value_of(argument), see)),
    }
}

fn expression(one: &Expr<'_>, see: &mut dyn FnMut(&Expr<'_>)) {
    see(one);
    match one {
        Expr::Var(_) | Expr::Const(_) => {}
        Expr::Slice(slice) => {
            [Some(&slice.expr), slice.start.as_ref(), slice.stop.as_ref(), slice.step.as_ref()]
                .into_iter()
                .flatten()
                .for_each(|part| expression(part, see));
        }
        Expr::UnaryOp(operation) => expression(&operation.expr, see),
        Expr::BinOp(operation) => [&operation.left, &operation.right].into_iter().for_each(|part| expression(part, see)),
        Expr::Compare(compared) => {
            expression(&compared.expr, see);
            compared.ops.iter().for_each(|other| expression(&other.expr, see));
        }
        Expr::IfExpr(choice) => {
            [Some(&choice.test_expr), Some(&choice.true_expr), choice.false_expr.as_ref()]
                .into_iter()
                .flatten()
                .for_each(|part| expression(part, see));
        }
        Expr::Filter(filter) => {
            filter.expr.iter().chain(filter.args.iter().map(value_of)).for_each(|part| expression(part, see));
        }
        Expr::Test(test) => {
            std::iter::once(&test.expr).chain(test.args.iter().map(value_of)).for_each(|part| expression(part, see));
        }
        Expr::GetAttr(attribute) => expression(&attribute.expr, see),
        Expr::GetItem(item) => [&item.expr, &item.subscript_expr].into_iter().for_each(|part| expression(part, see)),
        Expr::Call(call) => {
            std::iter::once(&call.expr).chain(call.args.iter().map(value_of)).for_each(|part| expression(part, see));
        }
        Expr::List(list) => list.items.iter().for_each(|part| expression(part, see)),
        Expr::Tuple(tuple) => tuple.items.iter().for_each(|part| expression(part, see)),
        Expr::Map(map) => map.keys.iter().chain(&map.values).for_each(|part| expression(part, see)),
    }
}

fn value_of<'e, 'a>(argument: &'e CallArg<'a>) -> &'e Expr<'a> {
    match argument {
        CallArg::Pos(value) | CallArg::Kwarg(_, value) | CallArg::PosSplat(value) | CallArg::KwargSplat(value) => value,
    }
}
