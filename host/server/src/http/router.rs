//! Every route, with who may call it.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::handler::Handler;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{self, MethodRouter};
use tower_http::catch_panic::CatchPanicLayer;

use super::auth::Access::{Admin, Anyone, Configurer, Member, Open, Platform, Steward};
use super::auth::{Access, Gate, guard};
use super::context::frame;
use super::error::Problem;
use super::state::HttpState;
use super::{
    automations, calendars, channels, conversations, deliveries, dev_clock, events, groups, health,
    history, hooks, jobs, kinds, lines, notifications, pauses, pipelines, plugins, records, robots,
    runs, secrets, templates, tenants, tokens, triggers, webhooks, why,
};

type Shared = Arc<HttpState>;

/// One route.
#[derive(Debug)]
pub struct Route {
    /// The HTTP method; `ANY` for every one.
    pub method: &'static str,
    /// The path, its variable parts in braces.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    answers: MethodRouter<Shared, Infallible>,
}

/// Every route, group by group; `/dev` only where the clock is a manual one.
#[must_use]
pub fn routes(dev: bool) -> Vec<Route> {
    let groups = [
        route_doors(),
        route_platform(),
        route_records(),
        route_automations(),
        route_settings(),
        route_conversations(),
        route_events(),
        route_outcomes(),
        if dev { route_clock() } else { Vec::new() },
    ];
    groups.into_iter().flatten().collect()
}

/// Health, and what messengers send.
fn route_doors() -> Vec<Route> {
    vec![
        get(Open, "/health/live", health::live),
        get(Open, "/health/ready", health::ready),
        any("/hooks/{tenant}/{channel}", hooks::take_in),
        any("/hooks/{tenant}/{channel}/{*path}", hooks::take_in_below),
    ]
}

/// Tenants, tokens and plugins.
fn route_platform() -> Vec<Route> {
    vec![
        get(Platform, "/v1/tenants", tenants::list_tenants),
        post(Platform, "/v1/tenants", tenants::create_tenant),
        get(Steward, "/v1/tokens", tokens::list_tokens),
        post(Steward, "/v1/tokens", tokens::create_token),
        delete(Steward, "/v1/tokens/{id}", tokens::delete_token),
        get(Anyone, "/v1/plugins", plugins::list_plugins),
        post(Platform, "/v1/plugins", plugins::install_plugin),
        get(Anyone, "/v1/plugins/{id}", plugins::show_plugin),
        put(Admin, "/v1/plugins/{id}/grants", plugins::grant_plugin),
    ]
}

/// Records with what was done to them.
fn route_records() -> Vec<Route> {
    vec![
        get(Member, "/v1/records/{kind}", records::list_records),
        post(Member, "/v1/records/{kind}", records::create_record),
        get(Member, "/v1/records/{kind}/{id}", records::show_record),
        patch(Member, "/v1/records/{kind}/{id}", records::change_record),
        delete(Member, "/v1/records/{kind}/{id}", records::delete_record),
        post(Member, "/v1/records/{kind}/{id}/move", records::move_item),
        post(Member, "/v1/records/{kind}/{id}/merge", records::merge_record),
        get(Member, "/v1/records/{kind}/{id}/timeline", records::show_timeline),
        get(Member, "/v1/records/{kind}/{id}/files", records::list_files),
        post(Member, "/v1/records/{kind}/{id}/files", records::attach_file),
        get(Member, "/v1/records/{kind}/{id}/files/{file}", records::fetch_file),
        get(Member, "/v1/records/{kind}/{id}/history", records::show_history),
        get(Member, "/v1/records/{kind}/{id}/automation", records::show_automation),
        get(Member, "/v1/history", history::list_history),
        get(Member, "/v1/history/count", history::count_history),
        get(Member, "/v1/notifications", notifications::list_notifications),
        post(Member, "/v1/notifications/{id}/read", notifications::read_notification),
    ]
}

/// Pipelines, their automations, and what holds these up.
fn route_automations() -> Vec<Route> {
    vec![
        get(Member, "/v1/pipelines", pipelines::list_pipelines),
        get(Member, "/v1/pipelines/{id}", pipelines::show_pipeline),
        put(Configurer, "/v1/pipelines/{id}", pipelines::put_pipeline),
        get(Member, "/v1/automations", automations::list_automations),
        get(Member, "/v1/automations/export", automations::export_automations),
        post(Configurer, "/v1/automations/import", automations::import_automations),
        get(Member, "/v1/automations/{id}", automations::show_automation),
        put(Configurer, "/v1/automations/{id}", automations::put_automation),
        post(Configurer, "/v1/automations/{id}/publish", automations::publish_automation),
        post(Configurer, "/v1/automations/{id}/apply", automations::apply_automation),
        post(Configurer, "/v1/automations/{id}/pause", pauses::pause_automation),
        post(Configurer, "/v1/automations/{id}/resume", pauses::resume_automation),
        post(Admin, "/v1/plugins/{id}/pause", pauses::pause_plugin),
        post(Admin, "/v1/plugins/{id}/resume", pauses::resume_plugin),
        post(Admin, "/v1/sending/pause", pauses::pause_sending),
        post(Admin, "/v1/sending/resume", pauses::resume_sending),
        get(Member, "/v1/pauses", pauses::show_pauses),
        get(Member, "/v1/jobs/{id}", jobs::show_job),
        post(Member, "/v1/templates/preview", templates::preview_template),
    ]
}

/// What a tenant sets up once.
fn route_settings() -> Vec<Route> {
    vec![
        get(Member, "/v1/calendars", calendars::list_calendars),
        get(Member, "/v1/calendars/{id}", calendars::show_calendar),
        put(Configurer, "/v1/calendars/{id}", calendars::put_calendar),
        get(Member, "/v1/groups", groups::list_groups),
        get(Member, "/v1/groups/{id}", groups::show_group),
        put(Configurer, "/v1/groups/{id}", groups::put_group),
        get(Member, "/v1/kinds", kinds::list_kinds),
        get(Member, "/v1/kinds/{id}", kinds::show_kind),
        put(Configurer, "/v1/kinds/{id}", kinds::put_kind),
        get(Member, "/v1/lines", lines::list_lines),
        get(Member, "/v1/lines/{id}", lines::show_line),
        put(Configurer, "/v1/lines/{id}", lines::put_line),
        get(Member, "/v1/channels", channels::list_channels),
        get(Member, "/v1/channels/{id}", channels::show_channel),
        put(Configurer, "/v1/channels/{id}", channels::put_channel),
        get(Configurer, "/v1/secrets", secrets::list_secrets),
        put(Configurer, "/v1/secrets/{name}", secrets::put_secret),
    ]
}

/// Conversations with clients.
fn route_conversations() -> Vec<Route> {
    vec![
        get(Member, "/v1/conversations", conversations::list_conversations),
        get(Member, "/v1/conversations/{id}", conversations::show_conversation),
        get(Member, "/v1/conversations/{id}/messages", conversations::list_messages),
        get(Member, "/v1/conversations/{id}/messages/{number}/media", conversations::fetch_media),
        post(Member, "/v1/conversations/{id}/accept", conversations::accept_conversation),
        post(Member, "/v1/conversations/{id}/reply", conversations::reply_to_conversation),
    ]
}

/// What robots and triggers there are, and how others make them act.
fn route_events() -> Vec<Route> {
    vec![
        get(Member, "/v1/robots", robots::list_robots),
        post(Member, "/v1/robots/{plugin}/{robot}/invoke", robots::invoke_robot),
        get(Member, "/v1/triggers", triggers::list_triggers),
        post(Member, "/v1/events", events::fire_event),
        get(Configurer, "/v1/webhooks", webhooks::list_webhooks),
        put(Configurer, "/v1/webhooks/{code}", webhooks::put_webhook),
        delete(Configurer, "/v1/webhooks/{code}", webhooks::delete_webhook),
        post(Open, "/webhooks/{tenant}/{code}/{key}/{kind}/{id}", webhooks::receive),
    ]
}

/// What came of it: runs, reasons, and messages on their way.
fn route_outcomes() -> Vec<Route> {
    vec![
        get(Member, "/v1/runs", runs::list_runs),
        get(Member, "/v1/runs/{id}", runs::show_run),
        post(Member, "/v1/runs/{id}/retry", runs::retry_run),
        post(Member, "/v1/runs/{id}/rerun", runs::rerun_step),
        post(Member, "/v1/runs/{id}/cancel", runs::cancel_run),
        get(Member, "/v1/why", why::show_why),
        get(Member, "/v1/deliveries", deliveries::list_deliveries),
        post(Member, "/v1/deliveries/{id}/retry", deliveries::retry_delivery),
        post(Member, "/v1/deliveries/{id}/discard", deliveries::discard_delivery),
        post(Member, "/v1/deliveries/{id}/confirm", deliveries::confirm_delivery),
    ]
}

/// The manual clock.
fn route_clock() -> Vec<Route> {
    vec![
        get(Open, "/dev/clock", dev_clock::show_clock),
        post(Open, "/dev/clock/advance", dev_clock::advance_clock),
    ]
}

/// The whole API.
pub fn router(state: HttpState) -> Router {
    let app = Arc::new(state);
    let guarded = |route: Route| {
        let gate = Gate { app: Arc::clone(&app), access: route.access };
        let answers = match route.access {
            Open => route.answers,
            _ => route.answers.route_layer(from_fn_with_state(gate, guard)),
        };
        (route.path, answers)
    };

    let routed = routes(app.dev.is_some()).into_iter().map(guarded);
    routed
        .fold(Router::new(), |router, (path, answers)| router.route(path, answers))
        .fallback(async || Problem::unknown_path())
        .method_not_allowed_fallback(async || Problem::wrong_method())
        .with_state(app)
        // A panic becomes a problem, and the frame, which writes problems out, lies around
        // everything.
        .layer(CatchPanicLayer::custom(|panic: Box<dyn std::any::Any + Send>| {
            let said = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| panic.downcast_ref::<&str>().copied());
            axum::response::IntoResponse::into_response(Problem::internal(
                said.unwrap_or("panicked without words"),
            ))
        }))
        .layer(from_fn(frame))
}

fn get<H: Handler<T, Shared>, T: 'static>(access: Access, path: &'static str, handler: H) -> Route {
    Route { method: "GET", path, access, answers: routing::get(handler) }
}

fn post<H: Handler<T, Shared>, T: 'static>(
    access: Access,
    path: &'static str,
    handler: H,
) -> Route {
    Route { method: "POST", path, access, answers: routing::post(handler) }
}

fn put<H: Handler<T, Shared>, T: 'static>(access: Access, path: &'static str, handler: H) -> Route {
    Route { method: "PUT", path, access, answers: routing::put(handler) }
}

fn patch<H: Handler<T, Shared>, T: 'static>(
    access: Access,
    path: &'static str,
    handler: H,
) -> Route {
    Route { method: "PATCH", path, access, answers: routing::patch(handler) }
}

fn delete<H: Handler<T, Shared>, T: 'static>(
    access: Access,
    path: &'static str,
    handler: H,
) -> Route {
    Route { method: "DELETE", path, access, answers: routing::delete(handler) }
}

fn any<H: Handler<T, Shared>, T: 'static>(path: &'static str, handler: H) -> Route {
    Route { method: "ANY", path, access: Open, answers: routing::any(handler) }
}
