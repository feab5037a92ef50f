//! How a filter is called.

use std::borrow::Cow;

use minijinja::machinery::ast::Expr;
use serde_json::Value as Json;

use crate::template::value::Value;
use crate::template::work::Work;
use crate::template::{Unfilled, syntax};

/// What a filter is given beside the value.
pub(in crate::template) struct Call<'c, 'v> {
    /// What the template may still do.
    pub(in crate::template) work: &'c mut Work,
    /// The facts, for what the tenant has set.
    pub(in crate::template) facts: &'v Json,
    /// Arguments by place.
    pub(in crate::template) places: Vec<Value<'v>>,
    /// Arguments by name.
    pub(in crate::template) names: Vec<(&'v str, Value<'v>)>,
    /// What the filter is applied to.
    pub(in crate::template) reference: Option<&'v Expr<'v>>,
}

impl<'v> Call<'_, 'v> {
    /// The text of an argument by place, if it is given.
    pub(super) fn place(&mut self, place: usize) -> Result<Option<Cow<'v, str>>, Unfilled> {
        self.places.get(place).map(|value| value.text(self.work)).transpose()
    }

    /// The text of an argument by name, if it is given.
    pub(super) fn named(&mut self, name: &str) -> Result<Option<Cow<'v, str>>, Unfilled> {
        self.names
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.text(self.work))
            .transpose()
    }

    /// What is called empty.
    pub(super) fn reference(&self) -> String {
        self.reference.and_then(syntax::reference).unwrap_or_else(|| "a value".to_owned())
    }
}
