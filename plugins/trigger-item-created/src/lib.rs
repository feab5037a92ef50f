//! The trigger "item created": moves an item on as soon as it is created.

use stagewright_sdk::prelude::*;

/// It needs no settings: whatever narrows it down is a condition.
#[derive(Debug, Settings)]
pub struct ItemCreated {}

impl Trigger for ItemCreated {
    const ID: &'static str = "item-created";
    const NAME: Text =
        Text::new("Item created", "Отследить создание элемента", "Відстежити створення елемента");
    const DESCRIPTION: Text = Text::new(
        "Fires when the item is created. Add a condition to choose which ones.",
        "Срабатывает при создании элемента. Добавьте условие, чтобы выбрать, каких именно.",
        "Спрацьовує в разі створення елемента. Додайте умову, щоб вибрати, яких саме.",
    );
    const GROUP: &'static str = "data";
    const EVENTS: &'static [&'static str] = &["item.created"];

    fn evaluate(&self, _cx: &Call, _event: &Event) -> Result<Verdict, Failure> {
        Ok(Verdict::Fire)
    }
}

plugin! { triggers: [ItemCreated] }
