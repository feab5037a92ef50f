//! A real server whose time stands still until it is moved, with a small tenant: Olena, her
//! supervisor Taras, a pipeline, and whichever plugins a test brings along.

use std::path::Path;

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use crate::api::{Api, Ask, Outcome, text};
use crate::host::{Home, Host};
use crate::scratch::Scratch;

/// A trial.
#[derive(Debug)]
pub struct Trial {
    scratch: Scratch,
    home: Home,
    host: Host,
    /// The operator, who installs bundles.
    pub platform: Api,
    /// The tenant's admin.
    pub admin: Api,
    /// The tenant's id.
    pub tenant: String,
    /// Who answers for the deals.
    pub olena: String,
    /// Her supervisor.
    pub taras: String,
}

impl Trial {
    /// Starts a server and makes the tenant.
    ///
    /// # Errors
    /// Where the server does not start or refuses something.
    pub async fn start(name: &str) -> anyhow::Result<Self> {
        let scratch = Scratch::new(name)?;
        let home = Home::make(&scratch.path().join("home"))?;
        let host = serve(&home, &scratch)?;
        let platform = Api::new(&host.base, &home.first_token()?)?;

        let new = json!({
            "name": "Roofs & Co", "time_zone": "Europe/Kyiv", "language": "en", "country": "UA",
        });
        let made = platform.done(&Ask::post("/v1/tenants", &new)).await?;
        let admin = platform.with_token(&text(&made, "/token/secret")?);
        let tenant = text(&made, "/id")?;

        let taras = admin.create("user", json!({"name": "Taras"})).await?;
        let department =
            admin.create("department", json!({"name": "Sales", "head": taras})).await?;
        let olena = json!({"name": "Olena", "mobile": "+380671112233", "department": department});
        let olena = admin.create("user", olena).await?;

        let stages = json!([
            {"id": "new", "name": "New"}, {"id": "processed", "name": "Processed"},
            {"id": "won", "name": "Won", "semantics": "won"},
        ]);
        admin
            .done(&Ask::put(
                "/v1/pipelines/sales",
                &json!({"kind": "deal", "name": "Sales", "stages": stages}),
            ))
            .await?;

        Ok(Self { scratch, home, host, platform, admin, tenant, olena, taras })
    }

    /// Stops the server, has something done to its data folder, and starts it again. Its clock
    /// starts anew with the machine's.
    ///
    /// # Errors
    /// Where the server does not stop or start, or `meanwhile` fails.
    pub fn restart(
        self,
        meanwhile: impl FnOnce(&Path) -> anyhow::Result<()>,
    ) -> anyhow::Result<Self> {
        self.host.stop()?;
        meanwhile(&self.home.folder().join("data"))?;
        let host = serve(&self.home, &self.scratch)?;
        let (platform, admin) = (self.platform.at(&host.base), self.admin.at(&host.base));
        Ok(Self { host, platform, admin, ..self })
    }

    /// Lets time pass, as in `30m`, and waits until everything that became due is done.
    ///
    /// # Errors
    /// Where the server is gone.
    pub async fn pass(&self, by: &str) -> anyhow::Result<()> {
        self.admin.done(&Ask::post("/dev/clock/advance", &json!({ "by": by }))).await.map(drop)
    }

    /// Sends a bundle to be installed.
    pub async fn install(&self, bundle: Vec<u8>) -> Outcome {
        self.platform.send(&Ask::bytes("/v1/plugins", bundle)).await
    }

    /// Installs a bundle that must be taken and grants the plugin all it asks for; gives the
    /// plugin's id.
    ///
    /// # Errors
    /// Where one of both is refused.
    pub async fn enable(&self, bundle: Vec<u8>) -> anyhow::Result<String> {
        let plugin = text(&self.platform.done(&Ask::bytes("/v1/plugins", bundle)).await?, "/id")?;
        self.admin
            .done(&Ask::put(format!("/v1/plugins/{plugin}/grants"), &json!({"all": true})))
            .await?;
        Ok(plugin)
    }

    /// A new deal of Olena's on the stage "new"; gives its id.
    ///
    /// # Errors
    /// Where it is refused.
    pub async fn deal(&self, title: &str) -> anyhow::Result<String> {
        self.admin
            .create("deal", json!({"title": title, "pipeline": "sales", "responsible": self.olena}))
            .await
    }

    /// Invokes a robot on a deal and gives its run when all that is due now is done.
    ///
    /// # Errors
    /// Where it is refused.
    pub async fn invoke(
        &self,
        plugin: &str,
        robot: &str,
        deal: &str,
        settings: Value,
    ) -> anyhow::Result<Value> {
        let body = json!({"record": {"kind": "deal", "id": deal}, "settings": settings});
        let run = self
            .admin
            .done(&Ask::post(format!("/v1/robots/{plugin}/{robot}/invoke"), &body))
            .await?;

        self.pass("0s").await?;
        self.admin.done(&Ask::get(format!("/v1/runs/{}", text(&run, "/id")?))).await
    }

    /// Ends the server in good order, and looks whether it complained of anything.
    ///
    /// # Errors
    /// Where it did not end well, or panicked before.
    pub fn end(self) -> anyhow::Result<()> {
        self.host.stop()?;
        let log = std::fs::read_to_string(self.scratch.path().join("host.log"))
            .context("the server's log")?;
        ensure!(!log.contains("panicked"), "the server panicked:\n{log}");
        Ok(())
    }
}

fn serve(home: &Home, scratch: &Scratch) -> anyhow::Result<Host> {
    let mut command = home.server()?;
    command.args(["--clock", "manual"]);
    Host::start(command, &scratch.path().join("host.log"))
}
