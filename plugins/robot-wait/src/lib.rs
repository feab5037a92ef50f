//! The robot "wait": is done only after a while or at a date, so that the robots after it wait.

use stagewright_sdk::prelude::*;

/// How long.
#[derive(Debug, Settings)]
pub struct Wait {
    /// How long from now, or from a date of the item.
    #[setting(kind = "duration")]
    #[label(en = "Wait for", ru = "Ждать", uk = "Чекати")]
    pub duration: Option<String>,
    /// The date of the item.
    #[setting(kind = "date-field")]
    #[label(en = "From the date", ru = "От даты", uk = "Від дати")]
    #[help(
        en = "Empty: from the moment at which the robot runs. Alone: until this date.",
        ru = "Пусто: от момента выполнения робота. Без длительности: до этой даты.",
        uk = "Порожньо: від моменту виконання робота. Без тривалості: до цієї дати."
    )]
    pub field: Option<String>,
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
    pub working: String,
    /// Whose working time.
    #[setting(kind = "calendar", default = "tenant")]
    #[label(en = "Calendar", ru = "Календарь", uk = "Календар")]
    pub calendar: String,
}

/// Until when.
#[derive(Debug, PartialEq, Eq, Results)]
pub struct Waited {
    /// RFC 3339.
    #[result(kind = "moment")]
    #[label(en = "Until", ru = "До", uk = "До")]
    pub until: String,
}

impl Robot for Wait {
    type Results = Waited;

    const ID: &'static str = "wait";
    const NAME: Text = Text::new("Wait", "Подождать", "Зачекати");
    const DESCRIPTION: Text = Text::new(
        "Lets the robots after it wait for a while or until a date of the item. Moving the item \
         ends the wait.",
        "Следующие роботы ждут заданное время или до даты элемента. Перемещение элемента отменяет \
         ожидание.",
        "Наступні роботи чекають заданий час або до дати елемента. Переміщення елемента скасовує \
         очікування.",
    );
    const GROUP: &'static str = "data";

    fn run(&self, cx: &Run) -> Outcome<Waited> {
        if self.duration.is_none() && self.field.is_none() {
            let failure = Failure::permanent(
                "bad-setting",
                "fill in how long to wait, or the date to wait for",
            );
            return Err(failure.in_setting("duration"));
        }

        let from = self.field.as_deref().map(|field| cx.date(field)).transpose();
        let shift = Shift {
            from: from.map_err(|failure| failure.in_setting("field"))?,
            add: self.duration.clone(),
            working: self.working.clone(),
            calendar: Some(self.calendar.clone()),
        };

        let until = cx.shift(&shift)?;
        cx.wait_until(&until)?;
        done(Waited { until })
    }
}

plugin! { robots: [Wait] }
