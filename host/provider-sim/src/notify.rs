//! What a stand-in tells the host: clients write, and messages arrive or do not.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::meta::{Accepted, Became, digits, keep, refusal, seconds, wamid};
use super::notification::Notification;
use super::options::Number;
use super::stand_in::StandIn;

impl StandIn {
    /// A client writes a text to the business's first number. From now on free text may be sent to
    /// him for 24 hours.
    #[must_use]
    pub fn inbound_text(&self, from: &str, name: &str, text: &str) -> Notification {
        self.inbound(from, name, "text", json!({ "body": text }))
    }

    /// A client sends a file, which can be fetched from then on. `kind` is `image`, `document`, ...
    #[must_use]
    pub fn inbound_file(
        &self,
        from: &str,
        name: &str,
        kind: &str,
        (mime, bytes): (&str, Vec<u8>),
        caption: &str,
    ) -> Notification {
        let medium = keep(&self.shared, mime, bytes);
        let mut part = json!({
            "mime_type": medium.mime, "sha256": STANDARD.encode(medium.sha256), "id": medium.id,
        });

        if let (Value::Object(fields), false) = (&mut part, caption.is_empty()) {
            fields.insert("caption".into(), caption.into());
        }

        self.inbound(from, name, kind, part)
    }

    /// A client sends anything: `part` is what stands under the type's name.
    #[must_use]
    pub fn inbound(&self, from: &str, name: &str, kind: &str, part: Value) -> Notification {
        self.inbound_to(&self.shared.options.first_number(), (from, name), kind, part)
    }

    /// A client, by number and name, sends anything to one of the business's numbers.
    #[must_use]
    pub fn inbound_to(
        &self,
        number: &Number,
        (from, name): (&str, &str),
        kind: &str,
        part: Value,
    ) -> Notification {
        let (from, now) = (digits(from), self.shared.now());
        let serial = {
            let mut state = self.shared.lock();
            state.heard.insert((number.id.clone(), from.clone()), now);
            state.next()
        };

        let contact = json!({ "profile": { "name": name }, "wa_id": from });
        let mut message = json!({
            "from": from, "id": wamid(&from, now, serial), "timestamp": seconds(now).to_string(),
            "type": kind,
        });

        if let Value::Object(fields) = &mut message {
            fields.insert(kind.to_owned(), part);
        }

        Notification::message(&self.shared.options, number.clone(), contact, message)
    }

    /// What became of a message that was taken, one status for each word, in this order, all in one
    /// notification. Nothing where there is no such message, or no word.
    #[must_use]
    pub fn statuses(&self, id: &str, words: &[Became]) -> Option<Notification> {
        let accepted = self.shared.lock().accepted.get(&id.to_owned()).cloned()?;
        let number = self.shared.options.number(&accepted.number)?;

        let statuses = words.iter().map(|word| self.status(&accepted, *word));
        statuses
            .map(|status| Notification::status(&self.shared.options, number.clone(), status))
            .reduce(Notification::and)
    }

    fn status(&self, accepted: &Accepted, became: Became) -> Value {
        let (word, error) = match became {
            Became::Sent => ("sent", None),
            Became::Delivered => ("delivered", None),
            Became::Read => ("read", None),
            Became::Failed(code) => ("failed", Some(refusal::of_code(code).in_webhook())),
        };

        let at = seconds(self.shared.now()).to_string();
        let mut status = json!({
            "id": accepted.id, "status": word, "timestamp": at, "recipient_id": accepted.to,
        });

        // Templates cost the business something; answers to a client who wrote are free.
        let billable = accepted.kind == "template";
        let category = if billable { "utility" } else { "service" };
        let pricing =
            || json!({ "billable": billable, "pricing_model": "PMP", "category": category });

        let optional = [
            ("biz_opaque_callback_data", accepted.callback.as_deref().map(Value::from)),
            ("pricing", matches!(became, Became::Sent | Became::Delivered).then(pricing)),
            ("errors", error.map(|error| json!([error]))),
        ];

        if let Value::Object(fields) = &mut status {
            fields.extend(
                optional.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))),
            );
        }

        status
    }
}
