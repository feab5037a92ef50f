//! Taking a message, if it may go out now.

use serde_json::json;

use stagewright_core::outside::Reply;
use stagewright_core::time::Timestamp;

use super::accepted::Accepted;
use super::message::{Content, Message, read};
use super::refusal::{Refusal, invalid, of_code};
use crate::options::{Number, Options};
use crate::record::Received;
use crate::reply::json as answered;
use crate::state::{Shared, State};

/// For how long after a client's message free text may be sent.
const WINDOW_MS: i64 = 24 * 3_600_000;

/// Takes a message or says why not.
pub(super) fn message(shared: &Shared, request: &Received, number: &str) -> Result<Reply, Refusal> {
    let sender = sender(&shared.options, number)?;
    let message = read(&request.body)?;

    let now = shared.now();
    // One lock for all of it, so that of two messages at once only one takes the last of a rate.
    let mut state = shared.lock();
    check_rates(&mut state, &shared.options, sender, &message, now)?;
    check_recipient(&shared.options, sender, &message)?;
    check_content(&state, &shared.options, sender, &message, now)?;

    let serial = state.next();
    let accepted = Accepted {
        id: wamid(&message.to, now, serial),
        number: sender.id.clone(),
        to: message.to.clone(),
        kind: message.kind,
        at: now,
        callback: message.callback,
        body: request.json(),
    };

    let answer = json!({
        "messaging_product": "whatsapp",
        "contacts": [{ "input": message.input, "wa_id": message.to }],
        "messages": [{ "id": accepted.id, "message_status": "accepted" }],
    });

    state.accepted.insert(accepted.id.clone(), accepted);
    Ok(answered(200, &answer))
}

/// The number that sends.
pub(super) fn sender<'a>(options: &'a Options, id: &str) -> Result<&'a Number, Refusal> {
    let missing = || {
        invalid(format!(
            "Unsupported post request. Object with ID '{id}' does not exist or cannot be loaded"
        ))
    };
    options.number(id).ok_or_else(missing)
}

/// An id as Meta makes them: opaque, and never the same twice, not even after a restart.
pub(crate) fn wamid(party: &str, now: Timestamp, serial: u64) -> String {
    format!("wamid.{}", hex::encode_upper(format!("{party}/{}/{serial}", now.0)))
}

fn check_rates(
    state: &mut State,
    options: &Options,
    sender: &Number,
    message: &Message,
    now: Timestamp,
) -> Result<(), Refusal> {
    if !state.by_number.entry(sender.id.clone()).take(options.number_rate, now) {
        let details = "Message failed to send because there were too many messages sent from this \
            phone number in a short period of time";
        return Err(of_code(130429).because(details));
    }

    if !state.by_pair.entry((sender.id.clone(), message.to.clone())).take(options.pair_rate, now) {
        let details = "Message failed to send because there were too many messages sent from this \
            phone number to the same phone number";
        return Err(of_code(131056).because(details));
    }
    Ok(())
}

fn check_recipient(options: &Options, sender: &Number, message: &Message) -> Result<(), Refusal> {
    if message.to == sender.display {
        return Err(of_code(131021).because("Sender and recipient phone number is the same."));
    }
    if options.strangers.contains(&message.to) {
        return Err(
            of_code(131026).because("The recipient phone number is not a WhatsApp phone number.")
        );
    }
    Ok(())
}

fn check_content(
    state: &State,
    options: &Options,
    sender: &Number,
    message: &Message,
    now: Timestamp,
) -> Result<(), Refusal> {
    let Content::Template { name, language, parameters } = &message.content else {
        let heard = state.heard.get(&(sender.id.clone(), message.to.clone()));
        if heard.is_none_or(|at| now.since_ms(*at) > WINDOW_MS) {
            let details = "Message failed to send because more than 24 hours have passed since \
                the customer last replied to this number.";
            return Err(of_code(131047).because(details));
        }
        return match &message.content {
            Content::File(Some(id)) if state.media.get(id).is_none() => {
                Err(of_code(131009).because(format!("There is no medium with the id {id}.")))
            }
            Content::File(_) | Content::Text | Content::Template { .. } => Ok(()),
        };
    };

    let approved = options
        .templates
        .iter()
        .find(|template| template.name == *name && template.language == *language);

    match approved {
        None => {
            Err(of_code(132001)
                .because(format!("template name ({name}) does not exist in {language}")))
        }
        Some(approved) if approved.parameters != *parameters => {
            let expected = approved.parameters;
            Err(of_code(132000).because(format!(
                "body: number of localizable_params ({parameters}) does not match the expected \
                 number of params ({expected})"
            )))
        }
        Some(_) => Ok(()),
    }
}
