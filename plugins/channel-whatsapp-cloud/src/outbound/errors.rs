//! Meta's error codes: what each means for a delivery, and what to do. `README.md` has the same
//! table for people; a test compares.

use std::ops::RangeInclusive;

use stagewright_sdk::prelude::*;

use crate::json::{integer, short, text};

/// What an error means for the delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// It passes; try again, not before so many seconds where Meta's own pace is known.
    Retry(Option<u64>),
    /// Trying again would be refused again.
    Permanent,
    /// Only an approved template is taken.
    WindowClosed,
}

use Sort::{Permanent, Retry, WindowClosed};

/// One row of the table.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) codes: RangeInclusive<i64>,
    pub(super) sort: Sort,
    /// What to do, for the operator or admin.
    pub(super) advice: &'static str,
}

const fn one(code: i64, sort: Sort, advice: &'static str) -> Known {
    Known { codes: code..=code, sort, advice }
}

const WAIT: &str = "it is tried again";
const SLOWER: &str = "it is tried again, more slowly";
const TOKEN: &str =
    "make a new access token in the Meta app and save it as the secret `access_token`";
const RIGHTS: &str =
    "give the token's system user whatsapp_business_messaging on this WhatsApp account";
const ACCOUNT: &str =
    "open the WhatsApp account in Meta Business Suite, which says how to lift the restriction";
const REQUEST: &str = "Meta does not take the message in this form; compare its words with the \
    message's text, number and template";
const TEMPLATE: &str =
    "compare the robot's template settings with the template in WhatsApp Manager";
const NUMBER: &str = "check that the number is on WhatsApp and uses a current version of it";
const SETUP: &str = "finish the set-up of the sending number in WhatsApp Manager";

/// Ordered by code.
pub(super) const KNOWN: &[Known] = &[
    one(0, Permanent, TOKEN),
    one(1, Retry(None), WAIT),
    one(2, Retry(None), WAIT),
    one(3, Permanent, RIGHTS),
    one(4, Retry(None), SLOWER),
    one(10, Permanent, RIGHTS),
    one(33, Permanent, "the sending number is gone; check the setting `phone_number_id`"),
    one(100, Permanent, REQUEST),
    one(190, Permanent, TOKEN),
    Known { codes: 200..=299, sort: Permanent, advice: RIGHTS },
    one(368, Permanent, ACCOUNT),
    one(80007, Retry(None), SLOWER),
    one(130429, Retry(None), SLOWER),
    one(
        130472,
        Permanent,
        "Meta holds marketing back from this recipient as an experiment; reach him in another way",
    ),
    one(
        130497,
        Permanent,
        "the business may not write to this country; see Meta's messaging policy",
    ),
    one(131000, Retry(None), WAIT),
    one(131005, Permanent, RIGHTS),
    one(131008, Permanent, REQUEST),
    one(131009, Permanent, REQUEST),
    one(131016, Retry(None), WAIT),
    one(131021, Permanent, "the recipient is the sending number itself; choose another recipient"),
    one(131026, Permanent, NUMBER),
    one(
        131030,
        Permanent,
        "add the recipient to the test number's list in the Meta app, or send from a real number",
    ),
    one(131031, Permanent, ACCOUNT),
    one(131037, Permanent, "have the sending number's display name approved in WhatsApp Manager"),
    one(131042, Permanent, "add or repair the payment method of the WhatsApp account"),
    one(131045, Permanent, SETUP),
    one(
        131047,
        WindowClosed,
        "the recipient has not written within 24 hours; set an approved template",
    ),
    one(
        131048,
        Permanent,
        "many recipients blocked or reported this number; see its quality in WhatsApp Manager",
    ),
    one(
        131049,
        Permanent,
        "Meta limits marketing to this recipient; wait a day or more before writing again",
    ),
    one(131050, Permanent, "the recipient has stopped marketing messages; respect that"),
    one(131051, Permanent, REQUEST),
    one(131052, Permanent, "Meta could not fetch the file; ask the client to send it again"),
    one(131053, Permanent, "Meta could not take the file; check its type and size"),
    one(
        131056,
        Retry(Some(6)),
        "too many messages to this recipient at once; it is tried again, more slowly",
    ),
    one(131057, Retry(None), WAIT),
    one(132000, Permanent, TEMPLATE),
    one(132001, Permanent, TEMPLATE),
    one(132005, Permanent, TEMPLATE),
    one(132007, Permanent, TEMPLATE),
    one(132012, Permanent, TEMPLATE),
    one(
        132015,
        Permanent,
        "the template is paused for its low quality; edit it in WhatsApp Manager or choose another",
    ),
    one(
        132016,
        Permanent,
        "the template is disabled for its low quality; make a new one in WhatsApp Manager",
    ),
    one(133004, Retry(None), WAIT),
    one(133010, Permanent, SETUP),
];

/// The row of a code.
pub(super) fn known(code: i64) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.codes.contains(&code))
}

/// An error of an answer or a webhook as one sentence: Meta's words, the code, what to do.
pub(crate) fn explain(error: &Value) -> String {
    let code = integer(error, "code");
    let title = Some(text(error, "/title"))
        .filter(|title| !title.is_empty())
        .unwrap_or_else(|| text(error, "/message"));
    let said = [bare(title), text(error, "/error_data/details")]
        .into_iter()
        .filter(|text| !text.is_empty());

    let mut sentence = short(&said.collect::<Vec<_>>().join(": "), 400);
    if sentence.is_empty() {
        sentence.push_str("WhatsApp gives no reason");
    }

    if let Some(code) = code {
        sentence.push_str(&format!(" (code {code})"));
    }
    if let Some(known) = code.and_then(known) {
        sentence.push_str("; ");
        sentence.push_str(known.advice);
    }
    sentence
}

/// Messages begin with the code, `(#131047) `, which is said anyway.
fn bare(message: &str) -> &str {
    let rest = message.strip_prefix("(#").and_then(|rest| rest.split_once(") "));
    rest.filter(|(code, _)| code.bytes().all(|byte| byte.is_ascii_digit()))
        .map_or(message, |(_, words)| words)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first cells of the read-me's rows: codes and outcome.
    fn rows() -> Vec<(String, String)> {
        let cells = |line: &str| {
            line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>()
        };

        let rows = include_str!("../../README.md")
            .lines()
            .filter(|line| line.starts_with("| "))
            .map(cells);
        let of_codes = |cells: &Vec<String>| {
            cells.len() == 3 && cells[0].starts_with(|first: char| first.is_ascii_digit())
        };

        rows.filter(of_codes).map(|cells| (cells[0].clone(), cells[1].clone())).collect()
    }

    #[test]
    fn the_read_me_has_every_code_under_its_outcome() {
        let listed = rows();

        for known in KNOWN {
            let (first, last) = (known.codes.start(), known.codes.end());
            let code = if first == last { first.to_string() } else { format!("{first}-{last}") };
            let outcome = match known.sort {
                Retry(_) => "retry",
                Permanent => "failed",
                WindowClosed => "window-closed",
            };

            let found =
                listed.iter().find(|(codes, _)| codes.split(", ").any(|listed| listed == code));
            assert_eq!(found.map(|(_, outcome)| outcome.as_str()), Some(outcome), "{code}");
        }

        assert_eq!(listed.iter().flat_map(|(codes, _)| codes.split(", ")).count(), KNOWN.len());
    }

    #[test]
    fn no_code_stands_in_two_rows() {
        assert!(KNOWN.windows(2).all(|pair| pair[0].codes.end() < pair[1].codes.start()));
    }

    #[test]
    fn an_error_is_explained_with_words_code_and_advice() {
        let error = json!({
            "code": 131047, "message": "(#131047) Re-engagement message",
            "error_data": { "details": "Too late." },
        });

        let sentence = explain(&error);

        assert!(
            sentence.starts_with(
                "Re-engagement message: Too late. (code 131047); the recipient has not written"
            ),
            "{sentence}"
        );
    }

    #[test]
    fn an_error_without_words_still_says_something() {
        assert_eq!(explain(&json!({})), "WhatsApp gives no reason");
        assert_eq!(explain(&json!({ "code": "7" })), "WhatsApp gives no reason (code 7)");
    }
}
