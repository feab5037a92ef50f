//! The robot "write into the history": notes something about the item that stays, for example that
//! nobody moved it in time.

use stagewright_sdk::prelude::*;

/// What to write, and in whose name.
#[derive(Debug, Settings)]
pub struct WriteHistory {
    /// The text.
    #[setting(kind = "template", required, max = 4096)]
    #[label(en = "Text", ru = "Текст", uk = "Текст")]
    pub text: String,
    /// A role or `user:<id>`, resolved when the robot runs.
    #[setting(kind = "who", default = "supervisor")]
    #[label(en = "Author", ru = "Автор", uk = "Автор")]
    #[help(
        en = "The entry is written on behalf of this employee.",
        ru = "Запись создаётся от имени этого сотрудника.",
        uk = "Запис створюється від імені цього співробітника."
    )]
    pub author: String,
}

/// What was written.
#[derive(Debug, PartialEq, Eq, Results)]
pub struct Written {
    /// The entry's id.
    #[label(en = "History entry", ru = "Запись в истории", uk = "Запис в історії")]
    pub entry: String,
}

impl Robot for WriteHistory {
    type Results = Written;

    const ID: &'static str = "write-history";
    const NAME: Text =
        Text::new("Write into the history", "Добавить запись в историю", "Додати запис в історію");
    const DESCRIPTION: Text = Text::new(
        "Writes an entry of the type “information” into the history of the item.",
        "Добавляет в историю элемента запись с типом «информация».",
        "Додає в історію елемента запис із типом «інформація».",
    );
    const GROUP: &'static str = "employee-control";

    fn run(&self, cx: &Run) -> Outcome<Written> {
        let authors = cx.resolve(&self.author)?;
        let author = authors.first().map(String::as_str);
        if author.is_none() {
            // What is noted about somebody must not get lost because his superior is missing.
            log::warn(format!(
                "{}, so the entry has no author",
                Failure::nobody(&self.author).message
            ));
        }

        done(Written { entry: cx.write_history(&self.text, author)? })
    }
}

plugin! { robots: [WriteHistory] }
