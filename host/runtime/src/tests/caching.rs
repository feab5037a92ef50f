//! Compiled code is kept, and used only if it is ours.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use stagewright_core::call::CallLimits;

use super::guests::{robot, text};
use super::host::{Host, Mood, host, host_at};

fn entries(dir: &Path, ending: &str) -> Vec<PathBuf> {
    let all = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    all.filter(|path| path.extension().is_some_and(|found| found == ending)).collect()
}

/// How often the next host over the same folder fetches the component, which it does only to
/// compile it.
async fn compiles_again(host: &Host, key: [u8; 32]) -> usize {
    let next = host_at(&host.dir, key, Mood::Well);
    assert_eq!(next.code(&robot(text!("nothing"), &[]), CallLimits::ROBOT).await, "ok");

    next.fetched()
}

#[tokio::test]
async fn a_component_is_compiled_once_for_all_starts() {
    let host = host();
    let guest = robot(text!("nothing"), &[]);
    assert_eq!(host.code(&guest, CallLimits::ROBOT).await, "ok");
    assert_eq!(host.fetched(), 1);

    assert_eq!(compiles_again(&host, [7; 32]).await, 0);
}

#[tokio::test]
async fn calls_that_come_at_once_compile_once() {
    let host = host();
    let guest = robot(text!("nothing"), &[]);
    let limits = CallLimits::ROBOT;

    let codes = tokio::join!(
        host.code(&guest, limits),
        host.code(&guest, limits),
        host.code(&guest, limits)
    );

    assert_eq!([codes.0, codes.1, codes.2], ["ok"; 3]);
    assert_eq!(host.fetched(), 1);
}

#[tokio::test]
async fn code_that_somebody_changed_is_compiled_anew() {
    let host = host();
    assert_eq!(host.code(&robot(text!("nothing"), &[]), CallLimits::ROBOT).await, "ok");
    let file = entries(&host.dir, "cwasm").pop().unwrap();
    let mut code = fs::read(&file).unwrap();
    let middle = code.len() / 2;
    code[middle] ^= 1;
    fs::remove_file(&file).unwrap();
    fs::write(&file, code).unwrap();

    assert_eq!(compiles_again(&host, [7; 32]).await, 1);
    assert_eq!(compiles_again(&host, [7; 32]).await, 0);
}

#[tokio::test]
async fn code_without_its_mac_is_compiled_anew() {
    let host = host();
    assert_eq!(host.code(&robot(text!("nothing"), &[]), CallLimits::ROBOT).await, "ok");
    fs::remove_file(entries(&host.dir, "mac").pop().unwrap()).unwrap();

    assert_eq!(compiles_again(&host, [7; 32]).await, 1);
}

#[tokio::test]
async fn code_of_one_component_does_not_pass_for_another() {
    let host = host();
    assert_eq!(host.code(&robot(text!("nothing"), &[]), CallLimits::ROBOT).await, "ok");
    let [nothing] = entries(&host.dir, "cwasm").try_into().unwrap();
    assert_eq!(host.code(&robot(text!("panic"), &[]), CallLimits::ROBOT).await, "plugin.trap");
    let panic = entries(&host.dir, "cwasm").into_iter().find(|path| *path != nothing).unwrap();

    for ending in ["cwasm", "mac"] {
        fs::remove_file(nothing.with_extension(ending)).unwrap();
        fs::copy(panic.with_extension(ending), nothing.with_extension(ending)).unwrap();
    }

    assert_eq!(compiles_again(&host, [7; 32]).await, 1);
}

#[tokio::test]
async fn code_under_another_key_is_compiled_anew() {
    let host = host();
    assert_eq!(host.code(&robot(text!("nothing"), &[]), CallLimits::ROBOT).await, "ok");

    assert_eq!(compiles_again(&host, [8; 32]).await, 1);
}

#[tokio::test]
async fn the_folder_is_its_users_alone() {
    let host = host();
    fs::set_permissions(&host.dir, fs::Permissions::from_mode(0o777)).unwrap();

    assert_eq!(compiles_again(&host, [7; 32]).await, 1);
    assert_eq!(fs::metadata(&host.dir).unwrap().permissions().mode() & 0o777, 0o700);
}
