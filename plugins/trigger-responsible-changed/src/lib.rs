//! The trigger "responsible employee changed": moves the item once another employee is responsible
//! for it.

use stagewright_sdk::prelude::*;

/// From whom to whom.
#[derive(Debug, Settings)]
pub struct ResponsibleChanged {
    /// Who was responsible; anybody where it is empty.
    #[setting(kind = "user")]
    #[label(en = "From", ru = "Был", uk = "Був")]
    #[help(en = "Empty: anybody.", ru = "Пусто: любой.", uk = "Порожньо: будь-хто.")]
    pub from: Option<String>,
    /// Who is responsible; anybody where it is empty.
    #[setting(kind = "user")]
    #[label(en = "To", ru = "Стал", uk = "Став")]
    #[help(en = "Empty: anybody.", ru = "Пусто: любой.", uk = "Порожньо: будь-хто.")]
    pub to: Option<String>,
}

impl Trigger for ResponsibleChanged {
    const ID: &'static str = "responsible-changed";
    const NAME: Text = Text::new(
        "Responsible employee changed",
        "Отследить смену ответственного",
        "Відстежити зміну відповідального",
    );
    const DESCRIPTION: Text = Text::new(
        "Fires when another employee becomes responsible for the item.",
        "Срабатывает, когда ответственным за элемент становится другой сотрудник.",
        "Спрацьовує, коли відповідальним за елемент стає інший співробітник.",
    );
    const GROUP: &'static str = "employee-control";
    const EVENTS: &'static [&'static str] = &["item.changed"];

    fn evaluate(&self, _cx: &Call, event: &Event) -> Result<Verdict, Failure> {
        Ok(match event.change("responsible") {
            Some(change) => change.verdict(self.from.as_deref(), self.to.as_deref()),
            None => Verdict::Ignore("the responsible employee did not change".into()),
        })
    }
}

plugin! { triggers: [ResponsibleChanged] }
