//! What the host answered to an action.

use serde_json::Value;

use stagewright_client::{Answer, ClientError};

use super::difference::Difference;
use crate::scenario::grammar::{Entry, Refused};

/// Judges an answer: an action that is not expected to be refused has to be carried out.
///
/// # Errors
/// What differs.
pub(in crate::scenario) fn see_answer(
    entry: &Entry,
    answer: &Result<Answer, ClientError>,
) -> Result<(), Difference> {
    let mut difference = Difference::default();

    match (answer, &entry.refused) {
        (Ok(answer), None) => {
            if let Some(expected) = &entry.answer {
                difference.json("answer", expected, Some(&answer.body));
            }
        }
        (Ok(answer), Some(refused)) => difference
            .add(wanted(refused), format_args!("that it was carried out: {}", answer.body)),
        (Err(ClientError::Refused(problem)), Some(refused)) => {
            difference.text("code", refused.code.as_ref(), Some(&problem.code));
            difference.text("field", refused.field.as_ref(), problem.field.as_deref());
            difference.text("detail", refused.detail.as_ref(), Some(&problem.detail));
            difference.count("as status", refused.status, u64::from(problem.status));
            if let Some(expected) = &entry.answer {
                difference.json("answer", expected, Some(&Value::Null));
            }
        }
        (Err(error), _) => {
            difference.add("that it is carried out", format_args!("a refusal: {error}"));
        }
    }

    difference.verdict()
}

fn wanted(refused: &Refused) -> String {
    let code = refused.code.as_ref().map(|code| format!(" with code `{code}`")).unwrap_or_default();
    format!("a refusal{code}")
}
