//! The robot "send message": writes to a phone number through the tenant's WhatsApp channel.

use stagewright_sdk::prelude::*;

/// The kind of channel that this bundle has, and that its robot looks for.
pub(crate) const KIND: &str = "whatsapp";

/// What to send and to whom.
#[derive(Debug, Settings)]
pub struct SendMessage {
    /// The phone number, usually inserted from an earlier robot's results.
    #[setting(kind = "template", required)]
    #[label(en = "Recipient's phone", ru = "Телефон получателя", uk = "Телефон отримувача")]
    pub to: String,
    /// The text.
    #[setting(kind = "template", required, max = 4096)]
    #[label(en = "Message text", ru = "Текст сообщения", uk = "Текст повідомлення")]
    pub text: String,
    /// The sender; else the host chooses.
    #[setting(kind = "channel")]
    #[label(en = "WhatsApp channel", ru = "Канал WhatsApp", uk = "Канал WhatsApp")]
    #[help(
        en = "Empty: the channel of the item's conversation, else the only WhatsApp channel there \
            is.",
        ru = "Пусто: канал диалога элемента, иначе единственный имеющийся канал WhatsApp.",
        uk = "Порожньо: канал діалогу елемента, інакше єдиний наявний канал WhatsApp."
    )]
    pub channel: Option<String>,
    /// The approved template for recipients who have not written within 24 hours.
    #[setting(kind = "text", max = 512)]
    #[label(en = "Approved template", ru = "Одобренный шаблон", uk = "Схвалений шаблон")]
    #[help(
        en = "Sent instead of the text to recipients who have not written within 24 hours: \
            WhatsApp takes nothing else then.",
        ru = "Отправляется вместо текста тем, кто не писал последние 24 часа: другого WhatsApp \
            тогда не принимает.",
        uk = "Надсилається замість тексту тим, хто не писав останні 24 години: іншого WhatsApp \
            тоді не приймає."
    )]
    pub template_name: Option<String>,
    /// The template's language.
    #[setting(kind = "text", default = "en", max = 16)]
    #[label(en = "Template's language", ru = "Язык шаблона", uk = "Мова шаблону")]
    #[help(
        en = "As it was approved: en, en_US, ru, uk.",
        ru = "Как при одобрении: en, en_US, ru, uk.",
        uk = "Як під час схвалення: en, en_US, ru, uk."
    )]
    pub template_language: String,
    /// The values of the template's placeholders.
    #[setting(kind = "template", max = 1024)]
    #[label(en = "Template's parameters", ru = "Параметры шаблона", uk = "Параметри шаблону")]
    pub template_parameters: Vec<String>,
    /// Whether leaving the stage takes back what was not sent yet.
    #[setting(default = false)]
    #[label(
        en = "Do not send after the item has left the stage",
        ru = "Не отправлять, если элемент покинул стадию",
        uk = "Не надсилати, якщо елемент залишив стадію"
    )]
    pub drop_if_stage_left: bool,
    /// How long sending may be tried.
    #[setting(min = 1, max = 43200)]
    #[label(
        en = "Do not send later than, minutes",
        ru = "Не отправлять позже чем через, минут",
        uk = "Не надсилати пізніше ніж через, хвилин"
    )]
    pub not_after_minutes: Option<i64>,
}

/// The message on its way.
#[derive(Debug, PartialEq, Eq, Results)]
pub struct Sent {
    /// The delivery's id, under which its state can be followed.
    #[label(en = "Delivery", ru = "Доставка", uk = "Доставка")]
    pub delivery: String,
}

impl Robot for SendMessage {
    type Results = Sent;

    const ID: &'static str = "send-message";
    const NAME: Text = Text::new("Send message", "Отправить сообщение", "Надіслати повідомлення");
    const DESCRIPTION: Text = Text::new(
        "Sends a WhatsApp message to a phone number.",
        "Отправляет сообщение WhatsApp на номер телефона.",
        "Надсилає повідомлення WhatsApp на номер телефону.",
    );
    const GROUP: &'static str = "communication";

    fn run(&self, cx: &Run) -> Outcome<Sent> {
        let to = self.to.trim();
        if to.is_empty() {
            return Err(
                Failure::permanent("recipient-empty", "recipient phone is empty").in_setting("to")
            );
        }

        let message = Message {
            to: to.to_owned(),
            text: self.text.clone(),
            channel: chosen(self.channel.as_deref()),
            channel_kind: Some(KIND.to_owned()),
            template: self.template(),
            not_after: self
                .not_after_minutes
                .map(|minutes| cx.minutes_from_now(minutes))
                .transpose()?,
            drop_if_stage_left: self.drop_if_stage_left,
        };

        done(Sent { delivery: cx.send(&message)? })
    }
}

impl SendMessage {
    fn template(&self) -> Option<Template> {
        let name = chosen(self.template_name.as_deref())?;
        Some(Template {
            name,
            language: self.template_language.clone(),
            parameters: self.template_parameters.clone(),
        })
    }
}

/// A form saves an untouched field as an empty text.
fn chosen(value: Option<&str>) -> Option<String> {
    value.map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned)
}
