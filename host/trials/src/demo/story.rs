//! The story, both ways. Each line that is shown comes from the API or from the bytes that the
//! stand-in received.
#![expect(
    clippy::indexing_slicing,
    reason = "looking into JSON by name never panics: what is not there is null"
)]

use serde_json::{Value, json};

use stagewright_core::outside::Incoming;
use stagewright_core::seams::Clock;
use stagewright_core::time::Timestamp;
use stagewright_provider_sim::{Became, Packing};

use super::error::DemoError;
use super::host::Host;
use super::setup::{EMPLOYEE_PHONE, Tenant};

type Say<'a> = &'a (dyn Fn(&str) + Sync);

/// What must be true at the end, and what is not.
struct Checks(Vec<String>);

impl Checks {
    fn that(&mut self, holds: bool, otherwise: impl FnOnce() -> String) {
        if !holds {
            self.0.push(otherwise());
        }
    }

    fn done(self) -> Result<(), DemoError> {
        if self.0.is_empty() { Ok(()) } else { Err(DemoError::Story(self.0.join("\n  "))) }
    }
}

/// The client is answered within 30 minutes: the deal moves on and nobody is reminded.
pub(super) async fn answered_in_time(
    host: &Host,
    tenant: &Tenant,
    say: Say<'_>,
) -> Result<(), DemoError> {
    say("\nStory 1: Iryna writes to the site chat; Olena answers after 12 minutes");
    let start = host.clock.now();
    let seen = host.provider.received().len();

    let message = json!([
        {
            "kind": "message", "external_id": "site-1", "occurred_at": start,
            "address": "visitor-77", "display_name": "Iryna",
            "body": {"text": "How much is a roof of 80 square metres?"},
        },
    ]);
    deliver(host, tenant, "site", host.provider.signed_json(&message)).await?;
    host.pass(12).await;

    let deal = deal_called(tenant, "Iryna").await?;
    let conversation = field(&deal, "conversation");
    let reply = json!({"user": tenant.employee, "text": "Good morning! I will count it for you."});
    let path = format!("/v1/conversations/{conversation}/reply");
    tenant.api.post(&path, &reply).await.map_err(DemoError::api("answering Iryna"))?;
    host.pass(48).await;

    show(tenant, &deal, start, say).await?;
    let deal = again(tenant, &deal).await?;
    let got: Vec<Value> = host
        .provider
        .received()
        .iter()
        .skip(seen)
        .map(stagewright_provider_sim::Received::json)
        .collect();
    got.iter().for_each(|sent| {
        say(&format!(
            "  the site chat's server received: {}",
            sent["text"].as_str().unwrap_or("?")
        ));
    });
    conclude(tenant, &deal, say).await?;

    let mut checks = Checks(Vec::new());
    checks.that(field(&deal, "stage") == "processed", || {
        format!("Iryna's deal stands on {}, not on processed", field(&deal, "stage"))
    });
    checks.that(got.len() == 2, || {
        format!(
            "the site chat's server received {} messages, not the answer and the thanks",
            got.len()
        )
    });
    checks.that(deal["fields"]["observers"].as_array().is_none_or(Vec::is_empty), || {
        "somebody became an observer".into()
    });
    checks.done()
}

/// Nobody answers: after 30 minutes the employee is reminded and the supervisor watches. Gives the
/// deal, `deal/<id>`.
pub(super) async fn not_answered(
    host: &Host,
    tenant: &Tenant,
    say: Say<'_>,
) -> Result<String, DemoError> {
    say("\nStory 2: Petro writes on WhatsApp; nobody answers");
    let start = host.clock.now();
    let seen = host.provider.received().len();

    petro_writes(host, tenant).await?;
    host.pass(29).await;
    let deal = deal_called(tenant, "Petro").await?;
    let early = host.provider.received().len() - seen;
    host.pass(1).await;

    let reminder = host.provider.received().into_iter().nth(seen);
    if let Some(accepted) = host.provider.accepted().last() {
        // What Meta says of the reminder comes out of order and twice.
        if let Some(told) = host.provider.statuses(&accepted.id, &[Became::Read, Became::Delivered])
        {
            deliver(host, tenant, "whatsapp", told.clone().incoming()).await?;
            deliver(host, tenant, "whatsapp", told.twice().incoming()).await?;
        }
    }

    let ok = host.provider.inbound_text(EMPLOYEE_PHONE, "Olena", "ok");
    deliver(host, tenant, "whatsapp", ok.incoming()).await?;
    host.pass(1).await;

    show(tenant, &deal, start, say).await?;
    let deal = again(tenant, &deal).await?;
    let sent = reminder.map(|request| request.json()).unwrap_or_default();
    say(&format!(
        "  the stand-in for WhatsApp received: template `{}` to {} about {}",
        sent["template"]["name"].as_str().unwrap_or("?"),
        sent["to"].as_str().unwrap_or("?"),
        sent["template"]["components"][0]["parameters"][0]["text"].as_str().unwrap_or("?")
    ));
    conclude(tenant, &deal, say).await?;

    let messages = messages(tenant, &field(&deal, "conversation")).await?;
    let mut checks = Checks(Vec::new());
    checks.that(early == 0, || "a message went out before the 30 minutes were over".into());
    checks.that(same_phone(sent["to"].as_str(), EMPLOYEE_PHONE), || {
        format!("the reminder did not reach {EMPLOYEE_PHONE}: {sent}")
    });
    let all = host.provider.received().len() - seen;
    checks.that(all == 1, || format!("the stand-in received {all} requests, not one"));
    checks.that(
        deal["fields"]["observers"]
            .as_array()
            .is_some_and(|observers| *observers == [tenant.supervisor.as_str()]),
        || format!("the observers are {}, not the supervisor", deal["fields"]["observers"]),
    );
    checks.that(messages == ["It rains into my attic", "Please call me"], || {
        format!("Petro's messages are {messages:?}")
    });
    checks.that(deal_called(tenant, "Olena").await.is_err(), || {
        "the employee's own message became a deal".into()
    });

    checks.done()?;
    Ok(format!("deal/{}", field_of(&deal, "id")))
}

/// Two messages of one client, as Meta likes to tell: the first alone, then both in other packing
/// and the wrong order, then again.
async fn petro_writes(host: &Host, tenant: &Tenant) -> Result<(), DemoError> {
    let first = host.provider.inbound_text("+380509998877", "Petro", "It rains into my attic");
    let second = host.provider.inbound_text("+380509998877", "Petro", "Please call me");
    let both = first.clone().and(second).reversed().packed(Packing::ManyEntries);

    for notification in [&first, &both, &both] {
        deliver(host, tenant, "whatsapp", notification.incoming()).await?;
    }
    Ok(())
}

/// Hands raw bytes to the webhook, as the provider does.
async fn deliver(
    host: &Host,
    tenant: &Tenant,
    channel: &str,
    incoming: Incoming,
) -> Result<(), DemoError> {
    let headers: Vec<(&str, &str)> = incoming
        .headers
        .iter()
        .map(|header| (header.name.as_str(), header.value.as_str()))
        .collect();
    let path = format!("/hooks/{}/{channel}", tenant.id);

    // Without the tenant's token: a provider has none.
    let anybody = stagewright_client::Client::new(&host.base())
        .map_err(DemoError::api("connecting to the host"))?;
    anybody
        .post_bytes(&path, &headers, incoming.body)
        .await
        .map_err(DemoError::api(format!("notifying {channel}")))?;

    // What the notification sets off at once is done before the story goes on.
    host.pass(0).await;
    Ok(())
}

/// The newest deal with this title.
async fn deal_called(tenant: &Tenant, title: &str) -> Result<Value, DemoError> {
    let listed = tenant
        .api
        .get("/v1/records/deal?limit=200")
        .await
        .map_err(DemoError::api("listing deals"))?;
    let deals = listed.list("/items").map_err(DemoError::api("listing deals"))?;

    let found = deals.into_iter().rev().find(|deal| field(deal, "title") == title);
    found.ok_or_else(|| DemoError::Story(format!("there is no deal called {title}")))
}

async fn again(tenant: &Tenant, deal: &Value) -> Result<Value, DemoError> {
    let path = format!("/v1/records/deal/{}", field_of(deal, "id"));
    Ok(tenant.api.get(&path).await.map_err(DemoError::api("reading the deal"))?.body)
}

async fn messages(tenant: &Tenant, conversation: &str) -> Result<Vec<String>, DemoError> {
    let path = format!("/v1/conversations/{conversation}/messages");
    let listed = tenant.api.get(&path).await.map_err(DemoError::api("reading the conversation"))?;

    let mut texts: Vec<String> = listed
        .list("/items")
        .map_err(DemoError::api("reading the conversation"))?
        .iter()
        .filter_map(|message| message["body"]["text"].as_str().map(str::to_owned))
        .collect();
    texts.sort();
    Ok(texts)
}

/// Shows a deal's timeline and what became of its robots, as the API tells it.
async fn show(
    tenant: &Tenant,
    deal: &Value,
    start: Timestamp,
    say: Say<'_>,
) -> Result<(), DemoError> {
    let base = format!("/v1/records/deal/{}", field_of(deal, "id"));
    let timeline = tenant
        .api
        .get(&format!("{base}/timeline?limit=200"))
        .await
        .map_err(DemoError::api("reading the timeline"))?;
    let mut entries = timeline.list("/items").map_err(DemoError::api("reading the timeline"))?;
    entries.reverse();

    for entry in entries {
        let at: Timestamp = field_of(&entry, "at").parse().unwrap_or(start);
        say(&format!("  {}  {}", since(start, at), field_of(&entry, "text")));
    }

    let automation = tenant
        .api
        .get(&format!("{base}/automation"))
        .await
        .map_err(DemoError::api("reading the automation"))?;
    let runs = automation.list("/runs").map_err(DemoError::api("reading the automation"))?;

    // The oldest first, like the timeline.
    for run in runs.iter().rev() {
        for step in run["steps"].as_array().into_iter().flatten() {
            let why =
                step["reason"].as_str().map(|reason| format!(" ({reason})")).unwrap_or_default();
            let (id, stage, plugin) =
                (field_of(step, "id"), field_of(run, "stage"), field_of(step, "plugin"));
            say(&format!(
                "  robot {id:<7} on stage {stage:<10} by {plugin:<26} {}{why}",
                field_of(step, "state")
            ));
        }
    }

    Ok(())
}

/// Shows where a deal stands in the end and who watches it.
async fn conclude(tenant: &Tenant, deal: &Value, say: Say<'_>) -> Result<(), DemoError> {
    let mut names = Vec::new();
    for observer in
        deal["fields"]["observers"].as_array().into_iter().flatten().filter_map(Value::as_str)
    {
        let user = tenant
            .api
            .get(&format!("/v1/records/user/{observer}"))
            .await
            .map_err(DemoError::api("reading an observer"))?;
        names.push(field(&user.body, "name"));
    }

    let observers = if names.is_empty() { "nobody".to_owned() } else { names.join(", ") };
    say(&format!(
        "  in the end the deal stands on {}, watched by {observers}",
        field(deal, "stage")
    ));
    Ok(())
}

/// Hours, minutes and seconds since the story began.
fn since(start: Timestamp, at: Timestamp) -> String {
    let seconds = at.since_ms(start) / 1_000;
    format!("{}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

fn field(record: &Value, name: &str) -> String {
    record["fields"][name].as_str().unwrap_or("").to_owned()
}

fn field_of(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or("").to_owned()
}

fn same_phone(found: Option<&str>, wanted: &str) -> bool {
    found.is_some_and(|found| found.trim_start_matches('+') == wanted.trim_start_matches('+'))
}
