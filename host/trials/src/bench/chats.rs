//! Chats that are accepted: an acceptance is an event that a trigger judges; it moves the deal, and
//! entering the stage runs a robot.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use stagewright_client::Client;
use stagewright_core::seams::Clock;
use stagewright_server::clock::SystemClock;

use super::error::BenchError;
use super::office::Office;
use crate::measure::{now, share, time};

/// Chats that a single client accepts, one after the other.
const ALONE: usize = 300;
/// Clients at once.
const CLIENTS: usize = 64;

/// What the clients work through together.
#[derive(Debug)]
struct Work {
    api: Client,
    chats: Vec<(String, Value)>,
    next: AtomicUsize,
}

/// Measures one client alone and many at once.
pub(super) async fn measure(
    office: &Office,
    chats: usize,
    say: &(dyn Fn(&str) + Sync),
) -> Result<(), BenchError> {
    let conversations = open(office, ALONE + chats).await?;
    let (alone, together) = conversations.split_at(ALONE);

    let mut whole = Vec::with_capacity(alone.len());
    for (path, body) in acceptances(office, alone) {
        let began = now();
        office.api.post(&path, &body).await?;
        // The figure is for every effect and not for the answer, so the host has to come to rest
        // within it.
        settle(office).await;
        whole.push(began.elapsed());
    }

    whole.sort_unstable();
    say(&format!(
        "chat accepted over HTTP -> trigger -> move -> robot -> durable,  1 client: p50 {}, p99 {}",
        time(share(&whole, 50)),
        time(share(&whole, 99))
    ));

    let work = Arc::new(Work {
        api: office.api.clone(),
        chats: acceptances(office, together).collect(),
        next: AtomicUsize::new(0),
    });

    let began = now();
    let mut clients = JoinSet::new();
    for _ in 0..CLIENTS {
        clients.spawn(accept(Arc::clone(&work)));
    }
    let mut answers = Vec::with_capacity(chats);
    while let Some(client) = clients.join_next().await {
        answers.extend(client.map_err(|e| BenchError::Wrong(e.to_string()))??);
    }

    let answered = began.elapsed();
    settle(office).await;
    let spent = began.elapsed();
    check(office, conversations.len()).await?;

    answers.sort_unstable();
    let per_second =
        |time: Duration| f64::from(u32::try_from(chats).unwrap_or(u32::MAX)) / time.as_secs_f64();
    say(&format!(
        "the same, {CLIENTS} clients: {:.0}/s with every effect, acknowledged {:.0}/s, p50 {}, \
         p99 {}",
        per_second(spent),
        per_second(answered),
        time(share(&answers, 50)),
        time(share(&answers, 99))
    ));
    Ok(())
}

/// Lets so many visitors write, and gives their conversations.
async fn open(office: &Office, count: usize) -> Result<Vec<String>, BenchError> {
    let path = format!("/hooks/{}/site", office.tenant);
    for first in (0..count).step_by(100) {
        let messages = (first..count.min(first + 100)).map(|number| {
            json!({
                "kind": "message", "external_id": format!("m{number}"),
                "occurred_at": "2026-01-01T00:00:00Z", "address": format!("visitor-{number}"),
                "display_name": format!("Visitor {number}"), "body": {"text": "Hello"},
            })
        });
        let signed = office.provider.signed_json(&json!(messages.collect::<Vec<_>>()));
        let headers: Vec<(&str, &str)> =
            signed.headers.iter().map(|header| (&*header.name, &*header.value)).collect();
        office.api.post_bytes(&path, &headers, signed.body).await?;
    }

    settle(office).await;
    let found = pages(office, "/v1/conversations", |found| {
        found.pointer("/id").and_then(Value::as_str).map(str::to_owned)
    })
    .await?;

    if found.len() != count {
        return Err(BenchError::Wrong(format!(
            "{count} visitors wrote and {} conversations are there",
            found.len()
        )));
    }
    Ok(found)
}

fn acceptances<'a>(
    office: &'a Office,
    conversations: &'a [String],
) -> impl Iterator<Item = (String, Value)> + 'a {
    let turns = office.employees.iter().cycle();
    conversations
        .iter()
        .zip(turns)
        .map(|(id, user)| (format!("/v1/conversations/{id}/accept"), json!({ "user": user })))
}

/// One client: how long each acknowledgement took.
async fn accept(work: Arc<Work>) -> Result<Vec<Duration>, BenchError> {
    let mut times = Vec::new();
    while let Some((path, body)) = work.chats.get(work.next.fetch_add(1, Ordering::Relaxed)) {
        let asked = now();
        work.api.post(path, body).await?;
        times.push(asked.elapsed());
    }
    Ok(times)
}

/// Waits until everything that was set off is done.
async fn settle(office: &Office) {
    office.server.app.engine.settle(SystemClock::default().now()).await;
}

/// Every deal must have its observer: a figure for work that was not done would be worth nothing.
async fn check(office: &Office, count: usize) -> Result<(), BenchError> {
    let watched = |deal: &Value| {
        let observers = deal.pointer("/fields/observers").and_then(Value::as_array);
        let has = observers.is_some_and(|observers| observers.contains(&json!(office.supervisor)));
        (has && deal.pointer("/fields/stage") == Some(&json!("processed"))).then_some(())
    };

    let found = pages(office, "/v1/records/deal", watched).await?.len();
    if found == count {
        return Ok(());
    }
    Err(BenchError::Wrong(format!(
        "{count} chats were accepted, and {found} deals have moved and have their observer"
    )))
}

/// What `pick` takes from every entry of a list.
async fn pages<T>(
    office: &Office,
    path: &str,
    pick: impl Fn(&Value) -> Option<T>,
) -> Result<Vec<T>, BenchError> {
    let (mut picked, mut cursor) = (Vec::new(), String::new());

    loop {
        let page = office.api.get(&format!("{path}?limit=200{cursor}")).await?.body;
        let items =
            page.pointer("/items").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        picked.extend(items.iter().filter_map(&pick));
        match page.pointer("/next_cursor").and_then(Value::as_str) {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(picked),
        }
    }
}
