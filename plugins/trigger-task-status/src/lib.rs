//! The trigger "task status": moves the item once a task that is linked to it has reached a status,
//! or was created in it.

use stagewright_sdk::prelude::*;

/// Which status of which task.
#[derive(Debug, Settings)]
pub struct TaskStatus {
    /// The status.
    #[setting(kind = "choice", default = "completed")]
    #[label(en = "Status", ru = "Статус", uk = "Статус")]
    #[choice(value = "new", en = "New", ru = "Новая", uk = "Нове")]
    #[choice(value = "in_progress", en = "In progress", ru = "Выполняется", uk = "Виконується")]
    #[choice(value = "in_review", en = "In review", ru = "На проверке", uk = "На перевірці")]
    #[choice(value = "completed", en = "Completed", ru = "Завершена", uk = "Завершене")]
    #[choice(value = "deferred", en = "Deferred", ru = "Отложена", uk = "Відкладене")]
    #[choice(value = "declined", en = "Declined", ru = "Отклонена", uk = "Відхилене")]
    pub status: String,
    /// Words that stand in the title, in this order.
    #[setting(max = 200)]
    #[label(en = "Title contains", ru = "Название содержит", uk = "Назва містить")]
    pub title_contains: Option<String>,
    /// Words that stand in the description, in this order.
    #[setting(max = 200)]
    #[label(en = "Description contains", ru = "Описание содержит", uk = "Опис містить")]
    pub description_contains: Option<String>,
    /// Who is to do it.
    #[setting(kind = "user")]
    #[label(en = "Responsible", ru = "Ответственный", uk = "Відповідальний")]
    pub responsible: Option<String>,
    /// The work group.
    #[setting(kind = "group")]
    #[label(en = "Work group", ru = "Рабочая группа", uk = "Робоча група")]
    pub group: Option<String>,
    /// How urgent it is.
    #[setting(kind = "choice")]
    #[label(en = "Priority", ru = "Приоритет", uk = "Пріоритет")]
    #[choice(value = "low", en = "Low", ru = "Низкий", uk = "Низький")]
    #[choice(value = "normal", en = "Normal", ru = "Обычный", uk = "Звичайний")]
    #[choice(value = "high", en = "High", ru = "Высокий", uk = "Високий")]
    pub priority: Option<String>,
}

impl Trigger for TaskStatus {
    const ID: &'static str = "task-status";
    const NAME: Text =
        Text::new("Task status changed", "Отследить статус задачи", "Відстежити статус завдання");
    const DESCRIPTION: Text = Text::new(
        "Fires when a task of the item reaches the chosen status or is created in it. Tasks that \
         do not match the filter are ignored.",
        "Срабатывает, когда задача элемента получает выбранный статус или создаётся в нём. \
         Задачи, не прошедшие фильтр, не учитываются.",
        "Спрацьовує, коли завдання елемента набуває вибраного статусу або створюється в ньому. \
         Завдання, що не пройшли фільтр, не враховуються.",
    );
    const GROUP: &'static str = "employee-control";
    const EVENTS: &'static [&'static str] = &["task.created", "task.status_changed"];

    fn evaluate(&self, _cx: &Call, event: &Event) -> Result<Verdict, Failure> {
        let created = event.kind == "task.created";
        let (status, became) = if created {
            (event.text("task.status"), "was created")
        } else {
            (event.text("to"), "became")
        };
        if status != self.status {
            return Ok(Verdict::Ignore(format!(
                "the task {became} {status}, this trigger watches {}",
                self.status
            )));
        }

        let phrases =
            [("title", &self.title_contains), ("description", &self.description_contains)];
        for (field, phrase) in
            phrases.into_iter().filter_map(|(field, wanted)| Some((field, wanted.as_deref()?)))
        {
            let text = event.text(&format!("task.{field}"));
            if !folded(text).contains(&folded(phrase)) {
                return Ok(Verdict::Ignore(format!(
                    "the task’s {field} `{text}` does not contain `{phrase}`"
                )));
            }
        }

        let values = [
            ("responsible", &self.responsible),
            ("group", &self.group),
            ("priority", &self.priority),
        ];
        for (field, wanted) in
            values.into_iter().filter_map(|(field, wanted)| Some((field, wanted.as_deref()?)))
        {
            let value = event.text(&format!("task.{field}"));
            if value != wanted {
                return Ok(Verdict::Ignore(format!(
                    "the task’s {field} is `{value}`, not `{wanted}`"
                )));
            }
        }

        Ok(Verdict::Fire)
    }
}

/// A text in which neither capitals nor the spaces between words make a difference.
fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

plugin! { triggers: [TaskStatus] }
