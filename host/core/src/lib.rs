//! The rules of Stagewright as pure functions and values, and the seams to the world.
//!
//! Nothing here knows of HTTP, WebAssembly, a database, the clock or chance. A command is decided
//! by a function over what has been read ([`tx`]) and comes out as a value ([`commit`]) that some
//! [`seams::Store`] applies. Start with [`command`] for what can be done, [`model`] for what is
//! kept, [`tx`] for how a decision is made.
#![cfg_attr(
    test,
    expect(clippy::needless_pass_by_value, reason = "tests give JSON away as they write it")
)]
#![forbid(unsafe_code)]

pub mod call;
pub mod command;
pub mod commit;
pub mod condition;
pub mod context;
pub mod decimal;
pub mod directory;
pub mod doubles;
pub mod drive;
pub mod exchange;
pub mod id;
pub mod key;
pub mod limits;
mod memo;
pub mod model;
pub mod outside;
pub mod overtaken;
pub mod phone;
pub mod read;
pub mod refusal;
pub mod row;
pub mod schema;
pub mod scope;
pub mod seams;
pub mod settings;
pub mod template;
pub mod time;
pub mod tx;
pub mod vocabulary;
pub mod why;
pub mod working_time;
