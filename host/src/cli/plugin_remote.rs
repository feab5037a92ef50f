//! `stagewright plugin install` and `enable`: the two steps between a bundle and a tenant's
//! automations, over the API.

use std::path::PathBuf;

use serde_json::{Value, json};

use stagewright_client::Client;

use super::remote::{Remote, RemoteError, told};

/// Installs bundles, one after the other; what is installed already stays as it is. Gives a line
/// for each.
///
/// # Errors
/// A file that cannot be read, or the host's refusal, naming the bundle. Those before it are
/// installed.
pub(super) async fn install(host: &Remote, bundles: &[PathBuf]) -> anyhow::Result<String> {
    let client = host.client()?;
    let mut lines = Vec::new();

    for path in bundles {
        let bytes = std::fs::read(path)
            .map_err(|source| RemoteError::File { path: path.clone(), source })?;
        let answer = client.install(bytes).await;
        let answer = answer.map_err(|error| told(error).context(path.display().to_string()))?;
        let how = if answer.status == 201 { "installed" } else { "was installed already" };
        lines.push(format!(
            "{} {} {how}",
            answer.text("/id").map_err(told)?,
            answer.text("/version").map_err(told)?
        ));
    }

    lines.push("a tenant's administrator enables them: stagewright plugin enable".to_owned());
    Ok(lines.join("\n"))
}

/// Enables plugins for the token's tenant: those named, or every one that is installed, each with
/// all that it asks for. One that is enabled already keeps what it was granted, unless `widened`.
/// Gives what was granted and why the plugin wants it.
///
/// # Errors
/// The host's refusal, naming the plugin.
pub(super) async fn enable(
    host: &Remote,
    named: &[String],
    widened: bool,
) -> anyhow::Result<String> {
    let client = host.client()?;
    let installed = client.get("/v1/plugins").await.map_err(told)?.list("/items").map_err(told)?;
    let id =
        |plugin: &Value| plugin.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
    let ids: Vec<String> =
        if named.is_empty() { installed.iter().map(id).collect() } else { named.to_vec() };

    let mut lines = Vec::new();
    for wanted in ids {
        let plugin = installed.iter().find(|plugin| id(plugin) == wanted);
        if let Some(scopes) = plugin.and_then(granted).filter(|_| !widened) {
            lines.push(format!("{wanted} left as granted: {scopes}"));
            continue;
        }
        // One that is not installed is left to the host to refuse.
        lines.push(grant(&client, &wanted).await?);
        lines.extend(plugin.map(reasons).unwrap_or_default());
    }

    if lines.is_empty() {
        lines.push(
            "no plugin is installed; install some first: stagewright plugin install BUNDLE…"
                .to_owned(),
        );
    }
    Ok(lines.join("\n"))
}

/// What an enabled plugin was granted; nothing where it is not enabled.
fn granted(plugin: &Value) -> Option<String> {
    let scopes: Vec<&str> =
        plugin.get("granted")?.as_array()?.iter().filter_map(Value::as_str).collect();
    Some(if scopes.is_empty() { "no permissions".to_owned() } else { scopes.join(", ") })
}

async fn grant(client: &Client, id: &str) -> anyhow::Result<String> {
    // An id is what a person typed; nothing of it may become another path.
    let path = format!("/v1/plugins/{}/grants", super::remote::escaped(id).replace('/', "%2F"));
    let answer = client.put(&path, &json!({"all": true})).await;
    answer.map_err(|error| told(error).context(format!("plugin {id}")))?;
    Ok(format!("{id} enabled"))
}

/// What a plugin asks for, a line each.
fn reasons(plugin: &Value) -> Vec<String> {
    let text = |permission: &Value, key: &str| {
        permission.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let asked = plugin.get("permissions").and_then(Value::as_array);
    asked
        .into_iter()
        .flatten()
        .map(|asked| format!("  {}: {}", text(asked, "scope"), text(asked, "reason")))
        .collect()
}
