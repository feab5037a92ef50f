//! The values of expressions.

use std::borrow::Cow;
use std::rc::Rc;

use minijinja::machinery::ast::{
    BinOp, BinOpKind, CallArg, Compare, CompareOpKind, Expr, Filter, IfExpr, UnaryOpKind,
};

use super::filters::{self, Call};
use super::renderer::Renderer;
use super::value::Value;
use super::{Unfilled, operators, predicates, syntax};

impl<'v> Renderer<'v> {
    /// The value of an expression.
    ///
    /// # Errors
    /// What [`super::render`] says, without the place.
    pub(super) fn value(&mut self, expression: &'v Expr<'v>) -> Result<Value<'v>, Unfilled> {
        self.work.step()?;
        let value = self.worked_out(expression)?;

        // Whoever gets the value looks through it for free, to see whether it is empty or a number.
        self.work.spend(value.weight())?;
        Ok(value)
    }

    fn worked_out(&mut self, expression: &'v Expr<'v>) -> Result<Value<'v>, Unfilled> {
        match expression {
            Expr::Const(_) => syntax::literal(self.text, expression).map_err(Unfilled::Failed),
            Expr::Var(var) => self.variable(var.id),

            Expr::GetAttr(attribute) => {
                let of = self.value(&attribute.expr)?;
                of.field(attribute.name, &mut self.work)
            }
            Expr::GetItem(item) => {
                let (of, place) = (self.value(&item.expr)?, self.value(&item.subscript_expr)?);
                self.item(&of, &place)
            }

            Expr::UnaryOp(operation) => {
                let value = self.value(&operation.expr)?;
                match operation.op {
                    UnaryOpKind::Not => Ok(Value::YesNo(!value.is_true())),
                    UnaryOpKind::Neg => operators::calculated(
                        BinOpKind::Sub,
                        &Value::Number(0.into()),
                        &value,
                        &mut self.work,
                    ),
                }
            }

            Expr::BinOp(operation) => self.operation(operation),
            Expr::Compare(chain) => self.chain(chain),
            Expr::IfExpr(choice) => self.choice(choice),
            Expr::Filter(filter) => self.filtered(filter),

            Expr::Test(test) => {
                let value = self.value(&test.expr)?;
                let arguments = self.places(&test.args)?;
                predicates::holds(test.name, &value, &arguments, &mut self.work).map(Value::YesNo)
            }

            Expr::List(list) => self.list(&list.items),
            Expr::Tuple(tuple) => self.list(&tuple.items),
            other => Err(Unfilled::Failed(syntax::no_expression(other))),
        }
    }

    fn variable(&mut self, name: &str) -> Result<Value<'v>, Unfilled> {
        if let Some((_, value)) = self.scope.iter().rev().find(|(known, _)| *known == name) {
            // A text of the facts is borrowed; one that was made is copied, which has to be paid
            // for.
            if let Value::Text(Cow::Owned(text)) = value {
                self.work.spend(text.len())?;
            }
            return Ok(value.clone());
        }

        let facts = self.facts;
        facts.get(name).map_or(Ok(Value::Nothing), |fact| Value::of(fact, &mut self.work))
    }

    /// An entry of a list by its place, the last one being -1, or a field by its name.
    fn item(&mut self, of: &Value<'v>, place: &Value<'v>) -> Result<Value<'v>, Unfilled> {
        let Value::List(entries) = of else {
            let name = place.text(&mut self.work)?;
            return of.field(&name, &mut self.work);
        };

        let place =
            place.number().and_then(|number| number.to_plain_string().parse::<isize>().ok());
        let place = place.and_then(|place| match usize::try_from(place) {
            Ok(place) => Some(place),
            Err(_) => entries.len().checked_sub(place.unsigned_abs()),
        });

        Ok(place.and_then(|place| entries.get(place)).cloned().unwrap_or(Value::Nothing))
    }

    fn operation(&mut self, operation: &'v BinOp<'v>) -> Result<Value<'v>, Unfilled> {
        let left = self.value(&operation.left)?;

        // The right side is not even worked out where the left one decides, since it may fail.
        match operation.op {
            BinOpKind::ScAnd if !left.is_true() => return Ok(left),
            BinOpKind::ScOr if left.is_true() => return Ok(left),
            BinOpKind::ScAnd | BinOpKind::ScOr => return self.value(&operation.right),
            _ => {}
        }

        let right = self.value(&operation.right)?;
        match operation.op {
            BinOpKind::Concat => {
                let (left, right) = (left.text(&mut self.work)?, right.text(&mut self.work)?);
                self.work.spend(left.len() + right.len())?;
                Ok(Value::made([left, right].concat()))
            }
            kind if operators::sign(kind).is_some() => {
                operators::calculated(kind, &left, &right, &mut self.work)
            }
            kind => match operators::missing(kind) {
                Some(sign) => Err(Unfilled::Failed(syntax::no_operator(sign))),
                None => operators::compared(kind, &left, &right, &mut self.work).map(Value::YesNo),
            },
        }
    }

    /// `a < b <= c`: every comparison with what stands beside it.
    fn chain(&mut self, chain: &'v Compare<'v>) -> Result<Value<'v>, Unfilled> {
        let mut left = self.value(&chain.expr)?;
        for link in &chain.ops {
            let right = self.value(&link.expr)?;
            let (kind, wanted) = comparison(link.op);
            if operators::compared(kind, &left, &right, &mut self.work)? != wanted {
                return Ok(Value::YesNo(false));
            }
            left = right;
        }
        Ok(Value::YesNo(true))
    }

    fn choice(&mut self, choice: &'v IfExpr<'v>) -> Result<Value<'v>, Unfilled> {
        match self.value(&choice.test_expr)?.is_true() {
            true => self.value(&choice.true_expr),
            false => {
                choice.false_expr.as_ref().map_or(Ok(Value::Nothing), |other| self.value(other))
            }
        }
    }

    fn filtered(&mut self, filter: &'v Filter<'v>) -> Result<Value<'v>, Unfilled> {
        let value = filter.expr.as_ref().map_or(Ok(Value::Nothing), |value| self.value(value))?;
        let places = self.places(&filter.args)?;

        let mut names = Vec::new();
        for argument in &filter.args {
            if let CallArg::Kwarg(name, value) = argument {
                names.push((*name, self.value(value)?));
            }
        }

        let reference = filter.expr.as_ref();
        let mut call = Call { work: &mut self.work, facts: self.facts, places, names, reference };
        filters::apply(filter.name, &value, &mut call)
    }

    /// The arguments by place.
    fn places(&mut self, arguments: &'v [CallArg<'v>]) -> Result<Vec<Value<'v>>, Unfilled> {
        let by_place = arguments.iter().filter_map(|argument| match argument {
            CallArg::Pos(value) => Some(value),
            _ => None,
        });
        by_place.map(|value| self.value(value)).collect()
    }

    /// A list that is written out. It holds no other, so that no list is deeper than the facts are.
    fn list(&mut self, items: &'v [Expr<'v>]) -> Result<Value<'v>, Unfilled> {
        let entries: Rc<[_]> =
            items.iter().map(|item| self.value(item)).collect::<Result<_, _>>()?;

        match entries.iter().any(|entry| matches!(entry, Value::List(_))) {
            true => Err(Unfilled::Failed("a list in a list cannot be written out".to_owned())),
            false => Ok(Value::List(entries)),
        }
    }
}

/// A comparison as an operator, and what it has to come to.
fn comparison(kind: CompareOpKind) -> (BinOpKind, bool) {
    match kind {
        CompareOpKind::Eq => (BinOpKind::Eq, true),
        CompareOpKind::Ne => (BinOpKind::Ne, true),
        CompareOpKind::Lt => (BinOpKind::Lt, true),
        CompareOpKind::Lte => (BinOpKind::Lte, true),
        CompareOpKind::Gt => (BinOpKind::Gt, true),
        CompareOpKind::Gte => (BinOpKind::Gte, true),
        CompareOpKind::In => (BinOpKind::In, true),
        CompareOpKind::NotIn => (BinOpKind::In, false),
    }
}
