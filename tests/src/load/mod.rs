//! Load with a memory: clients that note what was acknowledged to them, and check it afterwards.
//!
//! A [`Crew`] works on one host until that is killed. Each of its actors goes from one [`Thing`] to
//! the next: a contact that is created and changed, a deal that robots work on, a chat with a
//! client. What was under way when the host was gone is asked again afterwards, as a client or
//! provider would; then each thing is looked for over the API, whole and once.
//!
//! - `contact`, `deal`, `chat`: what the things do and what must hold for them.
//! - `thing`: one of these, whichever it is.
//! - `desk`, `shift`: how an actor asks the host; what the actors of one crew share.
//! - `item`: what must hold for everything that robots work on.
//! - `ledger`: what must hold for all things together, and for the requests that the provider
//!   received.

mod chat;
mod contact;
mod crew;
mod deal;
mod desk;
mod item;
mod ledger;
mod shift;
mod thing;

pub use crew::Crew;
pub use desk::Gone;
pub use ledger::Ledger;
pub use shift::Shift;
pub use thing::Thing;
