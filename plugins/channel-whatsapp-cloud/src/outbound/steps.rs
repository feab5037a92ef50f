//! One delivery as a sequence of requests: uploads, then messages; or a look-up. The state says
//! what has been done.

use chrono::DateTime;
use serde::{Deserialize, Serialize};

use stagewright_sdk::now;
use stagewright_sdk::prelude::*;

use super::answer::{Trouble, read};
use super::attachment::{Source, attachments, decoded};
use super::lookup::{self, File};
use super::message::{media_message, template_message, text_message};
use super::plan::{Part, parts, reference};
use super::request::Api;
use super::upload::form;
use crate::json::text;
use crate::settings::WhatsAppCloud;

/// What the request that is under way was.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
enum Progress {
    /// An upload; these ids came before it.
    Upload { media: Vec<String> },
    /// A message; these files are there, and these messages went before it.
    Message { media: Vec<String>, sent: Vec<String>, template: bool },
    /// The question where a file is.
    Locate,
    /// The file itself.
    Fetch { file: File },
}

/// The next thing to do. Nothing is visible to the client before the first message is sent, so
/// everything before may be repeated.
pub(crate) fn send(
    channel: &WhatsAppCloud,
    job: &Job,
    state: &[u8],
    last_response: Option<&Response>,
) -> Result<Step, String> {
    let api = match Api::new(channel) {
        Ok(api) => api,
        Err(reason) => return Ok(Step::Done(Delivery::Failed(reason))),
    };

    let delivery = Steps { api, job };
    match (state.is_empty(), last_response) {
        (true, None) => {
            Ok(delivery.begin().unwrap_or_else(|reason| Step::Done(Delivery::Failed(reason))))
        }
        (false, Some(response)) => {
            let progress = serde_json::from_slice(state)
                .map_err(|cause| format!("the state of the delivery is not readable: {cause}"))?;
            Ok(delivery
                .advance(progress, response)
                .unwrap_or_else(|reason| Step::Done(Delivery::Failed(reason))))
        }
        (true, Some(_)) | (false, None) => {
            Err("a state and a response belong together, and one of them is missing".into())
        }
    }
}

struct Steps<'a> {
    api: Api<'a>,
    job: &'a Job,
}

impl Steps<'_> {
    fn begin(&self) -> Result<Step, String> {
        if let Some(media) = &self.job.media {
            return Ok(ask(self.api.medium(lookup::asked(media)?), &Progress::Locate));
        }

        if self.job.to.trim().is_empty() {
            return Err("recipient phone is empty".into());
        }

        let closed = self.is_window_closed();
        if self.job.template.is_some()
            && (closed || (self.job.text.trim().is_empty() && self.job.attachments.is_empty()))
        {
            return self.template();
        }
        if closed {
            let reason = "the recipient has not written within 24 hours, and the message has no \
                approved template; set one";
            return Ok(Step::Done(Delivery::WindowClosed(reason.into())));
        }

        self.upload(Vec::new())
    }

    fn advance(&self, progress: Progress, response: &Response) -> Result<Step, String> {
        match progress {
            Progress::Upload { media } => self.uploaded(media, response),
            Progress::Message { media, sent, template } => {
                self.sent(media, sent, template, response)
            }
            Progress::Locate => Ok(match lookup::locate(&self.api, self.job.bytes_max, response) {
                Ok((fetch, file)) => ask(fetch, &Progress::Fetch { file }),
                Err(trouble) => Step::Done(trouble.unseen()),
            }),
            Progress::Fetch { file } => Ok(Step::Done(
                lookup::fetched(&file, response).map_or_else(Trouble::unseen, Delivery::Found),
            )),
        }
    }

    /// Uploads the next file that is here, or goes on to the messages.
    fn upload(&self, media: Vec<String>) -> Result<Step, String> {
        let attachments = attachments(self.job)?;
        let mut here = attachments.iter().filter_map(|attachment| match attachment.source {
            Source::Here(data) => Some((attachment, data)),
            Source::Link(_) | Source::Medium(_) => None,
        });
        let Some((attachment, data)) = here.nth(media.len()) else {
            return self.message(media, Vec::new());
        };

        let (boundary, body) = form(attachment, &decoded(data)?);
        Ok(ask(self.api.upload(&boundary, body), &Progress::Upload { media }))
    }

    fn uploaded(&self, mut media: Vec<String>, response: &Response) -> Result<Step, String> {
        let id = read(response).and_then(|answer| match text(&answer, "/id") {
            "" => Err(Trouble::Unknown("WhatsApp's answer to an upload has no id".into())),
            id => Ok(id.to_owned()),
        });
        match id {
            Ok(id) => media.push(id),
            Err(trouble) => return Ok(Step::Done(trouble.unseen())),
        }

        self.upload(media)
    }

    /// Sends the next message, or ends.
    fn message(&self, media: Vec<String>, sent: Vec<String>) -> Result<Step, String> {
        let attachments = attachments(self.job)?;
        let parts = parts(self.job, &attachments);
        let Some(part) = parts.get(sent.len()) else {
            return Ok(Step::Done(
                sent.into_iter().next().map_or_else(nothing_to_send, Delivery::Sent),
            ));
        };

        let message = match part {
            Part::Text => text_message(self.job),
            Part::File { index, captioned } => {
                let attachment = attachments.get(*index).ok_or("an attachment is gone")?;
                let caption = captioned.then_some(self.job.text.trim());
                media_message(
                    self.job,
                    attachment,
                    reference(&attachments, *index, &media)?,
                    caption,
                )
            }
        };

        Ok(send_message(
            self.api.message(&message),
            &Progress::Message { media, sent, template: false },
        ))
    }

    fn template(&self) -> Result<Step, String> {
        let message = template_message(self.job)?;
        let progress = Progress::Message { media: Vec::new(), sent: Vec::new(), template: true };
        Ok(send_message(self.api.message(&message), &progress))
    }

    fn sent(
        &self,
        media: Vec<String>,
        mut sent: Vec<String>,
        template: bool,
        response: &Response,
    ) -> Result<Step, String> {
        let id = read(response).and_then(|answer| match text(&answer, "/messages/0/id") {
            "" => Err(Trouble::Unknown("WhatsApp's answer has no id of a message".into())),
            id => Ok(id.to_owned()),
        });

        match id {
            Ok(id) if template => Ok(Step::Done(Delivery::Sent(id))),
            Ok(id) => {
                sent.push(id);
                self.message(media, sent)
            }
            // WhatsApp's clock and count of messages are the ones that matter, so its no is as good
            // as ours.
            Err(Trouble::WindowClosed(_))
                if !template && sent.is_empty() && self.job.template.is_some() =>
            {
                self.template()
            }
            Err(trouble) => Ok(Step::Done(trouble.after(sent.len()))),
        }
    }

    /// Whether WhatsApp takes templates alone now. A time that cannot be read closes nothing:
    /// WhatsApp itself will say so.
    fn is_window_closed(&self) -> bool {
        let until = self.job.more.get("free_text_until").and_then(Value::as_str).unwrap_or("");
        let moment = |text: &str| DateTime::parse_from_rfc3339(text).ok();
        match moment(until) {
            Some(until) => moment(&now()).is_some_and(|now| until < now),
            None => false,
        }
    }
}

/// A request that the client sees something of.
fn send_message(request: Request, progress: &Progress) -> Step {
    Step::Send(request, serde_json::to_vec(progress).unwrap_or_default())
}

/// A request that the client sees nothing of.
fn ask(request: Request, progress: &Progress) -> Step {
    Step::Ask(request, serde_json::to_vec(progress).unwrap_or_default())
}

fn nothing_to_send() -> Delivery {
    Delivery::Failed("there is nothing to send: no text, no template, no attachment".into())
}
