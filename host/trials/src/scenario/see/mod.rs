//! Seeing: compares what a step expects with what there is. Seeing changes nothing, so that an
//! inverted expectation can be judged in the same moment.

mod answer;
mod conversation;
mod difference;
mod listed;
mod record;
mod run;
mod sent;
mod why;
mod work;

pub(super) use answer::see_answer;
pub(super) use difference::{Difference, time_of_day};

use super::grammar::Expectation;
use super::world::World;

/// Judges an expectation.
///
/// # Errors
/// What differs, or a sentence about why nothing can be seen, which is no difference.
pub(super) async fn see(
    world: &World,
    expected: &Expectation,
) -> Result<Result<(), Difference>, String> {
    match expected {
        Expectation::Sent(messages) => sent::see(world, messages),
        Expectation::Record(record) => record::see(world, record).await,
        Expectation::Records(records) => listed::see_records(world, records).await,
        Expectation::Run(run) => run::see(world, run).await,
        Expectation::Runs(runs) => run::see_count(world, runs).await,
        Expectation::Decision(decision) => listed::see_decision(world, decision).await,
        Expectation::Timeline(timeline) => listed::see_timeline(world, timeline).await,
        Expectation::Conversation(conversation) => conversation::see(world, conversation).await,
        Expectation::Conversations(conversations) => {
            conversation::see_count(world, conversations).await
        }
        Expectation::Delivery(delivery) => listed::see_delivery(world, delivery).await,
        Expectation::Task(task) => work::see_task(world, task).await,
        Expectation::Activity(activity) => work::see_activity(world, activity).await,
        Expectation::History(history) => work::see_history(world, history).await,
        Expectation::Notification(notification) => {
            work::see_notification(world, notification).await
        }
        Expectation::Why(asked) => why::see(world, asked).await,
    }
}
