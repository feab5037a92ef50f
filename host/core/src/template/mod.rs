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
mod unfilled;
mod value;
mod walk;
mod work;

pub use check::check;
pub use filters::locale;
pub use renderer::{is_template, render};
pub use unfilled::Unfilled;
pub use walk::references;
