//! A deal that is created over the API: robots work on it, and it may be moved and have a robot
//! invoked on it.

use anyhow::Context;
use serde_json::{Value, json};

use super::desk::{Desk, Done, Gone};
use super::item::Item;
use crate::api::{Api, Ask, text};
use crate::chance::Chance;
use crate::fixture::Tenant;

/// What one client knows of its deal.
#[derive(Debug)]
pub struct Deal {
    pub(super) title: String,
    creation: Ask,
    created: Option<Done>,
    /// What was asked for besides: answered, or not yet known to be done.
    asked: Vec<Done>,
    unsure: Option<Ask>,
    moved: bool,
    invoked: bool,
}

impl Deal {
    pub(super) fn new(desk: &Desk, chance: &mut Chance) -> Self {
        let title = desk.shift.name("deal");
        let employee = desk.tenant.employees.get(chance.index(desk.tenant.employees.len()));
        let fields = json!({"title": title, "pipeline": "sales", "responsible": employee});
        let creation = Ask::post("/v1/records/deal", &json!({ "fields": fields })).once(&title);

        Self {
            title,
            creation,
            created: None,
            asked: Vec::new(),
            unsure: None,
            moved: false,
            invoked: false,
        }
    }

    pub(super) fn id(&self) -> anyhow::Result<String> {
        text(&self.created.as_ref().context("it was never created")?.answer, "/id")
    }

    pub(super) async fn live(
        &mut self,
        desk: &Desk,
        chance: &mut Chance,
    ) -> anyhow::Result<Result<(), Gone>> {
        let Ok(body) = desk.change(&self.creation).await? else { return Ok(Err(Gone)) };
        self.created = Some(Done { ask: self.creation.clone(), answer: body });

        if chance.percent(40) {
            // This is noted before it is asked for: what has no answer is asked for again after the
            // kill, and so happens in the end.
            self.invoked = true;
            let ask = self.invocation(&desk.tenant.guest)?;
            if self.ask(desk, ask).await? == Err(Gone) {
                return Ok(Err(Gone));
            }
        }

        if chance.percent(40) {
            self.moved = true;
            let ask = Ask::post(
                format!("/v1/records/deal/{}/move", self.id()?),
                &json!({"stage": "won"}),
            );
            return self.ask(desk, ask.once(format!("{}-move", self.title))).await;
        }

        Ok(Ok(()))
    }

    fn invocation(&self, guest: &str) -> anyhow::Result<Ask> {
        let record = json!({"kind": "deal", "id": self.id()?});
        let body = json!({"record": record, "settings": {"observer": format!("user:{guest}")}});
        let path = "/v1/robots/stagewright.add-observer/add-observer/invoke";
        Ok(Ask::post(path, &body).once(format!("{}-invoke", self.title)))
    }

    async fn ask(&mut self, desk: &Desk, ask: Ask) -> anyhow::Result<Result<(), Gone>> {
        match desk.change(&ask).await? {
            Ok(answer) => {
                self.asked.push(Done { ask, answer });
                Ok(Ok(()))
            }
            Err(Gone) => {
                self.unsure = Some(ask);
                Ok(Err(Gone))
            }
        }
    }

    pub(super) async fn recover(&mut self, api: &Api) -> anyhow::Result<()> {
        if self.created.is_none() {
            self.created =
                Some(Done { ask: self.creation.clone(), answer: api.done(&self.creation).await? });
        }

        if let Some(ask) = self.unsure.take() {
            let answer: Value = api.done(&ask).await?;
            self.asked.push(Done { ask, answer });
        }
        Ok(())
    }

    pub(super) async fn check(&self, api: &Api, tenant: &Tenant) -> anyhow::Result<()> {
        let item = Item::at_rest(api, &self.id()?).await?;
        item.stands_on(if self.moved { "won" } else { "new" })?;
        item.stage_run_is_whole("new", &["get", "remind", "watch"], !self.moved)?;
        item.invoked_runs_are(usize::from(self.invoked))?;

        let guests = if self.invoked { vec![tenant.guest.as_str()] } else { Vec::new() };
        item.is_observed_by(&tenant.supervisor, &guests)?;

        item.timeline_has("stage_changed", usize::from(self.moved))?;
        item.timeline_is_sound(0)
    }

    pub(super) async fn repeat(&self, api: &Api) -> anyhow::Result<()> {
        for done in self.created.iter().chain(&self.asked) {
            done.repeat(api).await?;
        }
        Ok(())
    }
}
