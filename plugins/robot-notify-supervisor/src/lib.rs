//! The robot "notify the supervisor": tells the supervisor of whoever is responsible about the
//! item.

use stagewright_sdk::prelude::*;

/// Whom to tell what.
#[derive(Debug, Settings)]
pub struct NotifySupervisor {
    /// The text.
    #[setting(kind = "template", required, max = 4096)]
    #[label(en = "Notification text", ru = "Текст уведомления", uk = "Текст сповіщення")]
    pub text: String,
    /// Roles and users, resolved when the robot runs.
    #[setting(kind = "who", default = ["supervisor"])]
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

impl Robot for NotifySupervisor {
    type Results = Notified;

    const ID: &'static str = "notify-supervisor";
    const NAME: Text =
        Text::new("Notify the supervisor", "Уведомить руководителя", "Сповістити керівника");
    const DESCRIPTION: Text = Text::new(
        "Tells the supervisor of whoever is responsible about the item, with a link to it.",
        "Сообщает руководителю ответственного об элементе и даёт ссылку на него.",
        "Повідомляє керівника відповідального про елемент і дає посилання на нього.",
    );
    const GROUP: &'static str = "employee-control";

    fn run(&self, cx: &Run) -> Outcome<Notified> {
        let users = cx.resolve_all(&self.to)?;
        if users.is_empty() {
            return Err(Failure::nobody(&self.to.join(", ")).in_setting("to"));
        }
        done(Notified { notified: cx.notify(&users, &self.text)?.len() })
    }
}

plugin! { robots: [NotifySupervisor] }
