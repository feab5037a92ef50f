//! The robot "schedule an activity": plans a call, a meeting or something else for the item.

use stagewright_sdk::prelude::*;

/// What is planned, for when and for whom.
#[derive(Debug, Settings)]
pub struct ScheduleActivity {
    /// What it is.
    #[setting(kind = "choice", key = "type", default = "call")]
    #[label(en = "Type", ru = "Тип", uk = "Тип")]
    #[choice(value = "call", en = "Call", ru = "Звонок", uk = "Дзвінок")]
    #[choice(value = "meeting", en = "Meeting", ru = "Встреча", uk = "Зустріч")]
    #[choice(value = "email", en = "E-mail", ru = "Письмо", uk = "Лист")]
    #[choice(value = "other", en = "Other", ru = "Другое", uk = "Інше")]
    pub kind: String,
    /// What it is about.
    #[setting(kind = "template", required, max = 200)]
    #[label(en = "Subject", ru = "Тема", uk = "Тема")]
    pub subject: String,
    /// What it is about, at length.
    #[setting(kind = "template", default = "", max = 20000)]
    #[label(en = "Description", ru = "Описание", uk = "Опис")]
    pub description: String,
    /// How long after now, or after a date of the item.
    #[setting(kind = "duration", default = "0m")]
    #[label(en = "Due after", ru = "Срок через", uk = "Термін через")]
    pub due_after: String,
    /// The date of the item that the due date counts from.
    #[setting(kind = "date-field")]
    #[label(
        en = "Due date counts from",
        ru = "Срок отсчитывается от",
        uk = "Термін відлічується від"
    )]
    #[help(
        en = "Empty: from the moment at which the robot runs.",
        ru = "Пусто: от момента выполнения робота.",
        uk = "Порожньо: від моменту виконання робота."
    )]
    pub due_field: Option<String>,
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
    pub due_working: String,
    /// Whose working time.
    #[setting(kind = "calendar", default = "tenant")]
    #[label(en = "Calendar", ru = "Календарь", uk = "Календар")]
    pub due_calendar: String,
    /// Who does it.
    #[setting(kind = "who", default = "responsible")]
    #[label(en = "Responsible", ru = "Ответственный", uk = "Відповідальний")]
    pub responsible: String,
    /// Whether leaving the stage completes it.
    #[setting(default = true)]
    #[label(
        en = "Complete when the item leaves the stage",
        ru = "Завершить при смене стадии",
        uk = "Завершити при зміні стадії"
    )]
    pub auto_complete: bool,
}

/// The new activity.
#[derive(Debug, PartialEq, Eq, Results)]
pub struct Scheduled {
    /// Its id.
    #[label(en = "Activity", ru = "Дело", uk = "Справа")]
    pub activity: String,
    /// RFC 3339.
    #[result(kind = "moment")]
    #[label(en = "Due", ru = "Срок", uk = "Термін")]
    pub due: String,
    /// Who does it.
    #[result(kind = "user")]
    #[label(en = "Responsible", ru = "Ответственный", uk = "Відповідальний")]
    pub responsible: String,
}

impl Robot for ScheduleActivity {
    type Results = Scheduled;

    const ID: &'static str = "schedule-activity";
    const NAME: Text =
        Text::new("Schedule an activity", "Запланировать дело", "Запланувати справу");
    const DESCRIPTION: Text = Text::new(
        "Plans a call, a meeting or something else for the item, with a due date that can count \
         in working time.",
        "Планирует звонок, встречу или другое дело по элементу; срок может считаться в рабочем \
         времени.",
        "Планує дзвінок, зустріч або іншу справу щодо елемента; термін може рахуватися в робочому \
         часі.",
    );
    const GROUP: &'static str = "employee-control";

    fn run(&self, cx: &Run) -> Outcome<Scheduled> {
        let responsible = cx
            .resolve_one(&self.responsible)
            .map_err(|failure| failure.in_setting("responsible"))?;

        let activity = Activity {
            kind: self.kind.clone(),
            subject: self.subject.clone(),
            description: self.description.clone(),
            due: self.due(cx)?,
            responsible,
            auto_complete: self.auto_complete,
        };

        let id = cx.schedule(&activity)?;
        done(Scheduled { activity: id, due: activity.due, responsible: activity.responsible })
    }
}

impl ScheduleActivity {
    fn due(&self, cx: &Run) -> Result<String, Failure> {
        let from = self.due_field.as_deref().map(|field| cx.date(field)).transpose();
        let shift = Shift {
            from: from.map_err(|failure| failure.in_setting("due_field"))?,
            add: Some(self.due_after.clone()),
            working: self.due_working.clone(),
            calendar: Some(self.due_calendar.clone()),
        };
        Ok(cx.shift(&shift)?)
    }
}

plugin! { robots: [ScheduleActivity] }
