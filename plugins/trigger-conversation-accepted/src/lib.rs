//! The trigger "conversation accepted": moves the item once an operator has accepted the chat in
//! the chosen line.

use stagewright_sdk::prelude::*;

/// Which line to watch.
#[derive(Debug, Settings)]
pub struct ConversationAccepted {
    /// The open line's id.
    #[setting(kind = "line", required)]
    #[label(en = "Open line", ru = "Открытая линия", uk = "Відкрита лінія")]
    pub line: String,
}

impl Trigger for ConversationAccepted {
    const ID: &'static str = "conversation-accepted";
    const NAME: Text = Text::new(
        "Chat accepted by an operator",
        "Отследить, что чат принят в работу",
        "Відстежити, що чат прийнято в роботу",
    );
    const DESCRIPTION: Text = Text::new(
        "Fires when an operator accepts a chat of the chosen open line.",
        "Срабатывает, когда оператор принимает чат выбранной открытой линии.",
        "Спрацьовує, коли оператор приймає чат вибраної відкритої лінії.",
    );
    const GROUP: &'static str = "communication";
    const EVENTS: &'static [&'static str] = &["conversation.accepted"];

    fn evaluate(&self, _cx: &Call, event: &Event) -> Result<Verdict, Failure> {
        let line = event.text("line");
        Ok(Verdict::fire_if(line == self.line, || {
            format!("accepted in line {line}, this trigger watches {}", self.line)
        }))
    }
}

plugin! { triggers: [ConversationAccepted] }
