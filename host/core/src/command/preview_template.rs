//! Shows what a template would say for a record, before any robot says it.

use serde_json::{Map, Value, json};

use super::{facts, records, tenant};
use crate::context::OpContext;
use crate::model::record::RecordRef;
use crate::refusal::Refusal;
use crate::schema;
use crate::template::{self, Unfilled};
use crate::tx::{Halt, Tx};
use crate::vocabulary::Results;

/// What a template came to.
#[derive(Clone, PartialEq, Debug)]
pub struct Preview {
    /// The text, or why there is none.
    pub outcome: Result<String, Unfilled>,
    /// What it refers to, with the values; null where there is nothing, as for what only an event
    /// or a robot brings.
    pub references: Vec<(String, Value)>,
}

/// Fills a template in with an item as it is now.
///
/// # Errors
/// What checking the template refuses, `record.not-an-item`, `not-found`.
pub fn preview(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    item: &RecordRef,
    text: &str,
) -> Result<Preview, Halt> {
    if !schema::is_item(&item.kind) {
        let message = format!("templates are filled in with items; a {} is none", item.kind);
        return Err(Refusal::invalid("record.not-an-item", "record", message).into());
    }

    let known = facts::vocabulary(tx, ctx, &item.kind, Results::new())?.with_any_robot();
    template::check(text, &known).map_err(|refusal| refusal.at("template"))?;

    tx.want(&[item.key(ctx.tenant), crate::model::tenant::Tenant::key(ctx.tenant)])?;
    let (record, _) = records::live(tx, ctx, item)?;

    let references = template::references(text)
        .map_err(|e| Refusal::invalid("template.invalid", "template", e))?;
    let asks = |word: &str| references.iter().any(|path| path.contains(word));

    let mut seen: Map<String, Value> = facts::of_item(tx, ctx, &record, &asks)?;
    seen.extend(template::locale(&tenant(tx, ctx)?));
    let seen = Value::Object(seen);

    let outcome = template::render(text, &seen);
    let value = |path: &String| {
        seen.pointer(&format!("/{}", path.replace('.', "/"))).cloned().unwrap_or(json!(null))
    };

    Ok(Preview {
        outcome,
        references: references.iter().map(|path| (path.clone(), value(path))).collect(),
    })
}
