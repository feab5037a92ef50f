//! The trigger "incoming webhook": moves the item once another program has called for it.

use stagewright_sdk::prelude::*;

/// Which webhook.
#[derive(Debug, Settings)]
pub struct IncomingWebhook {
    /// The webhook's code, as it stands in its address.
    #[setting(kind = "webhook", required)]
    #[label(en = "Code", ru = "Код", uk = "Код")]
    #[help(
        en = "The code of a webhook that was set up; it stands in its address.",
        ru = "Код настроенного вебхука; он входит в его адрес.",
        uk = "Код налаштованого вебхука; він входить до його адреси."
    )]
    pub code: String,
}

impl Trigger for IncomingWebhook {
    const ID: &'static str = "incoming-webhook";
    const NAME: Text =
        Text::new("Incoming webhook", "Отследить входящий вебхук", "Відстежити вхідний вебхук");
    const DESCRIPTION: Text = Text::new(
        "Fires when another program calls the webhook with the chosen code for the item.",
        "Срабатывает, когда другая программа вызывает для элемента вебхук с выбранным кодом.",
        "Спрацьовує, коли інша програма викликає для елемента вебхук із вибраним кодом.",
    );
    const GROUP: &'static str = "automation";
    const EVENTS: &'static [&'static str] = &["webhook.received"];

    fn evaluate(&self, _cx: &Call, event: &Event) -> Result<Verdict, Failure> {
        let code = event.text("code");
        Ok(Verdict::fire_if(code == self.code, || {
            format!("the webhook was {code}, this trigger waits for {}", self.code)
        }))
    }
}

plugin! { triggers: [IncomingWebhook] }
