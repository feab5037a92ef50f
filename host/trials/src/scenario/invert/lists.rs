//! Inversions of the list of messages.

use super::Invert;
use crate::scenario::grammar::Message;

impl Invert for Vec<Message> {
    /// Each message inverted in each part, the order changed, one message too few, one too many.
    fn inversions(&self) -> Vec<(String, Self)> {
        let mut found = Vec::new();

        for (place, message) in self.iter().enumerate() {
            let others = || self.iter().cloned().enumerate();
            for (part, inverted) in message.inversions() {
                let whole = others()
                    .map(|(at, message)| if at == place { inverted.clone() } else { message });
                found.push((format!("[{place}]{part}"), whole.collect()));
            }
        }

        for (place, pair) in self.windows(2).enumerate() {
            // Two messages that are described alike have no order.
            if let [first, second] = pair
                && first != second
                && !first.is_anything()
                && !second.is_anything()
            {
                let mut swapped = self.clone();
                swapped.swap(place, place + 1);
                found.push((format!("[{place}] after the next one"), swapped));
            }
        }

        if let Some((_, fewer)) = self.split_last() {
            found.push((" without its last message".to_owned(), fewer.to_vec()));
        }

        found.push((
            " with one more message".to_owned(),
            self.iter().cloned().chain([Message::default()]).collect(),
        ));

        found
    }
}

impl Message {
    /// Whether it says nothing about the message.
    fn is_anything(&self) -> bool {
        *self == Self::default()
    }
}
