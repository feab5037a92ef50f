//! The robot "modify the item": writes into a field of the item.

use stagewright_sdk::prelude::*;

/// What to write where.
#[derive(Debug, Settings)]
pub struct ModifyItem {
    /// The field.
    #[setting(kind = "field", required)]
    #[label(en = "Field", ru = "Поле", uk = "Поле")]
    pub field: String,
    /// The value; several for a list.
    #[setting(kind = "template", max = 20000)]
    #[label(en = "Value", ru = "Значение", uk = "Значення")]
    #[help(
        en = "Empty: the field is emptied. Several values make a list.",
        ru = "Пусто: поле очищается. Несколько значений образуют список.",
        uk = "Порожньо: поле очищується. Кілька значень утворюють список."
    )]
    pub value: Vec<String>,
}

impl Robot for ModifyItem {
    type Results = ();

    const ID: &'static str = "modify-item";
    const NAME: Text = Text::new("Modify the item", "Изменить элемент", "Змінити елемент");
    const DESCRIPTION: Text = Text::new(
        "Writes into a field of the item. The value may be put together from other fields and \
         from robots’ results.",
        "Записывает значение в поле элемента. Его можно собрать из других полей и результатов \
         роботов.",
        "Записує значення в поле елемента. Його можна скласти з інших полів і результатів роботів.",
    );
    const GROUP: &'static str = "data";

    fn run(&self, cx: &Run) -> Outcome<()> {
        // The host reads a single text as the field wants it: a number, a date, yes or no, a list
        // of one.
        let value = match self.value.as_slice() {
            [] => Value::Null,
            [one] => json!(one),
            several => json!(several),
        };

        let field = self.field.as_str();
        cx.change(&json!({ field: value }))?;
        done(())
    }
}

plugin! { robots: [ModifyItem] }
