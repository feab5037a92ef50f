//! Records.

use serde_json::{Map, Value};

use stagewright_client::ClientError;

use super::difference::Difference;
use crate::scenario::grammar::RecordIs;
use crate::scenario::world::World;

/// Compares one record.
pub(super) async fn see(
    world: &World,
    expected: &RecordIs,
) -> Result<Result<(), Difference>, String> {
    let record = world.names.of(&expected.of.value)?;
    let mut difference = Difference::default();
    let view = match world.admin().get(&format!("/v1/records/{}/{}", record.kind, record.id)).await
    {
        Ok(answer) => answer.body,
        Err(ClientError::Refused(problem)) if problem.status == 404 => {
            if !expected.deleted || !expected.fields.is_empty() {
                difference.add(format_args!("`{}` to be there", expected.of), "that it is deleted");
            }
            return Ok(difference.verdict());
        }
        Err(error) => return Err(error.to_string()),
    };

    if expected.deleted {
        difference.add(format_args!("`{}` to be deleted", expected.of), "that it is there");
    }

    let fields = world.names.to_names(
        &record.kind,
        view.get("fields").and_then(Value::as_object).unwrap_or(&Map::new()),
    );
    for (name, value) in &expected.fields {
        difference.json(&format!("`{name}`"), value, fields.get(name));
    }
    Ok(difference.verdict())
}
