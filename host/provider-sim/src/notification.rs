//! Notifications that Meta sends: what is in them, how it is packed, and the signed bytes.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use stagewright_core::outside::Incoming;

use super::options::{Number, Options};
use super::sign;

/// How things are packed into one notification. Meta does it as it likes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Packing {
    /// All of a number's in one change of one entry.
    #[default]
    OneChange,
    /// Each in a change of its own, all in one entry.
    ManyChanges,
    /// Each in an entry of its own.
    ManyEntries,
}

/// One thing that a notification tells.
#[derive(Clone, PartialEq, Debug)]
struct Item {
    number: Number,
    contact: Option<Value>,
    told: Told,
}

#[derive(Clone, PartialEq, Debug)]
enum Told {
    Message(Value),
    Status(Value),
}

/// A notification before it is signed. [`Notification::incoming`] gives the bytes, each time the
/// same.
#[derive(Clone, PartialEq, Debug)]
pub struct Notification {
    account: String,
    secret: String,
    packing: Packing,
    items: Vec<Item>,
}

impl Notification {
    fn of(options: &Options, item: Item) -> Self {
        let (account, secret) = (options.account.clone(), options.app_secret.clone());
        Self { account, secret, packing: Packing::default(), items: vec![item] }
    }

    pub(super) fn message(
        options: &Options,
        number: Number,
        contact: Value,
        message: Value,
    ) -> Self {
        Self::of(options, Item { number, contact: Some(contact), told: Told::Message(message) })
    }

    pub(super) fn status(options: &Options, number: Number, status: Value) -> Self {
        Self::of(options, Item { number, contact: None, told: Told::Status(status) })
    }

    /// The request as Meta sends it.
    #[must_use]
    pub fn incoming(&self) -> Incoming {
        sign::notification(&self.secret, &self.body())
    }

    /// This and then another one, in one notification.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.items.extend(other.items);
        self
    }

    /// Everything in it twice.
    #[must_use]
    pub fn twice(self) -> Self {
        let again = self.clone();
        self.and(again)
    }

    /// The last first.
    #[must_use]
    pub fn reversed(mut self) -> Self {
        self.items.reverse();
        self
    }

    /// Packed in another way.
    #[must_use]
    pub fn packed(self, packing: Packing) -> Self {
        Self { packing, ..self }
    }

    /// Each thing in a notification of its own.
    #[must_use]
    pub fn split(self) -> Vec<Self> {
        let Self { account, secret, packing, items } = self;
        let alone = |item| Self {
            account: account.clone(),
            secret: secret.clone(),
            packing,
            items: vec![item],
        };

        items.into_iter().map(alone).collect()
    }

    /// Signed by somebody who does not know the secret.
    #[must_use]
    pub fn forged(self) -> Self {
        Self { secret: format!("not {}", self.secret), ..self }
    }

    /// With this id instead of the messages' or statuses' own.
    #[must_use]
    pub fn with_id(mut self, id: &str) -> Self {
        for item in &mut self.items {
            let (Told::Message(told) | Told::Status(told)) = &mut item.told;
            if let Value::Object(fields) = told {
                fields.insert("id".into(), id.into());
            }
        }
        self
    }

    /// The ids of the messages and statuses in it, in order.
    #[must_use]
    pub fn ids(&self) -> Vec<String> {
        let id = |item: &Item| {
            let (Told::Message(told) | Told::Status(told)) = &item.told;
            told.get("id").and_then(Value::as_str).unwrap_or("").to_owned()
        };
        self.items.iter().map(id).collect()
    }

    fn body(&self) -> Value {
        let entry = |changes: Vec<Value>| json!({ "id": self.account, "changes": changes });
        let alone = || self.items.iter().map(|item| change(&[item]));

        let entries: Vec<Value> = match self.packing {
            Packing::ManyEntries => alone().map(|change| entry(vec![change])).collect(),
            Packing::ManyChanges => vec![entry(alone().collect())],
            Packing::OneChange => {
                vec![entry(self.by_number().iter().map(|items| change(items)).collect())]
            }
        };

        json!({ "object": "whatsapp_business_account", "entry": entries })
    }

    fn by_number(&self) -> Vec<Vec<&Item>> {
        let mut groups: BTreeMap<&str, Vec<&Item>> = BTreeMap::new();
        for item in &self.items {
            groups.entry(&item.number.id).or_default().push(item);
        }
        groups.into_values().collect()
    }
}

/// A change about one number. Meta lists messages and statuses apart.
fn change(items: &[&Item]) -> Value {
    let Some(number) = items.first().map(|item| &item.number) else { return Value::Null };
    let mut value = json!({
        "messaging_product": "whatsapp",
        "metadata": { "display_phone_number": number.display, "phone_number_id": number.id },
    });

    let mut contacts: Vec<&Value> = items.iter().filter_map(|item| item.contact.as_ref()).collect();
    contacts.dedup();

    let messages = items
        .iter()
        .filter_map(|item| if let Told::Message(told) = &item.told { Some(told) } else { None });
    let statuses = items
        .iter()
        .filter_map(|item| if let Told::Status(told) = &item.told { Some(told) } else { None });

    let lists = [
        ("contacts", contacts),
        ("messages", messages.collect()),
        ("statuses", statuses.collect()),
    ];

    if let Value::Object(fields) = &mut value {
        let filled = lists.into_iter().filter(|(_, list)| !list.is_empty());
        fields.extend(
            filled.map(|(key, list)| (key.to_owned(), list.into_iter().cloned().collect())),
        );
    }

    json!({ "value": value, "field": "messages" })
}
