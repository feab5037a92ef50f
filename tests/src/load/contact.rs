//! A record that is created and changed a few times.

use anyhow::{bail, ensure};
use serde_json::{Value, json};

use super::desk::{Desk, Done, Gone};
use crate::api::{Api, Ask, number, text};
use crate::chance::Chance;

/// What one client knows of its contact.
#[derive(Debug)]
pub struct Contact {
    pub(super) name: String,
    creation: Ask,
    created: Option<Done>,
    /// Version and comment as acknowledged.
    pub(super) known: Option<(u64, String)>,
    /// A change that had no answer.
    unsure: Option<String>,
}

impl Contact {
    pub(super) fn new(desk: &Desk) -> Self {
        let name = desk.shift.name("contact");
        let creation =
            Ask::post("/v1/records/contact", &json!({"fields": {"name": name}})).once(&name);
        Self { name, creation, created: None, known: None, unsure: None }
    }

    pub(super) fn id(&self) -> anyhow::Result<String> {
        self.created
            .as_ref()
            .map_or_else(|| bail!("it was never created"), |done| text(&done.answer, "/id"))
    }

    pub(super) async fn live(
        &mut self,
        desk: &Desk,
        chance: &mut Chance,
    ) -> anyhow::Result<Result<(), Gone>> {
        let Ok(body) = desk.change(&self.creation).await? else { return Ok(Err(Gone)) };
        self.note_creation(body)?;

        for change in 0..chance.below(6) {
            // Some values are long, so that rows and groups differ in size.
            let len = if chance.percent(5) { 9_000 } else { chance.index(300) };
            let comment = format!("{change} {}", "x".repeat(len));

            let ask = self.change(&comment)?;
            let Ok(body) = desk.change(&ask).await? else {
                self.unsure = Some(comment);
                return Ok(Err(Gone));
            };
            self.known = Some((number(&body, "/version")?, comment));
        }
        Ok(Ok(()))
    }

    fn note_creation(&mut self, answer: Value) -> anyhow::Result<()> {
        self.known = Some((number(&answer, "/version")?, String::new()));
        self.created = Some(Done { ask: self.creation.clone(), answer });
        Ok(())
    }

    fn change(&self, comment: &str) -> anyhow::Result<Ask> {
        let version = self.known.as_ref().map_or(0, |(version, _)| *version);
        Ok(Ask::patch(
            format!("/v1/records/contact/{}", self.id()?),
            version,
            &json!({"fields": {"comment": comment}}),
        ))
    }

    /// A creation is asked for again under its key. A change has none: it happened, or it is made
    /// now.
    pub(super) async fn recover(&mut self, api: &Api) -> anyhow::Result<()> {
        if self.created.is_none() {
            let body = api.done(&self.creation).await?;
            self.note_creation(body)?;
        }

        let Some(comment) = self.unsure.take() else { return Ok(()) };
        let (version, before) = self.read(api).await?;
        let known = self.known.clone().unwrap_or_default();

        if (version, &before) == (known.0 + 1, &comment) {
            self.known = Some((version, comment));
            return Ok(());
        }
        ensure!(
            (version, &before) == (known.0, &known.1),
            "neither before nor after the change: version {version}, `{before}`"
        );

        let body = api.done(&self.change(&comment)?).await?;
        self.known = Some((number(&body, "/version")?, comment));
        Ok(())
    }

    pub(super) async fn check(&self, api: &Api) -> anyhow::Result<()> {
        let found = self.read(api).await?;
        ensure!(
            Some(&found) == self.known.as_ref(),
            "acknowledged {:?}, found {found:?}",
            self.known
        );
        Ok(())
    }

    pub(super) async fn repeat(&self, api: &Api) -> anyhow::Result<()> {
        match &self.created {
            Some(done) => done.repeat(api).await,
            None => Ok(()),
        }
    }

    async fn read(&self, api: &Api) -> anyhow::Result<(u64, String)> {
        let found = api.done(&Ask::get(format!("/v1/records/contact/{}", self.id()?))).await?;
        Ok((number(&found, "/version")?, text(&found, "/fields/comment").unwrap_or_default()))
    }
}
