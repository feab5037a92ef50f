//! WhatsApp through Meta's Cloud API: the channel, and the robot "send message" that writes through
//! it.
//!
//! `inbound` has the way in: `authentic` decides on the raw bytes, `notification`, `content` and
//! `status` translate. `outbound` has the way out, one request at a time, with `message` and
//! `upload` for what is sent and `answer` and `errors` for what comes back. `settings` is
//! what an admin fills in; `README.md` explains it and has the table of Meta's error codes.

mod inbound;
mod json;
mod outbound;
mod robot;
mod settings;

use stagewright_sdk::prelude::*;

pub use robot::{SendMessage, Sent};
pub use settings::WhatsAppCloud;

impl Channel for WhatsAppCloud {
    const ID: &'static str = "whatsapp-cloud";
    const NAME: Text = Text::new("WhatsApp Cloud API", "WhatsApp Cloud API", "WhatsApp Cloud API");
    const DESCRIPTION: Text = Text::new(
        "Connects a WhatsApp number of your business through Meta's Cloud API.",
        "Подключает номер WhatsApp вашей компании через Cloud API от Meta.",
        "Підключає номер WhatsApp вашої компанії через Cloud API від Meta.",
    );
    const KIND: &'static str = robot::KIND;
    const SECRETS: &'static [Secret] = &[
        Secret {
            name: outbound::SECRET,
            label: Text::new("Access token", "Токен доступа", "Токен доступу"),
        },
        Secret {
            name: inbound::APP_SECRET,
            label: Text::new("App secret", "Секрет приложения", "Секрет застосунку"),
        },
        Secret {
            name: inbound::VERIFY_TOKEN,
            label: Text::new(
                "Webhook's verify token",
                "Токен подтверждения вебхука",
                "Токен підтвердження вебхука",
            ),
        },
    ];
    const FREE_TEXT_HOURS: Option<u32> = Some(24);

    fn authenticate(&self, incoming: &Incoming) -> Authenticity {
        inbound::authenticate(incoming)
    }

    fn receive(&self, incoming: &Incoming) -> Result<Vec<InboundEvent>, String> {
        inbound::receive(&incoming.body, self.phone_number_id.trim())
    }

    fn send(
        &self,
        job: &Job,
        state: &[u8],
        last_response: Option<&Response>,
    ) -> Result<Step, String> {
        outbound::send(self, job, state, last_response)
    }
}

plugin! { robots: [SendMessage], channel: WhatsAppCloud }
