//! `POST /v1/plugins`

use axum::extract::State;

use super::plugin_view;
use crate::http::answer::{Answer, json, located};
use crate::http::body::{BUNDLE_BYTES_MAX, Nothing, Raw};
use crate::http::context::Call;
use crate::http::params::Asked;
use crate::http::state::App;
use crate::service::Wishes;

/// Installs a bundle, sent as it is: verified, compiled, and inert until a tenant grants what it
/// asks for. Answers 201, or 200 where this very bundle is installed already.
pub(in crate::http) async fn install_plugin(
    State(app): App,
    call: Call,
    Asked(Nothing {}): Asked<Nothing>,
    Raw(bundle): Raw<BUNDLE_BYTES_MAX>,
) -> Answer {
    // Opened before the command is stamped: compiling takes seconds, and a stamp holds everybody's
    // steps back.
    let opened = app.library.open(bundle.to_vec()).await?;

    let command = call.begin(&app, call.caller.tenant(), Wishes::default())?;
    let (status, plugin) =
        app.service.install_once(&command, call.once(&bundle).as_ref(), &opened).await?;

    let path = format!("/v1/plugins/{}", plugin.id);
    Ok(located(json((status, plugin_view(&plugin, None, false))), &path))
}
