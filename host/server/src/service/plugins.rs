//! Plugins: installing a bundle for the platform, granting it to a tenant, listing what there is.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use serde_json::json;

use stagewright_core::command::check_version;
use stagewright_core::drive::Failure;
use stagewright_core::id::TenantId;
use stagewright_core::key::{Key, Table};
use stagewright_core::model::plugin::{Grant, Permission, Plugin};
use stagewright_core::read::Range;
use stagewright_core::refusal::{Refusal, RefusalKind};
use stagewright_core::seams::Later;

use super::{Command, Once, Service};

/// Opens a bundle, checks it, compiles it, asks what it offers and keeps its component: gives the
/// row to install.
pub type Open = dyn Fn(Vec<u8>) -> Later<'static, Result<Plugin, Refusal>> + Send + Sync;

/// What knows bundles and WebAssembly, so that the use cases need not.
#[derive(Clone)]
pub struct Library {
    open: Arc<Open>,
}

impl fmt::Debug for Library {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Library")
    }
}

impl Library {
    /// A library that opens bundles with `open`.
    #[must_use]
    pub fn new(open: Arc<Open>) -> Self {
        Self { open }
    }

    /// Opens a bundle: verified, compiled and asked what it offers, but not installed. This may
    /// take seconds, so do it before the command is stamped: a stamp holds everybody's steps back.
    ///
    /// # Errors
    /// What is wrong with the bundle.
    pub async fn open(&self, bundle: Vec<u8>) -> Result<Plugin, Failure> {
        (self.open)(bundle).await.map_err(Failure::Refused)
    }
}

/// A bundle to install.
#[derive(Debug)]
pub struct InstallRequest {
    /// The bundle's bytes.
    pub bundle: Vec<u8>,
}

impl Service {
    /// Installs a bundle: verified, compiled and inert until a tenant grants what it asks for.
    /// Installing the same bundle again changes nothing; another version becomes the active one for
    /// the next call.
    ///
    /// # Errors
    /// What opening the bundle refuses, and `plugin.version-exists` for another bundle under the
    /// same version.
    pub async fn install(
        &self,
        command: &Command,
        library: &Library,
        request: InstallRequest,
    ) -> Result<Plugin, Failure> {
        let plugin = library.open(request.bundle).await?;
        Ok(self.install_once(command, None, &plugin).await?.1)
    }

    /// Installs a bundle that was opened, once for an idempotency key. Gives 201 with it, or 200
    /// where it was there already.
    ///
    /// # Errors
    /// `plugin.version-exists` for another bundle under the same version.
    pub async fn install_once(
        &self,
        command: &Command,
        once: Option<&Once>,
        opened: &Plugin,
    ) -> Result<(u16, Plugin), Failure> {
        let answer = self.execute_once(command, once, |tx, ctx| {
            let key = Plugin::key(&opened.id);
            // A precondition: of two bundles of one version that come at once the second finds the
            // first.
            if let Some((before, _)) = tx.get::<Plugin>(&key)? {
                if before.bundle == opened.bundle {
                    return Ok((200, json!(before)));
                }
                if before.version == opened.version {
                    let message = format!(
                        "another bundle is installed as {} {}; give the changed plugin a new \
                         version",
                        opened.id, opened.version
                    );
                    return Err(Refusal::conflict("plugin.version-exists", message).into());
                }
            }

            let plugin = Plugin { installed_at: ctx.now, ..opened.clone() };
            tx.put(key, &plugin)?;
            Ok((201, json!(plugin)))
        });

        // Read back from JSON, since the answer may be that of a receipt.
        let (status, plugin) = answer.await?;
        Ok((status, serde_json::from_value(plugin).map_err(|e| Failure::Damaged(e.to_string()))?))
    }

    /// Enables a plugin for the command's tenant with everything that it asks for; see
    /// [`Service::grant`].
    ///
    /// # Errors
    /// `not-found`, `record.stale`.
    pub async fn grant_all(
        &self,
        command: &Command,
        id: &str,
        expected: Option<u64>,
    ) -> Result<(Grant, u64), Failure> {
        // Read before the command: where another version is installed meanwhile, `grant` refuses
        // scopes that do not fit it.
        let plugin = self.plugin(id).await?;

        self.grant(
            command,
            id,
            &plugin.permissions.into_iter().map(|asked| asked.scope).collect(),
            expected,
        )
        .await
    }

    /// Enables a plugin for the command's tenant with the scopes given. Every scope that the plugin
    /// does not call optional is needed; one it does not ask for cannot be given. Where it asks for
    /// all subjects, single ones may be given instead: `http.send:api.example.com` for
    /// `http.send:*`. With `expected` only where the grant is at that version, 0 being none. Gives
    /// the grant and its version.
    ///
    /// # Errors
    /// `not-found`, `plugin.grant-missing`, `plugin.grant-unknown`, `record.stale`.
    pub async fn grant(
        &self,
        command: &Command,
        id: &str,
        scopes: &BTreeSet<String>,
        expected: Option<u64>,
    ) -> Result<(Grant, u64), Failure> {
        self.execute(command, |tx, ctx| {
            let (plugin, _) = tx.require::<Plugin>(&Plugin::key(id))?;
            if let Some(unknown) = scopes
                .iter()
                .find(|scope| !plugin.permissions.iter().any(|asked| asked.covers(scope)))
            {
                let message = format!("`{id}` does not ask for `{unknown}`; leave it out");
                return Err(Refusal::invalid("plugin.grant-unknown", "scopes", message).into());
            }

            let given = |asked: &Permission| scopes.iter().any(|scope| asked.covers(scope));
            if let Some(missing) =
                plugin.permissions.iter().find(|asked| !asked.optional && !given(asked))
            {
                let message = format!(
                    "`{id}` cannot work without `{}` ({}); grant it or leave the plugin disabled",
                    missing.scope, missing.reason
                );
                return Err(Refusal::invalid("plugin.grant-missing", "scopes", message).into());
            }

            let key = Grant::key(ctx.tenant, id);
            let (mut grant, version) = tx.get::<Grant>(&key)?.unwrap_or_default();
            check_version(expected, version)?;
            grant.scopes.clone_from(scopes);
            let version = tx.put(key, &grant)?;
            Ok((grant, version))
        })
        .await
    }

    /// Every installed plugin, with what a tenant granted it where one is given, and the version of
    /// that.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn plugins(
        &self,
        tenant: Option<TenantId>,
    ) -> Result<Vec<(Plugin, Option<(Grant, u64)>)>, Failure> {
        let all = Range::first(Key::new(TenantId::PLATFORM, Table::Plugin, &[]), 10_000);

        self.query(|tx| {
            let plugins = tx.range::<Plugin>(&all)?;
            let Some(tenant) = tenant else {
                return Ok(plugins.into_iter().map(|(_, plugin)| (plugin, None)).collect());
            };

            // All grants in one round, however many plugins there are: a decision has sixteen
            // (ADR 0001).
            tx.want(
                &plugins
                    .iter()
                    .map(|(_, plugin)| Grant::key(tenant, &plugin.id))
                    .collect::<Vec<_>>(),
            )?;

            plugins
                .into_iter()
                .map(|(_, plugin)| {
                    let grant = tx.peek::<Grant>(&Grant::key(tenant, &plugin.id))?;
                    Ok((plugin, grant))
                })
                .collect()
        })
        .await
    }

    /// What a tenant granted a plugin, and the version of that, if it did.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn granted(
        &self,
        tenant: TenantId,
        id: &str,
    ) -> Result<Option<(Grant, u64)>, Failure> {
        self.find(&Grant::key(tenant, id)).await
    }

    /// One installed plugin.
    ///
    /// # Errors
    /// `not-found`.
    pub async fn plugin(&self, id: &str) -> Result<Plugin, Failure> {
        let found = self.query(|tx| tx.peek::<Plugin>(&Plugin::key(id))).await?;
        found.map(|(plugin, _)| plugin).ok_or_else(|| {
            Failure::Refused(Refusal::new(
                RefusalKind::NotFound,
                "not-found",
                "there is no such plugin; list them to see which there are",
            ))
        })
    }
}
