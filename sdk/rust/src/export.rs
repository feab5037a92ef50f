//! `plugin!`: from a plugin's types to the exports of its component.

/// Writes a panic's message and place into the log, since the trap alone would hide them. Every
/// call is a fresh instance, so every export sets this anew.
#[cfg(target_arch = "wasm32")]
pub fn report_panics() {
    std::panic::set_hook(Box::new(|panic| crate::log::error(panic.to_string())));
}

/// Says what the plugin offers and exports it.
///
/// ```
/// # use stagewright_sdk::prelude::*;
/// # #[derive(Settings)] struct Hello {}
/// # impl Robot for Hello {
/// #     type Results = ();
/// #     const ID: &'static str = "hello";
/// #     const NAME: Text = Text::new("Hello", "Привет", "Привіт");
/// #     const DESCRIPTION: Text = Text::new("Says hello.", "Здоровается.", "Вітається.");
/// #     const GROUP: &'static str = "data";
/// #     fn run(&self, _cx: &Run) -> Outcome<()> { log::info("hello"); done(()) }
/// # }
/// plugin! { robots: [Hello] }
/// # fn main() {}
/// ```
///
/// `robots: [..]`, `triggers: [..]` and `channel: ..` may each be left out, in this order, with
/// commas between them. It also makes a function `catalogue()` for the plugin's own tests.
#[macro_export]
macro_rules! plugin {
    (
        $(robots: [$($robot:ty),+ $(,)?] $(,)?)?
        $(triggers: [$($trigger:ty),+ $(,)?] $(,)?)?
        $(channel: $channel:ty $(,)?)?
    ) => {
        /// What this plugin offers: the answer of `describe`.
        pub fn catalogue() -> $crate::serde_json::Value {
            $crate::Catalogue::default()
                $($(.robot::<$robot>())+)?
                $($(.trigger::<$trigger>())+)?
                $(.channel::<$channel>())?
                .to_json()
        }

        #[cfg(target_arch = "wasm32")]
        const _: () = {
            struct Plugin;
            $crate::__export_describe!(Plugin);
            $($crate::__export_robots!(Plugin, $($robot),+);)?
            $($crate::__export_triggers!(Plugin, $($trigger),+);)?
            $($crate::__export_channel!(Plugin, $channel);)?
        };
    };
}

/// The export that every plugin has.
#[doc(hidden)]
#[macro_export]
macro_rules! __export_describe {
    ($plugin:ident) => {
        impl $crate::raw::describe::exports::stagewright::plugin::describe::Guest for $plugin {
            fn describe() -> String {
                $crate::internal::report_panics();
                catalogue().to_string()
            }
        }
        $crate::raw::describe::export!($plugin with_types_in $crate::raw::describe);
    };
}

/// `robot.run`, dispatched by the offer's id.
#[doc(hidden)]
#[macro_export]
macro_rules! __export_robots {
    ($plugin:ident, $($robot:ty),+) => {
        impl $crate::raw::robot::exports::stagewright::plugin::robot::Guest for $plugin {
            fn run(
                context: $crate::raw::stagewright::plugin::call::Context,
            ) -> Result<
                $crate::raw::robot::exports::stagewright::plugin::robot::Outcome,
                $crate::raw::stagewright::plugin::call::Failure,
            > {
                $crate::internal::report_panics();
                let context = $crate::Context::from(context);
                let outcome = match context.offer.as_str() {
                    $(<$robot as $crate::Robot>::ID => $crate::internal::run::<$robot>(context),)+
                    other => Err($crate::Failure::unknown_offer(other)),
                };
                Ok(outcome?.into())
            }
        }
        $crate::raw::robot::export!($plugin with_types_in $crate::raw::robot);
    };
}

/// `trigger.evaluate`, dispatched by the offer's id.
#[doc(hidden)]
#[macro_export]
macro_rules! __export_triggers {
    ($plugin:ident, $($trigger:ty),+) => {
        impl $crate::raw::trigger::exports::stagewright::plugin::trigger::Guest for $plugin {
            fn evaluate(
                context: $crate::raw::stagewright::plugin::call::Context,
                event: String,
            ) -> Result<
                $crate::raw::trigger::exports::stagewright::plugin::trigger::Verdict,
                $crate::raw::stagewright::plugin::call::Failure,
            > {
                $crate::internal::report_panics();
                let context = $crate::Context::from(context);
                let verdict = match context.offer.as_str() {
                    $(<$trigger as $crate::Trigger>::ID => {
                        $crate::internal::evaluate::<$trigger>(&context, &event)
                    })+
                    other => Err($crate::Failure::unknown_offer(other)),
                };
                Ok(verdict?.into())
            }
        }
        $crate::raw::trigger::export!($plugin with_types_in $crate::raw::trigger);
    };
}

/// The three functions of a channel.
#[doc(hidden)]
#[macro_export]
macro_rules! __export_channel {
    ($plugin:ident, $channel:ty) => {
        impl $crate::raw::channel::exports::stagewright::channel::channel::Guest for $plugin {
            fn authenticate(
                incoming: $crate::raw::stagewright::channel::http::Incoming,
            ) -> $crate::raw::channel::exports::stagewright::channel::channel::Authenticity {
                $crate::internal::report_panics();
                $crate::internal::authenticate::<$channel>(&incoming.into()).into()
            }

            fn receive(
                incoming: $crate::raw::stagewright::channel::http::Incoming,
            ) -> Result<String, String> {
                $crate::internal::report_panics();
                $crate::internal::receive::<$channel>(&incoming.into())
            }

            fn send(
                job: String,
                state: Vec<u8>,
                last_response: Option<$crate::raw::stagewright::channel::http::Response>,
            ) -> Result<
                $crate::raw::channel::exports::stagewright::channel::channel::Step,
                String,
            > {
                $crate::internal::report_panics();
                let last_response = last_response.map($crate::Response::from);
                Ok($crate::internal::send::<$channel>(&job, &state, last_response.as_ref())?.into())
            }
        }
        $crate::raw::channel::export!($plugin with_types_in $crate::raw::channel);
    };
}
