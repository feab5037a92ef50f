//! The robot "get employee" against the mock host.

use stagewright_robot_get_employee::{GetEmployee, catalogue};
use stagewright_sdk::prelude::*;
use stagewright_sdk::test::{MockHost, User};

fn responsible_is(user: User) -> MockHost {
    MockHost::new().user(user).role("responsible", ["u7"])
}

fn anna() -> User {
    User::new("u7")
        .name("Anna Ruiz")
        .position("Manager")
        .department("Sales")
        .supervisor("u1")
        .email("anna@example.com")
}

#[test]
fn whoever_is_responsible_is_read_where_nothing_else_was_chosen() {
    let host = responsible_is(anna().mobile("+15550101").work("+15550100").internal("12"));

    let ran = host.run_saved::<GetEmployee>(&json!({}));

    let expected = json!({
        "id": "u7", "name": "Anna Ruiz", "email": "anna@example.com", "position": "Manager",
        "department": "Sales", "supervisor": "u1", "mobile": "+15550101", "work": "+15550100",
        "internal": "12", "phone": "+15550101",
    });
    assert_eq!(ran.results(), Some(&expected));
}

#[test]
fn an_employee_without_a_phone_is_read_with_an_empty_phone() {
    let ran = responsible_is(anna()).run(&GetEmployee { employee: "responsible".into() });

    assert_eq!(ran.results().unwrap().phone, "");
}

#[test]
fn the_work_number_stands_in_for_a_missing_mobile_number() {
    let ran = responsible_is(anna().work("+15550100"))
        .run(&GetEmployee { employee: "responsible".into() });

    assert_eq!(ran.results().unwrap().phone, "+15550100");
}

#[test]
fn a_certain_employee_can_be_read() {
    let ran = MockHost::new().user(anna()).run(&GetEmployee { employee: "user:u7".into() });

    assert_eq!(ran.results().unwrap().name, "Anna Ruiz");
}

#[test]
fn a_role_that_nobody_holds_is_a_permanent_failure() {
    let ran = MockHost::new().run(&GetEmployee { employee: "responsible".into() });

    let failure = Failure::permanent("nobody", "nobody is responsible").in_setting("employee");
    assert_eq!(ran.failure(), Some(&failure));
}

#[test]
fn a_missing_grant_fails_with_the_hosts_own_code() {
    let ran = responsible_is(anna())
        .deny("directory.read")
        .run(&GetEmployee { employee: "responsible".into() });

    let failure = ran.failure().unwrap();
    assert_eq!((failure.code.as_str(), failure.retryable), ("permission-denied", false));
}

#[test]
fn the_catalogue_lists_every_result() {
    let catalogue = catalogue();

    let keys: Vec<&str> = catalogue["robots"][0]["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["key"].as_str().unwrap())
        .collect();
    let expected = [
        "id",
        "name",
        "email",
        "position",
        "department",
        "supervisor",
        "mobile",
        "work",
        "internal",
        "phone",
    ];
    assert_eq!(keys, expected);
    assert_eq!(catalogue["robots"][0]["settings"][0]["default"], "responsible");
}
