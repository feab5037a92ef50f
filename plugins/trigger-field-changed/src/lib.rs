//! The trigger "field changed": moves the item once one of its fields has changed.

use stagewright_sdk::prelude::*;

/// Which change of which field.
#[derive(Debug, Settings)]
pub struct FieldChanged {
    /// The field.
    #[setting(kind = "field", required)]
    #[label(en = "Field", ru = "Поле", uk = "Поле")]
    pub field: String,
    /// Its value before; any where it is empty.
    #[setting(max = 1000)]
    #[label(en = "From", ru = "Было", uk = "Було")]
    #[help(
        en = "Empty: any value.",
        ru = "Пусто: любое значение.",
        uk = "Порожньо: будь-яке значення."
    )]
    pub from: Option<String>,
    /// Its value after; any where it is empty.
    #[setting(max = 1000)]
    #[label(en = "To", ru = "Стало", uk = "Стало")]
    #[help(
        en = "Empty: any value.",
        ru = "Пусто: любое значение.",
        uk = "Порожньо: будь-яке значення."
    )]
    pub to: Option<String>,
}

impl Trigger for FieldChanged {
    const ID: &'static str = "field-changed";
    const NAME: Text =
        Text::new("Field changed", "Отследить изменение поля", "Відстежити зміну поля");
    const DESCRIPTION: Text = Text::new(
        "Fires when the chosen field of the item changes, if wished only from and to certain \
         values.",
        "Срабатывает, когда меняется выбранное поле элемента; можно указать, с какого и на какое \
         значение.",
        "Спрацьовує, коли змінюється вибране поле елемента; можна вказати, з якого й на яке \
         значення.",
    );
    const GROUP: &'static str = "data";
    const EVENTS: &'static [&'static str] = &["item.changed"];

    fn evaluate(&self, _cx: &Call, event: &Event) -> Result<Verdict, Failure> {
        Ok(match event.change(&self.field) {
            Some(change) => change.verdict(self.from.as_deref(), self.to.as_deref()),
            None => Verdict::Ignore(format!("`{}` did not change", self.field)),
        })
    }
}

plugin! { triggers: [FieldChanged] }
