//! Messages that left the host.

use super::difference::Difference;
use crate::scenario::grammar::Message;
use crate::scenario::world::{Sent, World};

/// Compares all messages that left, in order.
pub(super) fn see(world: &World, expected: &[Message]) -> Result<Result<(), Difference>, String> {
    let found = world.sent()?;
    let mut difference = Difference::default();

    if expected.len() != found.len() {
        let list: Vec<String> = found.iter().map(line).collect();
        difference.add(
            format_args!("{} messages", expected.len()),
            format_args!("{}: [{}]", found.len(), list.join(", ")),
        );
        return Ok(Err(difference));
    }

    for (number, (message, sent)) in expected.iter().zip(&found).enumerate() {
        let what = |part: &str| format!("message {}'s {part}", number + 1);
        difference.text(&what("recipient"), message.to.as_ref(), Some(&sent.to));
        difference.text(&what("text"), message.text.as_ref(), Some(&sent.text));
        difference.text(&what("template"), message.template.as_ref(), sent.template.as_deref());
        difference.moment(
            &world.names,
            &what("time"),
            message.at.as_ref(),
            Some(&sent.at.to_string()),
        )?;
    }

    Ok(difference.verdict())
}

fn line(sent: &Sent) -> String {
    format!("to {} at {}: {}", sent.to, sent.at, sent.text)
}
