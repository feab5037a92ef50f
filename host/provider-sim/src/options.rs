//! What a stand-in knows from the start.

use std::collections::BTreeSet;

use super::rate::Rate;

/// A stand-in's set-up. The default is a business with one number and two approved templates.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Options {
    /// Meta's id of the business account.
    pub account: String,
    /// The business's numbers.
    pub numbers: Vec<Number>,
    /// What the API knows the business by.
    pub access_token: String,
    /// What notifications are signed with.
    pub app_secret: String,
    /// What the handshake asks for.
    pub verify_token: String,
    /// The approved templates.
    pub templates: Vec<Template>,
    /// Numbers that are not on WhatsApp, in digits.
    pub strangers: BTreeSet<String>,
    /// How fast one number may send. Meta's: 80 a second.
    pub number_rate: Rate,
    /// How fast one number may write to one recipient. Meta's: 45 at once, then one every 6
    /// seconds.
    pub pair_rate: Rate,
    /// What the gateway for signed JSON knows the tenant by.
    pub json_token: String,
    /// What the gateway signs with.
    pub json_secret: String,
}

/// A number of the business.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Number {
    /// Meta's id of it.
    pub id: String,
    /// The number itself, in digits.
    pub display: String,
}

/// An approved template.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Template {
    /// Its name.
    pub name: String,
    /// Its language, as it was approved.
    pub language: String,
    /// How many placeholders its body has.
    pub parameters: usize,
}

impl Template {
    /// A template.
    #[must_use]
    pub fn new(name: &str, language: &str, parameters: usize) -> Self {
        Self { name: name.to_owned(), language: language.to_owned(), parameters }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            account: "102290129340398".into(),
            numbers: vec![Number { id: "106540352242922".into(), display: "15550783881".into() }],
            access_token: "EAAJB-stand-in-access-token".into(),
            app_secret: "stand-in-app-secret".into(),
            verify_token: "stand-in-verify-token".into(),
            templates: vec![
                Template::new("reminder", "en", 1),
                Template::new("hello_world", "en_US", 0),
            ],
            strangers: BTreeSet::new(),
            number_rate: Rate::per_second(80),
            pair_rate: Rate::burst(45, 6),
            json_token: "stand-in-api-token".into(),
            json_secret: "stand-in-signing-secret".into(),
        }
    }
}

impl Options {
    /// The secrets of both channels by the names that their plugins ask for.
    #[must_use]
    pub fn secrets(&self) -> [(&'static str, &str); 5] {
        [
            ("access_token", &self.access_token),
            ("app_secret", &self.app_secret),
            ("verify_token", &self.verify_token),
            ("api_token", &self.json_token),
            ("signing_secret", &self.json_secret),
        ]
    }

    /// The number with this id.
    pub(super) fn number(&self, id: &str) -> Option<&Number> {
        self.numbers.iter().find(|number| number.id == id)
    }

    /// The number that clients write to unless another is named; one without id where there is
    /// none.
    pub(super) fn first_number(&self) -> Number {
        self.numbers
            .first()
            .cloned()
            .unwrap_or(Number { id: String::new(), display: String::new() })
    }
}
