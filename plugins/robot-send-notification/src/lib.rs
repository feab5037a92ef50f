//! The robot "send a notification": tells employees about the item.

use stagewright_sdk::prelude::*;

/// Whom to tell what.
#[derive(Debug, Settings)]
pub struct SendNotification {
    /// The text.
    #[setting(kind = "template", required, max = 4096)]
    #[label(en = "Notification text", ru = "Текст уведомления", uk = "Текст сповіщення")]
    pub text: String,
    /// Roles and users, resolved when the robot runs.
    #[setting(kind = "who", default = ["responsible"])]
    #[label(en = "Recipients", ru = "Получатели", uk = "Отримувачі")]
    #[help(
        en = "Roles are looked up when the robot runs.",
        ru = "Роли определяются в момент выполнения робота.",
        uk = "Ролі визначаються в момент виконання робота."
    )]
    pub to: Vec<String>,
}

/// Who was told.
#[derive(Debug, PartialEq, Eq, Results)]
pub struct Notified {
    /// How many people.
    #[label(
        en = "People notified",
        ru = "Уведомлено сотрудников",
        uk = "Сповіщено співробітників"
    )]
    pub notified: usize,
}

impl Robot for SendNotification {
    type Results = Notified;

    const ID: &'static str = "send-notification";
    const NAME: Text =
        Text::new("Send a notification", "Отправить уведомление", "Надіслати сповіщення");
    const DESCRIPTION: Text = Text::new(
        "Tells employees about the item, with a link to it.",
        "Сообщает сотрудникам об элементе и даёт ссылку на него.",
        "Повідомляє співробітників про елемент і дає посилання на нього.",
    );
    const GROUP: &'static str = "informing-employees";

    fn run(&self, cx: &Run) -> Outcome<Notified> {
        let users = cx.resolve_all(&self.to)?;
        if users.is_empty() {
            return Err(Failure::nobody(&self.to.join(", ")).in_setting("to"));
        }
        done(Notified { notified: cx.notify(&users, &self.text)?.len() })
    }
}

plugin! { robots: [SendNotification] }
