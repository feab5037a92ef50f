//! Filters of texts. Each pays for the text that it makes before it makes it.

use super::call::Call;
use crate::template::Unfilled;
use crate::template::value::Value;

/// Most bytes that one byte becomes where letters are made capital or small.
const CASE_GROWTH: usize = 3;

pub(super) fn upper<'v>(value: &Value<'v>, call: &mut Call<'_, 'v>) -> Result<Value<'v>, Unfilled> {
    changed(value, call, |text| text.to_uppercase())
}

pub(super) fn lower<'v>(value: &Value<'v>, call: &mut Call<'_, 'v>) -> Result<Value<'v>, Unfilled> {
    changed(value, call, |text| text.to_lowercase())
}

pub(super) fn capitalize<'v>(
    value: &Value<'v>,
    call: &mut Call<'_, 'v>,
) -> Result<Value<'v>, Unfilled> {
    changed(value, call, |text| {
        let mut rest = text.chars();
        rest.next()
            .into_iter()
            .flat_map(char::to_uppercase)
            .chain(rest.as_str().to_lowercase().chars())
            .collect()
    })
}

pub(super) fn title<'v>(value: &Value<'v>, call: &mut Call<'_, 'v>) -> Result<Value<'v>, Unfilled> {
    changed(value, call, |text| {
        let (mut title, mut begins) = (String::new(), true);

        for letter in text.chars() {
            match begins {
                true => title.extend(letter.to_uppercase()),
                false => title.extend(letter.to_lowercase()),
            }
            begins = letter.is_whitespace() || letter.is_ascii_punctuation();
        }

        title
    })
}

fn changed<'v>(
    value: &Value<'v>,
    call: &mut Call<'_, 'v>,
    change: fn(&str) -> String,
) -> Result<Value<'v>, Unfilled> {
    let text = value.text(call.work)?;

    call.work.spend(text.len().saturating_mul(CASE_GROWTH))?;
    Ok(Value::made(change(&text)))
}

/// The text without spaces around it, or without the given characters.
pub(super) fn trim<'v>(value: &Value<'v>, call: &mut Call<'_, 'v>) -> Result<Value<'v>, Unfilled> {
    let text = value.text(call.work)?;
    let given = call.place(0)?;
    call.work.spend(text.len())?;

    let trimmed = match &given {
        Some(given) => text.trim_matches(given.chars().collect::<Vec<_>>().as_slice()),
        None => text.trim(),
    };

    Ok(Value::made(trimmed.to_owned()))
}

/// The text with another instead of one that occurs in it.
pub(super) fn replace<'v>(
    value: &Value<'v>,
    call: &mut Call<'_, 'v>,
) -> Result<Value<'v>, Unfilled> {
    let text = value.text(call.work)?;
    let (old, new) = (call.place(0)?.unwrap_or_default(), call.place(1)?.unwrap_or_default());

    if old.is_empty() {
        return Ok(Value::Text(text));
    }

    call.work.spend(text.len())?;
    call.work.spend(text.matches(&*old).count().saturating_mul(new.len()))?;
    Ok(Value::made(text.replace(&*old, &new)))
}

/// At most so many characters; one that is cut ends with an ellipsis, which counts.
pub(super) fn truncate<'v>(
    value: &Value<'v>,
    call: &mut Call<'_, 'v>,
) -> Result<Value<'v>, Unfilled> {
    let text = value.text(call.work)?;
    let most = call.place(0)?.and_then(|most| most.parse::<usize>().ok()).filter(|most| *most > 0);
    let most = most.ok_or_else(|| {
        Unfilled::Failed("`truncate` needs a whole number of characters, such as 100".to_owned())
    })?;

    call.work.spend(text.len())?;
    if text.char_indices().nth(most).is_none() {
        return Ok(Value::Text(text));
    }

    let end = text.char_indices().nth(most - 1).map_or(0, |(end, _)| end);
    Ok(Value::made(format!("{}…", text.get(..end).unwrap_or_default().trim_end())))
}

/// The first of a person's names: `Ivan` of `Ivan Petrenko`, and of `Petrenko, Ivan`.
pub(super) fn first_name<'v>(
    value: &Value<'v>,
    call: &mut Call<'_, 'v>,
) -> Result<Value<'v>, Unfilled> {
    let whole = value.text(call.work)?;
    call.work.spend(whole.len())?;

    let names = whole.split_once(',').map_or(&*whole, |(_, given)| given);
    Ok(Value::made(names.split_whitespace().next().unwrap_or_default().to_owned()))
}
