//! What may be installed, and what is said where it may not.

use serde_json::json;

use super::guests::{Guest, component, describing, robot, text};
use super::host::host;
use crate::{Exports, Prepared};

async fn prepare(guest: &Guest) -> Result<Prepared, (&'static str, String)> {
    host()
        .runtime
        .prepare(&guest.hash, guest.bytes.clone())
        .await
        .map_err(|refused| (refused.code, refused.message))
}

async fn refusal(guest: &Guest) -> (&'static str, String) {
    prepare(guest).await.unwrap_err()
}

#[tokio::test]
async fn a_good_component_is_described_with_what_it_imports() {
    let prepared = prepare(&robot(text!("nothing"), &[])).await.unwrap();

    assert_eq!(prepared.catalogue, json!({"robots": []}));
    assert_eq!(prepared.exports, Exports { robot: true, trigger: true, channel: false });
    assert_eq!(
        prepared.imports,
        [
            "stagewright:clock/clock@0.1.0#now",
            "stagewright:clock/clock@0.1.0#random-u64",
            "stagewright:log/log@0.1.0#write",
            "stagewright:records/observe@0.1.0#add-observers",
            "stagewright:records/read@0.1.0#get",
        ]
    );
}

#[tokio::test]
async fn a_channel_is_prepared_too() {
    let prepared = prepare(&component(text!("channel"))).await.unwrap();
    assert_eq!(prepared.exports, Exports { robot: false, trigger: false, channel: true });
}

#[tokio::test]
async fn a_prepared_component_is_loaded() {
    let host = host();
    let guest = robot(text!("nothing"), &[]);
    host.runtime.prepare(&guest.hash, guest.bytes.clone()).await.unwrap();

    assert!(host.run(&guest).await.outcome.is_ok());
    assert_eq!(host.fetched(), 0);
}

#[tokio::test]
async fn a_core_module_is_told_to_become_a_component() {
    let (code, message) = refusal(&component("(module)")).await;

    assert_eq!(code, "install.core-module");
    assert!(message.contains("plugin build"), "{message}");
}

#[tokio::test]
async fn compiled_code_is_refused_unread() {
    let engine = wasmtime::Engine::default();
    let compiled = wasmtime::component::Component::new(&engine, component(text!("mute")).bytes)
        .unwrap()
        .serialize()
        .unwrap();

    assert_eq!(refusal(&Guest::new(compiled)).await.0, "install.precompiled");
}

#[tokio::test]
async fn bytes_that_are_no_webassembly_are_refused() {
    for bytes in [Vec::new(), b"\0as".to_vec(), b"PK\x03\x04".to_vec(), b"(component)".to_vec()] {
        assert_eq!(refusal(&Guest::new(bytes)).await.0, "install.not-wasm");
    }
}

#[tokio::test]
async fn a_broken_component_is_refused() {
    let mut cut = robot(text!("nothing"), &[]).bytes;
    cut.truncate(cut.len() / 2);

    assert_eq!(refusal(&Guest::new(cut)).await.0, "install.invalid");
}

#[tokio::test]
async fn bytes_under_another_hash_are_refused() {
    let guest = Guest { hash: "0".repeat(64), ..robot(text!("nothing"), &[]) };
    assert_eq!(refusal(&guest).await.0, "install.hash");
}

#[tokio::test]
async fn a_foreign_import_is_named() {
    let (code, message) = refusal(&component(text!("wasi"))).await;

    assert_eq!(code, "install.foreign-import");
    assert!(message.contains("`wasi:cli/exit@0.2.0`"), "{message}");
}

#[tokio::test]
async fn an_import_of_another_line_of_the_contract_is_foreign() {
    let other =
        r#"(component (import "stagewright:log/log@0.2.0" (instance (export "write" (func)))))"#;
    assert_eq!(refusal(&component(other)).await.0, "install.foreign-import");
}

#[tokio::test]
async fn a_function_that_this_host_does_not_have_yet_asks_for_a_newer_host() {
    let newer =
        r#"(component (import "stagewright:log/log@0.1.9" (instance (export "flush" (func)))))"#;
    let (code, message) = refusal(&component(newer)).await;

    assert_eq!(code, "install.newer-contract");
    assert!(message.contains("flush"), "{message}");
}

#[tokio::test]
async fn a_later_patch_of_the_contract_is_no_obstacle() {
    let later = text!("frame")
        .replace("log@0.1.0", "log@0.1.9")
        .replace("{{describe}}", "libc")
        .replace("{{guest}}", text!("nothing"));

    assert!(prepare(&component(&later)).await.is_ok());
}

#[tokio::test]
async fn a_refused_component_leaves_no_code_behind() {
    let host = host();
    let guest = component(text!("wasi"));
    assert!(host.runtime.prepare(&guest.hash, guest.bytes.clone()).await.is_err());

    assert_eq!(std::fs::read_dir(&host.dir).unwrap().count(), 0);
}

#[tokio::test]
async fn a_component_without_describe_is_refused() {
    assert_eq!(refusal(&component(text!("mute"))).await.0, "install.no-describe");
}

#[tokio::test]
async fn a_component_with_nothing_to_call_is_refused() {
    assert_eq!(refusal(&component(text!("idle"))).await.0, "install.no-export");
}

#[tokio::test]
async fn a_catalogue_that_differs_between_two_calls_is_refused() {
    assert_eq!(
        refusal(&describing(text!("describe-differs"), "")).await.0,
        "install.describe-differs"
    );
}

#[tokio::test]
async fn a_catalogue_that_is_no_json_object_is_refused() {
    assert_eq!(
        refusal(&describing(text!("describe"), "{\"robots\":")).await.0,
        "install.describe-invalid"
    );
    assert_eq!(refusal(&describing(text!("describe"), "[]")).await.0, "install.describe-invalid");
    assert!(prepare(&describing(text!("describe"), "{\"robots\":[]}")).await.is_ok());
}

#[tokio::test]
async fn a_catalogue_that_asks_the_host_is_refused_with_the_functions_name() {
    let (code, message) = refusal(&describing(text!("describe-asks"), "")).await;

    assert_eq!(code, "install.describe-failed");
    assert!(message.contains("clock@0.1.0#random-u64"), "{message}");
}

#[tokio::test]
async fn a_component_that_needs_more_than_a_robot_gets_is_told_which_limit() {
    // 65 MiB from the start, where a robot gets 64.
    let (code, message) =
        refusal(&robot(text!("memories"), &[("first", 1_040), ("more", 0)])).await;

    assert_eq!(code, "install.limit");
    assert!(message.contains("limit.memory"), "{message}");
}

#[tokio::test]
async fn a_component_over_the_engines_ceiling_is_told_the_number() {
    let (code, message) =
        refusal(&robot(text!("memories"), &[("first", 2_049), ("more", 0)])).await;

    assert_eq!(code, "install.invalid");
    assert!(message.contains("memory") && message.contains("limit"), "{message}");
}
