//! The robot "create a task": gives an employee something to do, linked to the item.

use stagewright_sdk::prelude::*;

/// What is to be done, by whom and until when.
#[derive(Debug, Settings)]
pub struct CreateTask {
    /// The title.
    #[setting(kind = "template", required, max = 200)]
    #[label(en = "Title", ru = "Название", uk = "Назва")]
    pub title: String,
    /// The description.
    #[setting(kind = "template", default = "", max = 20000)]
    #[label(en = "Description", ru = "Описание", uk = "Опис")]
    pub description: String,
    /// Who is to do it.
    #[setting(kind = "who", default = "responsible")]
    #[label(en = "Responsible", ru = "Ответственный", uk = "Відповідальний")]
    pub responsible: String,
    /// Who helps.
    #[setting(kind = "who")]
    #[label(en = "Co-executors", ru = "Соисполнители", uk = "Співвиконавці")]
    pub co_executors: Vec<String>,
    /// Who watches.
    #[setting(kind = "who")]
    #[label(en = "Observers", ru = "Наблюдатели", uk = "Спостерігачі")]
    pub observers: Vec<String>,
    /// How long after the task's creation, or after a date of the item.
    #[setting(kind = "duration")]
    #[label(en = "Deadline after", ru = "Крайний срок через", uk = "Крайній термін через")]
    pub deadline_after: Option<String>,
    /// The date of the item that the deadline counts from.
    #[setting(kind = "date-field")]
    #[label(
        en = "Deadline counts from",
        ru = "Срок отсчитывается от",
        uk = "Термін відлічується від"
    )]
    #[help(
        en = "Empty: from the creation of the task.",
        ru = "Пусто: от создания задачи.",
        uk = "Порожньо: від створення завдання."
    )]
    pub deadline_field: Option<String>,
    /// Which hours count.
    #[setting(kind = "choice", default = "none")]
    #[label(en = "Working time", ru = "Рабочее время", uk = "Робочий час")]
    #[choice(
        value = "none",
        en = "Every hour counts",
        ru = "Учитывать все часы",
        uk = "Враховувати всі години"
    )]
    #[choice(
        value = "count",
        en = "Count working time only",
        ru = "Считать только рабочее время",
        uk = "Рахувати лише робочий час"
    )]
    #[choice(
        value = "shift",
        en = "Move on to working time",
        ru = "Сдвигать на рабочее время",
        uk = "Зсувати на робочий час"
    )]
    pub deadline_working: String,
    /// Whose working time.
    #[setting(kind = "calendar", default = "tenant")]
    #[label(en = "Calendar", ru = "Календарь", uk = "Календар")]
    pub deadline_calendar: String,
    /// The work group.
    #[setting(kind = "group")]
    #[label(en = "Work group", ru = "Рабочая группа", uk = "Робоча група")]
    pub group: Option<String>,
    /// How urgent it is.
    #[setting(kind = "choice", default = "normal")]
    #[label(en = "Priority", ru = "Приоритет", uk = "Пріоритет")]
    #[choice(value = "low", en = "Low", ru = "Низкий", uk = "Низький")]
    #[choice(value = "normal", en = "Normal", ru = "Обычный", uk = "Звичайний")]
    #[choice(value = "high", en = "High", ru = "Высокий", uk = "Високий")]
    pub priority: String,
    /// What to tick off.
    #[setting(kind = "template", max = 200)]
    #[label(en = "Checklist", ru = "Чек-лист", uk = "Чек-лист")]
    pub checklist: Vec<String>,
    /// Whether time is tracked.
    #[setting(default = false)]
    #[label(
        en = "Track time",
        ru = "Учитывать затраченное время",
        uk = "Обліковувати витрачений час"
    )]
    pub track_time: bool,
    /// Whether the item's files are attached to the task too, so that those who work on it have
    /// them there.
    #[setting(default = true)]
    #[label(
        en = "Attach the item’s files",
        ru = "Прикрепить файлы элемента",
        uk = "Прикріпити файли елемента"
    )]
    pub attach_files: bool,
    /// Whether it is linked to the item; only then can triggers and "complete tasks" find it.
    #[setting(default = true)]
    #[label(en = "Link to the item", ru = "Связать с элементом", uk = "Зв’язати з елементом")]
    pub link: bool,
}

/// The new task.
#[derive(Debug, PartialEq, Eq, Results)]
pub struct Created {
    /// Its id.
    #[label(en = "Task", ru = "Задача", uk = "Завдання")]
    pub task: String,
    /// Who is to do it.
    #[result(kind = "user")]
    #[label(en = "Responsible", ru = "Ответственный", uk = "Відповідальний")]
    pub responsible: String,
    /// RFC 3339, or empty.
    #[result(kind = "moment")]
    #[label(en = "Deadline", ru = "Крайний срок", uk = "Крайній термін")]
    pub deadline: String,
}

impl Robot for CreateTask {
    type Results = Created;

    const ID: &'static str = "create-task";
    const NAME: Text = Text::new("Create a task", "Создать задачу", "Створити завдання");
    const DESCRIPTION: Text = Text::new(
        "Creates a task for an employee, with values of the item in its texts, and links it to \
         the item.",
        "Создаёт сотруднику задачу с данными элемента в тексте и связывает её с элементом.",
        "Створює співробітнику завдання з даними елемента в тексті та пов’язує його з елементом.",
    );
    const GROUP: &'static str = "employee-control";

    fn run(&self, cx: &Run) -> Outcome<Created> {
        let responsible = cx
            .resolve_one(&self.responsible)
            .map_err(|failure| failure.in_setting("responsible"))?;
        let deadline = self.deadline(cx)?;

        let task = Task {
            description: self.description.clone(),
            responsible: responsible.clone(),
            co_executors: cx.resolve_all(&self.co_executors)?,
            observers: cx.resolve_all(&self.observers)?,
            group: self.group.clone(),
            priority: self.priority.clone(),
            deadline: deadline.clone(),
            checklist: self
                .checklist
                .iter()
                .map(|text| ChecklistItem { text: text.clone(), done: false })
                .collect(),
            track_time: self.track_time,
            link: self.link,
            attach_files: self.attach_files,
            ..Task::new(&self.title)
        };

        done(Created {
            task: cx.create_task(&task)?,
            responsible,
            deadline: deadline.unwrap_or_default(),
        })
    }
}

impl CreateTask {
    fn deadline(&self, cx: &Run) -> Result<Option<String>, Failure> {
        if self.deadline_after.is_none() && self.deadline_field.is_none() {
            return Ok(None);
        }

        let from = self.deadline_field.as_deref().map(|field| cx.date(field)).transpose();
        let shift = Shift {
            from: from.map_err(|failure| failure.in_setting("deadline_field"))?,
            add: self.deadline_after.clone(),
            working: self.deadline_working.clone(),
            calendar: Some(self.deadline_calendar.clone()),
        };
        Ok(Some(cx.shift(&shift)?))
    }
}

plugin! { robots: [CreateTask] }
