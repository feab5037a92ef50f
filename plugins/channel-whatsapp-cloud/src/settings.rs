//! What an admin fills in for the channel.

use stagewright_sdk::prelude::*;

/// One WhatsApp number of a business.
#[derive(Debug, Clone, Settings)]
pub struct WhatsAppCloud {
    /// Meta's id of the number; not the number itself.
    #[setting(kind = "text", required, min = 1, max = 64)]
    #[label(en = "Phone number ID", ru = "ID номера телефона", uk = "ID номера телефону")]
    #[help(
        en = "Shown in the Meta app under WhatsApp, API setup. It is not the phone number itself.",
        ru = "Указан в приложении Meta в разделе WhatsApp, настройка API. Это не сам номер \
            телефона.",
        uk = "Указаний у застосунку Meta в розділі WhatsApp, налаштування API. Це не сам номер \
            телефону."
    )]
    pub phone_number_id: String,
    /// Where the API is, version included.
    #[setting(kind = "text", default = "https://graph.facebook.com/v21.0", min = 8, max = 2048)]
    #[label(en = "API address", ru = "Адрес API", uk = "Адреса API")]
    #[help(
        en = "With the version. Change it for a newer version, a proxy or a test server.",
        ru = "Вместе с версией. Меняется для новой версии, прокси или тестового сервера.",
        uk = "Разом із версією. Змінюється для нової версії, проксі або тестового сервера."
    )]
    pub api_base: String,
}
