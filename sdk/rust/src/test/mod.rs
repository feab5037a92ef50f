//! A host for unit tests: no WebAssembly, no server, milliseconds.
//!
//! ```
//! # use stagewright_sdk::prelude::*;
//! # use stagewright_sdk::test::{MockHost, User};
//! # #[derive(Settings)] struct Greet {}
//! # impl Robot for Greet {
//! #     type Results = ();
//! #     const ID: &'static str = "greet";
//! #     const NAME: Text = Text::new("Greet", "Приветствовать", "Привітати");
//! #     const DESCRIPTION: Text = Self::NAME;
//! #     const GROUP: &'static str = "communication";
//! #     fn run(&self, cx: &Run) -> Outcome<()> {
//! #         let responsible = cx.resolve("responsible")?;
//! #         for user in responsible {
//! #             let to = cx.profile(&user)?.phone;
//! #             cx.send(&Message { to, text: "Hello".into(), ..Message::default() })?;
//! #         }
//! #         done(())
//! #     }
//! # }
//! let ran = MockHost::new()
//!     .user(User::new("u1").mobile("+15550100"))
//!     .role("responsible", ["u1"])
//!     .run(&Greet {});
//! assert!(ran.outcome.is_ok());
//! assert_eq!(ran.messages()[0]["to"], "+15550100");
//! ```

mod effect;
mod effects;
mod hmac;
mod host;
pub(crate) mod mock;
mod user;

pub use effect::Effect;
pub use hmac::hmac;
pub use host::{Evaluated, MockHost, Ran};
pub use user::User;
