//! `docs/API.md` against the routes there are.

use stagewright_server::http::router::routes;

#[test]
fn the_document_lists_every_route_and_who_may_call_it() {
    let document = include_str!("../../../docs/API.md");
    let documented = document
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` | "))
        .filter(|(route, _)| {
            let (method, path) = route.split_once(' ').unwrap_or_default();
            method.chars().all(|c| c.is_ascii_uppercase()) && path.starts_with('/')
        });
    // Lists and no sets: a route that is there twice is a mistake too.
    let mut documented: Vec<(String, String)> = documented
        .map(|(route, rest)| (route.to_owned(), rest.split(" | ").next().unwrap().to_owned()))
        .collect();

    let routed = routes(true).into_iter();
    let mut routed: Vec<(String, String)> = routed
        .map(|route| {
            (
                format!("{} {}", route.method, route.path),
                format!("{:?}", route.access).to_lowercase(),
            )
        })
        .collect();

    documented.sort();
    routed.sort();
    assert_eq!(documented, routed);
}
