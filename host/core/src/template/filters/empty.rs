//! Filters that ask whether there is anything: what stands in for it, and what has to be there.

use std::borrow::Cow;

use super::call::Call;
use crate::template::Unfilled;
use crate::template::value::Value;

pub(super) fn default<'v>(
    value: &Value<'v>,
    call: &mut Call<'_, 'v>,
) -> Result<Value<'v>, Unfilled> {
    Ok(if value.is_empty() { call.places.pop().unwrap_or(Value::Nothing) } else { value.clone() })
}

pub(super) fn required<'v>(
    value: &Value<'v>,
    call: &mut Call<'_, 'v>,
) -> Result<Value<'v>, Unfilled> {
    if value.is_empty() { Err(Unfilled::Required(call.reference())) } else { Ok(value.clone()) }
}

pub(super) fn skip_if_empty<'v>(
    value: &Value<'v>,
    call: &mut Call<'_, 'v>,
) -> Result<Value<'v>, Unfilled> {
    if !value.is_empty() {
        return Ok(value.clone());
    }

    let reason = call.place(0)?.map(Cow::into_owned);
    Err(Unfilled::Skip(reason.unwrap_or_else(|| format!("{} is empty", call.reference()))))
}
