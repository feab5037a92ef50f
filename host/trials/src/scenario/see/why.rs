//! What is answered to why.

use stagewright_client::ClientError;

use super::difference::{Difference, text};
use super::listed::Seen;
use crate::scenario::grammar::WhyIs;
use crate::scenario::world::World;

/// Compares the one answer.
pub(super) async fn see(world: &World, expected: &WhyIs) -> Seen {
    let record = world.names.of(&expected.of.value)?;
    let (key, name) = match (&expected.robot, &expected.trigger) {
        (Some(robot), None) => ("robot", robot),
        (None, Some(trigger)) => ("trigger", trigger),
        _ => return Err("`why` asks about one `robot` or one `trigger`".to_owned()),
    };

    let asked = world
        .admin()
        .get(&format!("/v1/why?record={}/{}&{key}={name}", record.kind, record.id))
        .await;
    let answers = match asked.and_then(|answer| answer.list("/answers")) {
        Ok(answers) => answers,
        Err(ClientError::Refused(problem)) => {
            return Ok(Err(Difference::of(format_args!("an answer about `{name}`"), problem)));
        }
        Err(error) => return Err(error.to_string()),
    };

    let [answer] = answers.as_slice() else {
        return Err(format!(
            "`{name}` is the id of {} things; write automation/{name}",
            answers.len()
        ));
    };

    let mut difference = Difference::default();
    difference.text("verdict", expected.verdict.as_ref(), text(answer, "verdict"));
    difference.text("sentence", expected.sentence.as_ref(), text(answer, "sentence"));
    difference.moment(&world.names, "moment", expected.at.as_ref(), text(answer, "at"))?;
    Ok(difference.verdict())
}
