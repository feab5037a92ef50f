//! Plugins as they are installed.

use axum::extract::State;

use super::view::{PluginView, WholePluginView};
use crate::http::answer::{Answer, CREATED, Created, Json};
use crate::http::auth::Caller;
use crate::http::body::{BUNDLE_BYTES_MAX, Nothing, Raw};
use crate::http::context::Call;
use crate::http::page::Items;
use crate::http::params::{Asked, Ids};
use crate::http::state::App;
use crate::service::Wishes;

/// `GET /v1/plugins`: lists the installed plugins with what each asks for; a tenant sees what it
/// granted. Always whole, without pages.
pub(in crate::http) async fn list_plugins(
    State(app): App,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
) -> Answer<Items<PluginView>> {
    let tenant = caller.own_tenant();
    let found = app.service.plugins(tenant).await?;

    let view = |(plugin, grant)| match tenant {
        Some(_) => PluginView::in_tenant(plugin, grant),
        None => PluginView::of(plugin),
    };
    Ok(Items::new(found.into_iter().map(view), None))
}

/// `GET /v1/plugins/{id}`: shows an installed plugin with its catalogue and its limits.
pub(in crate::http) async fn show_plugin(
    State(app): App,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
    Ids(id): Ids<String>,
) -> Answer<Json<WholePluginView>> {
    let plugin = app.service.plugin(&id).await?;

    let view = match caller.own_tenant() {
        Some(tenant) => WholePluginView::in_tenant(plugin, app.service.granted(tenant, &id).await?),
        None => WholePluginView::of(plugin),
    };
    Ok(Json::ok(&view))
}

/// `POST /v1/plugins`: installs a bundle, sent as it is: verified, compiled, and inert until a
/// tenant grants what it asks for. Answers 201, or 200 where this very bundle is installed already.
pub(in crate::http) async fn install_plugin(
    State(app): App,
    call: Call,
    Asked(Nothing {}): Asked<Nothing>,
    Raw(bundle): Raw<BUNDLE_BYTES_MAX>,
) -> Answer<Created<PluginView>> {
    // Opened before the command is stamped: compiling takes seconds, and a stamp holds everybody's
    // steps back.
    let opened = app.library.open(bundle.to_vec()).await?;

    let command = call.begin(&app, call.caller.tenant(), Wishes::default())?;
    let (status, plugin) =
        app.service.install_once(&command, call.once(&bundle).as_ref(), &opened).await?;

    let path = format!("/v1/plugins/{}", plugin.id);
    let view = PluginView::of(plugin);
    let answer = if status == CREATED { Json::created(&view) } else { Json::ok(&view) };
    Ok(answer.at(path))
}
