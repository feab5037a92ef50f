//! `stagewright why`.

use clap::Args as ClapArgs;
use serde_json::Value;

use stagewright_client::{Answer, Client, ClientError};

use super::remote::{Remote, escaped, told};

/// Options of `why`.
#[derive(Debug, ClapArgs)]
pub(super) struct Args {
    #[command(flatten)]
    host: Remote,
    /// The item as kind/id, such as deal/01JC0000000000000000000000.
    record: String,
    /// A robot or trigger: its id, or automation/id. Everything on the item's pipeline without it.
    name: Option<String>,
}

pub(super) async fn run(args: Args) -> anyhow::Result<String> {
    let client = args.host.client()?;
    let record = escaped(&args.record);
    let answer = match &args.name {
        None => client.get(&format!("/v1/why?record={record}")).await,
        Some(name) => named(&client, &record, &escaped(name)).await,
    };

    let answers = answer.and_then(|answer| answer.list("/answers")).map_err(told)?;
    if answers.is_empty() {
        return Ok("nothing is automated on this item's pipeline".to_owned());
    }
    Ok(answers.iter().map(shown).collect::<Vec<_>>().join("\n"))
}

/// A name may be a robot's or a trigger's.
async fn named(client: &Client, record: &str, name: &str) -> Result<Answer, ClientError> {
    match client.get(&format!("/v1/why?record={record}&robot={name}")).await {
        Err(ClientError::Refused(problem)) if problem.code == "why.unknown" => {
            client.get(&format!("/v1/why?record={record}&trigger={name}")).await
        }
        other => other,
    }
}

/// Where it stands and its verdict, then its sentence.
fn shown(answer: &Value) -> String {
    let text = |key: &str| answer.get(key).and_then(Value::as_str).unwrap_or_default();
    format!(
        "{}/{} on {}: {}\n  {}",
        text("automation"),
        text("id"),
        text("stage"),
        text("verdict"),
        text("sentence")
    )
}
