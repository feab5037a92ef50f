//! The check of a template when it is saved.

use chrono_tz::Tz;
use minijinja::machinery::ast::{BinOp, BinOpKind, CallArg, Expr, Filter, Stmt, Test, UnaryOpKind};

use super::filters::{self, LANGUAGES};
use super::predicates::{self, TESTS};
use super::value::Value;
use super::walk::{Part, Walk, fact};
use super::{operators, syntax};
use crate::limits::RENDERED_CHARS_MAX;
use crate::refusal::{Reason, Refusal, RefusalKind};
use crate::vocabulary::{Type, Vocabulary};

/// Checks a template's size and syntax, that everything it refers to can be there, and that its
/// filters, tests and operators exist and fit.
///
/// # Errors
/// `template.too-complex`, `template.invalid`, `template.unknown-statement`,
/// `template.unknown-filter`, `template.unknown-test`, `template.wrong-argument`,
/// `template.wrong-filter`, `template.wrong-operator`, `template.no-functions`,
/// `automation.unknown-reference`.
pub fn check(text: &str, known: &Vocabulary) -> Result<(), Refusal> {
    let tree = syntax::read(text)?;
    let check = Check { text, known };
    Walk::through(&tree, &mut |part, hidden| match part {
        Part::Statement(one) => check_statement(one),
        Part::Expression(one) => check.expression(one, hidden),
    })
}

fn check_statement(one: &Stmt<'_>) -> Result<(), Refusal> {
    match one {
        Stmt::Template(_) | Stmt::EmitExpr(_) | Stmt::EmitRaw(_) | Stmt::IfCond(_) => Ok(()),
        Stmt::ForLoop(each) if !each.recursive => Ok(()),
        other => Err(refusal("template.unknown-statement", syntax::no_statement(other))),
    }
}

/// What a template is checked with.
#[derive(Clone, Copy)]
struct Check<'c> {
    text: &'c str,
    known: &'c Vocabulary,
}

impl Check<'_> {
    fn expression(self, one: &Expr<'_>, hidden: &[&str]) -> Result<(), Refusal> {
        if let Some(path) = fact(one, hidden) {
            return match self.known.has(&path) {
                true => Ok(()),
                false => {
                    let message = self.known.unknown(&path);
                    Err(refusal("automation.unknown-reference", message)
                        .because(Reason::UnknownReference(path)))
                }
            };
        }

        match one {
            Expr::Const(_) => syntax::literal(self.text, one)
                .map(|_| ())
                .map_err(|e| refusal("template.invalid", e)),
            Expr::Call(_) => Err(refusal("template.no-functions", syntax::no_expression(one))),
            Expr::Slice(_) | Expr::Map(_) => {
                Err(refusal("template.wrong-operator", syntax::no_expression(one)))
            }
            Expr::Filter(filter) => self.filter(filter, hidden),
            Expr::Test(test) => check_test(test),
            Expr::BinOp(operation) => self.operation(operation, hidden),
            Expr::UnaryOp(operation) if matches!(operation.op, UnaryOpKind::Neg) => {
                self.number("-", &operation.expr, hidden)
            }
            _ => Ok(()),
        }
    }

    fn operation(self, operation: &BinOp<'_>, hidden: &[&str]) -> Result<(), Refusal> {
        if let Some(sign) = operators::missing(operation.op) {
            return Err(refusal("template.wrong-operator", syntax::no_operator(sign)));
        }
        let Some(sign) = operators::sign(operation.op) else { return Ok(()) };

        self.number(sign, &operation.left, hidden)?;
        self.number(sign, &operation.right, hidden)?;

        match literal(self.text, &operation.right) {
            Some(divisor) if matches!(operation.op, BinOpKind::Div) && !divisor.is_true() => {
                Err(refusal("template.wrong-operator", "nothing can be divided by zero"))
            }
            _ => Ok(()),
        }
    }

    /// Whether what arithmetic is done with can be a number.
    fn number(self, sign: &str, one: &Expr<'_>, hidden: &[&str]) -> Result<(), Refusal> {
        let wrong = |what: String| {
            let message =
                format!("`{sign}` works on numbers; {what}; texts are put together with `~`");
            Err(refusal("template.wrong-operator", message))
        };

        if let Some(value) = literal(self.text, one) {
            return if value.number().is_some() {
                Ok(())
            } else {
                wrong("what is written out beside it is none".to_owned())
            };
        }

        let path = fact(one, hidden);
        match path.and_then(|path| self.known.type_of(&path).map(|holds| (path, holds))) {
            None | Some((_, Type::Number | Type::Any)) => Ok(()),
            Some((path, holds)) => wrong(format!("`{path}` is {}", holds.name())),
        }
    }

    fn filter(self, filter: &Filter<'_>, hidden: &[&str]) -> Result<(), Refusal> {
        let Some(signature) = filters::find(filter.name) else {
            return Err(refusal("template.unknown-filter", filters::unknown(filter.name)));
        };

        let mut places = 0;
        for argument in &filter.args {
            match argument {
                CallArg::Pos(value) => {
                    self.argument(filter.name, "", places, value)?;
                    places += 1;
                }
                CallArg::Kwarg(name, value) if signature.names.contains(name) => {
                    self.argument(filter.name, name, 0, value)?;
                }
                CallArg::Kwarg(name, _) => {
                    let known = if signature.names.is_empty() {
                        "none".to_owned()
                    } else {
                        signature.names.join(", ")
                    };
                    return Err(wrong_argument(
                        filter.name,
                        &format!("has no argument `{name}`; by name it takes {known}"),
                    ));
                }
                CallArg::PosSplat(_) | CallArg::KwargSplat(_) => {
                    return Err(wrong_argument(filter.name, "takes no `*` and `**`"));
                }
            }
        }

        let (least, most) = signature.places;
        if places < least || places > most {
            let wanted =
                if least == most { most.to_string() } else { format!("{least} to {most}") };
            return Err(wrong_argument(
                filter.name,
                &format!("takes {wanted} arguments, not {places}"),
            ));
        }

        self.fits(filter, hidden)
    }

    /// Checks an argument that is written out; one that is looked up is not known yet.
    fn argument(
        self,
        filter: &str,
        name: &str,
        place: usize,
        value: &Expr<'_>,
    ) -> Result<(), Refusal> {
        let Some(value) = literal(self.text, value) else { return Ok(()) };

        let text = if let Value::Text(text) = &value { text } else { "" };
        let whole =
            || value.number().and_then(|number| number.to_plain_string().parse::<usize>().ok());

        let (fits, wanted) = match (filter, name) {
            ("date" | "time" | "datetime", "") => {
                (filters::is_format(text), "a format such as '%d.%m.%Y'")
            }
            (_, "zone") => (text.parse::<Tz>().is_ok(), "an IANA time zone such as 'Europe/Kyiv'"),
            (_, "language") => (LANGUAGES.contains(&text), "'en', 'ru' or 'uk'"),
            (_, "decimals") => (
                whole().is_some_and(|number| number <= usize::from(filters::DECIMALS_MAX)),
                "0 to 6",
            ),
            ("money", "") => {
                (!text.is_empty() && text.chars().count() <= 3, "a currency such as 'UAH'")
            }
            ("truncate", "") => (
                whole().is_some_and(|most| (1..=RENDERED_CHARS_MAX).contains(&most)),
                "how many characters, such as 100,",
            ),
            ("replace", "") if place == 0 => (!text.is_empty(), "the text to be replaced"),
            ("join" | "skip_if_empty" | "trim" | "replace", "") => {
                (matches!(value, Value::Text(_)), "text")
            }
            _ => (true, ""),
        };

        if fits {
            Ok(())
        } else {
            Err(wrong_argument(filter, &format!("needs {wanted} here, not `{}`", shown(&value))))
        }
    }

    /// Whether what the filter is applied to directly can be what it needs.
    fn fits(self, filter: &Filter<'_>, hidden: &[&str]) -> Result<(), Refusal> {
        let path = filter.expr.as_ref().and_then(|one| fact(one, hidden));
        let Some((path, holds)) =
            path.and_then(|path| self.known.type_of(&path).map(|holds| (path, holds)))
        else {
            return Ok(());
        };

        let (fits, wanted) = match filter.name {
            "date" | "time" | "datetime" => (holds == Type::Moment, "a date"),
            "money" => (holds == Type::Number, "a number"),
            "first_name" => (holds == Type::Text, "a name"),
            "sort" | "unique" => (holds == Type::List, "a list"),
            _ => (true, ""),
        };

        if fits || holds == Type::Any {
            return Ok(());
        }
        Err(refusal(
            "template.wrong-filter",
            format!("`{}` needs {wanted}; `{path}` is {}", filter.name, holds.name()),
        ))
    }
}

fn check_test(test: &Test<'_>) -> Result<(), Refusal> {
    let Some((name, takes)) = TESTS.into_iter().find(|(name, _)| *name == test.name) else {
        return Err(refusal("template.unknown-test", predicates::unknown(test.name)));
    };

    let by_place = test.args.iter().all(|argument| matches!(argument, CallArg::Pos(_)));
    match by_place && test.args.len() == takes {
        true => Ok(()),
        false => Err(refusal(
            "template.wrong-argument",
            format!("the test `{name}` takes {takes} arguments"),
        )),
    }
}

/// A value that is written out.
fn literal<'e>(text: &str, one: &'e Expr<'e>) -> Option<Value<'e>> {
    syntax::literal(text, one).ok()
}

fn shown(value: &Value<'_>) -> String {
    value.shown(&mut super::work::Work::new())
}

fn wrong_argument(filter: &str, what: &str) -> Refusal {
    refusal("template.wrong-argument", format!("the filter `{filter}` {what}"))
}

fn refusal(code: &'static str, message: impl Into<String>) -> Refusal {
    Refusal::new(RefusalKind::Invalid, code, message)
}
