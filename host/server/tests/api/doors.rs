//! Who gets in: tokens, roles, and the wall between tenants, tried on every route there is.

use serde_json::{Value, json};

use stagewright_core::model::tenant::Role;
use stagewright_server::http::Access;
use stagewright_server::http::router::{Route, routes};

use crate::support::{Api, Reply, Tenancy};

/// A path of this route with ids that lead nowhere.
fn filled(route: &Route) -> String {
    let part =
        |part: &str| if part.starts_with('{') { "nothing".to_owned() } else { part.to_owned() };
    route.path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// The method to call a route by.
fn method(route: &Route) -> &'static str {
    if route.method == "ANY" { "POST" } else { route.method }
}

#[tokio::test]
async fn every_route_that_is_not_open_needs_a_known_token() {
    let api = Api::start().await;
    let stranger = api.bearer("sw_0000");

    for route in routes(false).iter().filter(|route| route.access != Access::Open) {
        let (method, path) = (method(route), filled(route));
        let reply = api.nobody().send(method, &path, None).await;
        reply.problem(401, "auth.missing-token");
        assert_eq!(reply.header("www-authenticate"), "Bearer");
        stranger.send(method, &path, None).await.problem(401, "auth.unknown-token");
    }
}

#[tokio::test]
async fn open_routes_are_health_hooks_and_webhooks_alone() {
    let open = routes(false)
        .into_iter()
        .filter(|route| route.access == Access::Open)
        .map(|route| route.path);
    let open: Vec<&str> = open.collect();

    let webhook = "/webhooks/{tenant}/{code}/{key}/{kind}/{id}";
    let hooks = ["/hooks/{tenant}/{channel}", "/hooks/{tenant}/{channel}/{*path}"];
    assert_eq!(open, ["/health/live", "/health/ready", hooks[0], hooks[1], webhook]);
}

#[tokio::test]
async fn a_token_that_is_sent_in_another_way_is_no_token() {
    let api = Api::start().await;
    for value in ["", "Bearer", "Bearer ", "Basic cm9vdDpyb290", "sw_1"] {
        api.nobody()
            .with("authorization", value)
            .get("/v1/tenants")
            .await
            .problem(401, "auth.missing-token");
    }
}

#[tokio::test]
async fn a_role_opens_its_own_routes_and_no_others() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    let user = acme.user("Ira").await;
    let actors = [
        (Role::PlatformAdmin, api.platform.clone()),
        (Role::Admin, acme.admin.clone()),
        (Role::Integrator, api.bearer(&acme.token("integrator", None).await)),
        (Role::Employee, api.bearer(&acme.token("employee", Some(&user)).await)),
        (Role::Service, api.bearer(&acme.token("service", None).await)),
    ];

    for route in &routes(false) {
        for (role, actor) in &actors {
            let reply = actor.send(method(route), &filled(route), None).await;
            if route.access.admits(*role) {
                assert!(![401, 403].contains(&reply.status), "{role:?} {route:?} {}", reply.text);
            } else {
                reply.problem(403, "auth.wrong-role");
            }
        }
    }
}

#[tokio::test]
async fn the_token_of_somebody_who_left_opens_nothing() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    let (ira, oleh) = (acme.user("Ira").await, acme.user("Oleh").await);
    let ira_works = api.bearer(&acme.token("employee", Some(&ira)).await);
    let oleh_works = api.bearer(&acme.token("employee", Some(&oleh)).await);
    ira_works.get("/v1/conversations").await.expect(200);

    acme.admin
        .patch(&format!("/v1/records/user/{ira}"), json!({"fields": {"active": false}}))
        .await
        .expect(200);
    acme.admin.delete(&format!("/v1/records/user/{oleh}")).await.expect(204);

    ira_works.get("/v1/conversations").await.problem(401, "auth.inactive-user");
    oleh_works.get("/v1/conversations").await.problem(401, "auth.inactive-user");
}

/// What one tenant has, and what the other asks for instead of it.
struct Things {
    deal: String,
    conversation: String,
    run: String,
    delivery: String,
    token: String,
    user: String,
}

impl Things {
    /// One of each, in a furnished tenant.
    async fn of(api: &Api, acme: &Tenancy) -> Self {
        let deal = acme.deal("Roof").await;
        let user = acme.user("Ira").await;

        let week = json!({"mon": ["09:00-18:00"]});
        acme.admin
            .put("/v1/calendars/office", json!({"name": "O", "time_zone": "UTC", "week": week}))
            .await
            .expect(201);
        acme.admin.put("/v1/groups/roofers", json!({"name": "Roofers"})).await.expect(201);
        // Resuming starts a job, which is the thing that the routes of jobs are about.
        acme.admin.post("/v1/sending/pause", json!({})).await.expect(200);
        acme.admin.post("/v1/sending/resume", json!({})).await.expect(200);
        acme.admin.put("/v1/webhooks/bank", json!({"name": "Bank"})).await.expect(201);

        let conversation = acme.message("m1", "+380671234567").await;
        let invoke = json!({"record": {"kind": "deal", "id": deal}, "settings": {"text": "hi"}});
        let run = acme.admin.post("/v1/robots/acme.kit/greet/invoke", invoke).await.expect(202);
        let reply = json!({"text": "hello", "user": user});
        let message = acme
            .admin
            .post(&format!("/v1/conversations/{conversation}/reply"), reply)
            .await
            .expect(201);

        let token = acme
            .admin
            .post("/v1/tokens", json!({"name": "t", "role": "service"}))
            .await
            .expect(201);

        api.settle().await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Self {
            deal,
            conversation,
            run: text(&run["id"]),
            delivery: text(&message["delivery"]),
            token: text(&token["id"]),
            user,
        }
    }

    fn ids(&self) -> [&str; 6] {
        [&self.deal, &self.conversation, &self.run, &self.delivery, &self.token, &self.user]
    }

    /// The id of the thing that a route is about; nothing where it is about no tenant's thing.
    fn id_for(&self, path: &str) -> Option<&str> {
        let area = path.split('/').nth(2).unwrap_or_default();

        match area {
            "records" | "events" | "robots" | "templates" => Some(&self.deal),
            "conversations" => Some(&self.conversation),
            "runs" => Some(&self.run),
            "deliveries" => Some(&self.delivery),
            "tokens" => Some(&self.token),
            "calendars" => Some("office"),
            "groups" => Some("roofers"),
            "pipelines" => Some("sales"),
            "automations" => Some("on-paid"),
            "jobs" => Some("resume.sending."),
            "lines" => Some("help"),
            "channels" => Some("chat"),
            "secrets" => Some("signing"),
            "webhooks" => Some("bank"),
            "plugins" | "tenants" | "triggers" | "live" | "ready" | "why" | "history"
            | "notifications" | "kinds" | "sending" | "pauses" => None,
            _ => panic!("teach the probe which thing {path} is about"),
        }
    }
}

/// A body that is right in all but the thing it is about.
fn body_for(route: &Route, id: &str, own_user: &str) -> Option<Value> {
    let record = json!({"kind": "deal", "id": id});
    let body = match (route.method, route.path) {
        ("GET" | "DELETE", _) => return None,
        ("PATCH", _) => json!({"fields": {"title": "x"}}),
        (_, "/v1/records/{kind}") => json!({"fields": {"title": "x", "pipeline": id}}),
        (_, "/v1/records/{kind}/{id}/move") => json!({"stage": "paid"}),
        (_, "/v1/records/{kind}/{id}/merge") => json!({"into": "nothing"}),
        (_, "/v1/templates/preview") => json!({"record": record, "template": "x"}),
        (_, "/v1/conversations/{id}/accept") => json!({"user": own_user}),
        (_, "/v1/conversations/{id}/reply") => json!({"user": own_user, "text": "hi"}),
        (_, "/v1/robots/{plugin}/{robot}/invoke") => {
            json!({"record": record, "settings": {"text": "hi"}})
        }
        (_, "/v1/events") => json!({"kind": "custom.paid", "record": record}),
        (_, "/v1/runs/{id}/rerun") => json!({"step": "invoked"}),
        (_, "/v1/tokens") => json!({"name": "t", "role": "employee", "user": id}),
        ("PUT", "/v1/pipelines/{id}") => {
            json!({"kind": "deal", "name": "S", "stages": [{"id": "new", "name": "New"}]})
        }
        ("PUT", "/v1/lines/{id}" | "/v1/groups/{id}") => json!({"name": "L"}),
        ("PUT", "/v1/channels/{id}") => {
            json!({
                "name": "C", "plugin": "acme.kit", "channel": "json", "settings": {"endpoint": "x"},
            })
        }
        ("PUT", "/v1/automations/{id}") => {
            json!({"kind": "deal", "pipeline": "own", "stage": "new"})
        }
        ("PUT", "/v1/webhooks/{code}") => json!({"name": "W"}),
        ("PUT", "/v1/secrets/{name}") => json!({"value": "v"}),
        _ => json!({}),
    };

    Some(body)
}

/// Status and text of an answer without what names the request and the id that was asked for.
fn without_names(reply: &Reply, id: &str) -> (u16, String) {
    (reply.status, reply.text.replace(reply.header("x-request-id"), "REQUEST").replace(id, "ID"))
}

/// One of two tenants that have the same things of their own, and an employee of theirs. Were they
/// one tenant, what the first request made would change what the second is answered.
async fn prober(api: &Api) -> (Tenancy, String) {
    let tenant = api.tenant("Prober").await;
    tenant.kit().await;

    let pipeline = json!({"kind": "deal", "name": "Own", "stages": [{"id": "new", "name": "New"}]});
    tenant.admin.put("/v1/pipelines/own", pipeline).await.expect(201);

    let user = tenant.user("Nosy").await;
    (tenant, user)
}

async fn ask((tenant, user): &(Tenancy, String), route: &Route, id: &str) -> (u16, String) {
    let path = route
        .path
        .replace("{kind}", "deal")
        .replace("{plugin}", "acme.kit")
        .replace("{robot}", "greet");

    let path = path
        .replace("{id}", id)
        .replace("{name}", id)
        .replace("{number}", "1")
        .replace("{file}", id)
        .replace("{code}", id);

    without_names(&tenant.admin.send(route.method, &path, body_for(route, id, user)).await, id)
}

#[tokio::test]
async fn another_tenants_thing_answers_like_one_that_is_not_there() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;
    let things = Things::of(&api, &acme).await;
    let (nosy, blind) = (prober(&api).await, prober(&api).await);
    let before = acme.admin.get(&format!("/v1/records/deal/{}", things.deal)).await.text;

    let mut probed = 0;
    for route in routes(false)
        .iter()
        .filter(|route| route.access != Access::Open && route.access != Access::Platform)
    {
        let Some(id) = things.id_for(route.path) else { continue };

        let theirs = ask(&nosy, route, id).await;
        let nothing = ask(&blind, route, "0nothing").await;

        assert_eq!(theirs.0, nothing.0, "{route:?}: {theirs:?}");
        // What was really made in the own tenant differs in its ids and nothing else.
        assert!(theirs == nothing || theirs.0 < 300, "{route:?}: {theirs:?} {nothing:?}");
        assert!(theirs.0 < 500, "{route:?}: {theirs:?}");

        probed += 1;
    }

    assert!(probed > 40, "{probed}");
    assert_eq!(acme.admin.get(&format!("/v1/records/deal/{}", things.deal)).await.text, before);
}

#[tokio::test]
async fn lists_show_nothing_of_another_tenant() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;
    let things = Things::of(&api, &acme).await;
    let other = api.tenant("Other").await;

    let lists = routes(false)
        .into_iter()
        .filter(|route| route.method == "GET" && route.access != Access::Open);
    for route in
        lists.filter(|route| route.access != Access::Platform && !route.path.contains("{id}"))
    {
        for kind in ["deal", "user"] {
            let text = other.admin.get(&route.path.replace("{kind}", kind)).await.text;
            let leak =
                things.ids().into_iter().chain([acme.id.as_str()]).find(|id| text.contains(id));
            assert_eq!(leak, None, "{route:?}: {text}");
        }
    }
}

#[tokio::test]
async fn links_to_another_tenants_records_dangle() {
    let api = Api::start().await;
    let (acme, other) = (api.tenant("Acme").await, api.tenant("Other").await);
    acme.pipeline().await;
    other.pipeline().await;
    let foreign = acme.user("Ira").await;

    let fields = json!({"fields": {"title": "Roof", "pipeline": "sales", "responsible": foreign}});
    let refused =
        other.admin.post("/v1/records/deal", fields).await.problem(422, "record.dangling-link");
    assert_eq!(refused["field"], "fields.responsible");

    let fields = json!({"fields": {"title": "Roof", "pipeline": "sales"}, "on_behalf_of": foreign});
    let refused =
        other.admin.post("/v1/records/deal", fields).await.problem(422, "record.dangling-link");
    assert_eq!(refused["field"], "on_behalf_of");
}
