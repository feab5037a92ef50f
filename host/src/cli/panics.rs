//! Panics that are no news.

use stagewright_store::sled::panic_is_caught;

/// Keeps panics quiet that the store catches and tells of as errors; all others are told as ever.
pub(crate) fn quiet_caught_panics() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !panic_is_caught() {
            usual(panic);
        }
    }));
}
