//! The bindings as wit-bindgen makes them, for what the rest of the crate does not cover yet.
//!
//! One world per export, so that a plugin exports exactly what it offers and a bundle may mix
//! robots, triggers and a channel. All imports are in the first; a component keeps only those that
//! it calls.
#![allow(
    unsafe_code,
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    unused_qualifications,
    rustdoc::all,
    clippy::all,
    clippy::allow_attributes,
    clippy::undocumented_unsafe_blocks,
    clippy::multiple_unsafe_ops_per_block,
    reason = "generated code"
)]

wit_bindgen::generate!({
    inline: "
        package stagewright:sdk@0.1.0;
        world imports {
            import stagewright:log/log@0.1.0;
            import stagewright:clock/clock@0.1.0;
            import stagewright:records/read@0.1.0;
            import stagewright:records/observe@0.1.0;
            import stagewright:records/change@0.1.0;
            import stagewright:directory/directory@0.1.0;
            import stagewright:messaging/messaging@0.1.0;
            import stagewright:work/tasks@0.1.0;
            import stagewright:work/activities@0.1.0;
            import stagewright:history/history@0.1.0;
            import stagewright:notify/notify@0.1.0;
            import stagewright:wait/wait@0.1.0;
            import stagewright:http/http@0.1.0;
            import stagewright:calendar/calendar@0.1.0;
            import stagewright:secrets/secret-check@0.1.0;
            import stagewright:channel/settings@0.1.0;
            import stagewright:channel/http@0.1.0;
            import stagewright:plugin/call@0.1.0;
        }
    ",
    path: "../../wit",
    world: "imports",
    generate_all,
});

macro_rules! export_world {
    (
        $module:ident, $world:literal, $wit:literal,
        with: { $($interface:literal: $path:path),* }
    ) => {
        pub mod $module {
            wit_bindgen::generate!({
                inline: $wit,
                path: "../../wit",
                world: $world,
                with: { $($interface: $path),* },
                pub_export_macro: true,
            });
        }
    };
}

// The worlds have names of their own, because the linker joins custom sections of one name.
export_world!(
    describe,
    "describe-export",
    "package stagewright:sdk@0.1.0; world describe-export { export \
     stagewright:plugin/describe@0.1.0; }",
    with: {}
);
export_world!(
    robot,
    "robot-export",
    "package stagewright:sdk@0.1.0; world robot-export { export stagewright:plugin/robot@0.1.0; }",
    with: {
        "stagewright:types/types@0.1.0": crate::raw::stagewright::types::types,
        "stagewright:plugin/call@0.1.0": crate::raw::stagewright::plugin::call
    }
);
export_world!(
    trigger,
    "trigger-export",
    "package stagewright:sdk@0.1.0; world trigger-export { export \
     stagewright:plugin/trigger@0.1.0; }",
    with: {
        "stagewright:types/types@0.1.0": crate::raw::stagewright::types::types,
        "stagewright:plugin/call@0.1.0": crate::raw::stagewright::plugin::call
    }
);
export_world!(
    channel,
    "channel-export",
    "package stagewright:sdk@0.1.0; world channel-export { export \
     stagewright:channel/channel@0.1.0; }",
    with: { "stagewright:channel/http@0.1.0": crate::raw::stagewright::channel::http }
);
