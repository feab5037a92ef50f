//! A client who keeps every answer.

use anyhow::ensure;
use serde_json::{Value, json};

use stagewright_server::http::router::routes;
use stagewright_tests::api::{Api, Ask, Outcome, list};

/// A client who keeps every answer.
pub(super) struct Reader {
    pub(super) api: Api,
    pub(super) answers: String,
}

impl Reader {
    pub(super) async fn ask(&mut self, ask: &Ask) -> anyhow::Result<Value> {
        let Outcome::Answered(status, body) = self.api.send(ask).await else {
            anyhow::bail!("{ask:?} was not answered")
        };

        ensure!(status < 500, "{ask:?} was answered {status}: {body}");
        self.answers += &format!("{status} {body}\n");
        Ok(body)
    }

    pub(super) async fn done(&mut self, ask: &Ask) -> anyhow::Result<Value> {
        let answer = self.ask(ask).await?;
        ensure!(answer.pointer("/code").is_none(), "{ask:?} was refused: {answer}");
        Ok(answer)
    }

    /// Asks for everything that can be got, with every id that a list names.
    pub(super) async fn everything(&mut self) -> anyhow::Result<usize> {
        let mut count = 0;
        for route in routes(true).iter().filter(|route| route.method == "GET") {
            for path in self.paths(route.path).await? {
                self.ask(&Ask::get(&path)).await?;
                count += 1;
            }
        }
        Ok(count)
    }

    /// The paths of a route, its variable parts filled in.
    async fn paths(&mut self, route: &str) -> anyhow::Result<Vec<String>> {
        let kinds: &[&str] = if route.contains("{kind}") {
            &["user", "department", "contact", "lead", "deal"]
        } else {
            &[""]
        };

        let mut paths = Vec::new();
        for route in kinds.iter().map(|kind| route.replace("{kind}", kind)) {
            let Some((before, after)) = route.split_once("/{id}") else {
                paths.push(format!(
                    "{route}{}",
                    if route.starts_with("/v1") { "?limit=200" } else { "" }
                ));
                continue;
            };

            let listed = self.ask(&Ask::get(format!("{before}?limit=200"))).await?;
            paths.extend(
                list(&listed, "/items")
                    .iter()
                    .filter_map(|item| Some(format!("{before}/{}{after}", item["id"].as_str()?))),
            );
        }
        ensure!(
            !route.contains('{') || !paths.is_empty() || route.contains("{id}"),
            "no path for {route}"
        );
        Ok(paths)
    }

    /// Waits until everything that is due now is done.
    pub(super) async fn settle(&mut self) -> anyhow::Result<()> {
        self.done(&Ask::post("/dev/clock/advance", &json!({"by": "0s"}))).await.map(drop)
    }
}
