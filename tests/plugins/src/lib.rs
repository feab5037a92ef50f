//! The tests of the first-party robots and triggers, gathered from their folders: one binary is
//! linked in a moment, twenty are not. A plugin's own `cargo test` runs the same file.
#![cfg(test)]
#![expect(clippy::needless_pass_by_value, reason = "tests give JSON away as they write it")]

#[path = "../../../plugins/robot-add-observer/tests/add_observer.rs"]
mod add_observer;
#[path = "../../../plugins/robot-change-responsible/tests/change_responsible.rs"]
mod change_responsible;
#[path = "../../../plugins/robot-change-stage/tests/change_stage.rs"]
mod change_stage;
#[path = "../../../plugins/robot-complete-task/tests/complete_task.rs"]
mod complete_task;
#[path = "../../../plugins/trigger-conversation-accepted/tests/conversation_accepted.rs"]
mod conversation_accepted;
#[path = "../../../plugins/robot-create-task/tests/create_task.rs"]
mod create_task;
#[path = "../../../plugins/trigger-field-changed/tests/field_changed.rs"]
mod field_changed;
#[path = "../../../plugins/robot-get-employee/tests/get_employee.rs"]
mod get_employee;
#[path = "../../../plugins/robot-http-request/tests/http_request.rs"]
mod http_request;
#[path = "../../../plugins/trigger-incoming-webhook/tests/incoming_webhook.rs"]
mod incoming_webhook;
#[path = "../../../plugins/trigger-item-created/tests/item_created.rs"]
mod item_created;
#[path = "../../../plugins/robot-modify-item/tests/modify_item.rs"]
mod modify_item;
#[path = "../../../plugins/trigger-no-activity/tests/no_activity.rs"]
mod no_activity;
#[path = "../../../plugins/robot-notify-supervisor/tests/notify_supervisor.rs"]
mod notify_supervisor;
#[path = "../../../plugins/trigger-responsible-changed/tests/responsible_changed.rs"]
mod responsible_changed;
#[path = "../../../plugins/robot-schedule-activity/tests/schedule_activity.rs"]
mod schedule_activity;
#[path = "../../../plugins/robot-send-message/tests/send_message.rs"]
mod send_message;
#[path = "../../../plugins/robot-send-notification/tests/send_notification.rs"]
mod send_notification;
#[path = "../../../plugins/trigger-task-status/tests/task_status.rs"]
mod task_status;
#[path = "../../../plugins/robot-wait/tests/wait.rs"]
mod wait;
#[path = "../../../plugins/robot-write-history/tests/write_history.rs"]
mod write_history;

#[test]
fn every_robot_and_every_trigger_is_tested_here() {
    let here = include_str!("lib.rs");
    let plugins = concat!(env!("CARGO_MANIFEST_DIR"), "/../../plugins");

    for entry in std::fs::read_dir(plugins).unwrap() {
        let folder = entry.unwrap().file_name().into_string().unwrap();
        let is_here = here.contains(&format!("/{folder}/tests/"));
        // The channels have several files of tests each, and a binary of their own.
        assert!(is_here || folder.starts_with("channel-"), "{folder} is not among these tests");
    }
}
