//! The channel "signed JSON": a documented protocol for gateways of one's own.
//!
//! Inbound webhooks are JSON signed with an HMAC, outbound messages are JSON posted to one address.
//! `README.md` describes both.

mod inbound;
mod outbound;

use stagewright_sdk::prelude::*;

/// Where the gateway is.
#[derive(Debug, Settings)]
pub struct SignedJson {
    /// The address that outbound messages are posted to.
    #[setting(kind = "text", required, min = 1, max = 2048)]
    #[label(en = "Gateway's address", ru = "Адрес шлюза", uk = "Адреса шлюзу")]
    #[help(
        en = "Messages are posted here as JSON.",
        ru = "Сюда отправляются сообщения в виде JSON.",
        uk = "Сюди надсилаються повідомлення у вигляді JSON."
    )]
    pub url: String,
}

impl Channel for SignedJson {
    const ID: &'static str = "signed-json";
    const NAME: Text = Text::new("Signed JSON", "Подписанный JSON", "Підписаний JSON");
    const DESCRIPTION: Text = Text::new(
        "Connects a gateway of your own: signed JSON in, JSON out.",
        "Подключает собственный шлюз: подписанный JSON на вход, JSON на выход.",
        "Підключає власний шлюз: підписаний JSON на вхід, JSON на вихід.",
    );
    const KIND: &'static str = "json";
    const SECRETS: &'static [Secret] = &[
        Secret {
            name: inbound::SECRET,
            label: Text::new("Signing secret", "Секрет подписи", "Секрет підпису"),
        },
        Secret {
            name: outbound::SECRET, label: Text::new("API token", "Токен API", "Токен API")
        },
    ];

    fn authenticate(&self, incoming: &Incoming) -> Authenticity {
        inbound::authenticate(incoming)
    }

    fn receive(&self, incoming: &Incoming) -> Result<Vec<InboundEvent>, String> {
        inbound::receive(&incoming.body)
    }

    /// One request is one delivery, so the response alone tells how far it is, and the state means
    /// nothing here.
    fn send(
        &self,
        job: &Job,
        _state: &[u8],
        last_response: Option<&Response>,
    ) -> Result<Step, String> {
        if job.media.is_some() {
            return Ok(Step::Done(Delivery::Failed("signed JSON has no files to look up".into())));
        }

        Ok(match last_response {
            None => Step::Send(outbound::request(&self.url, job), Vec::new()),
            Some(response) => Step::Done(outbound::verdict(response)),
        })
    }
}

plugin! { channel: SignedJson }
