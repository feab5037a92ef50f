//! One call of a guest from beginning to end: a fresh instance, its limits, its answer. The store
//! is dropped afterwards whatever came of it; nothing of the guest survives.

use std::time::Duration;

use tokio::time::{Instant, timeout};
use wasmtime::component::Instance;
use wasmtime::{Result, Store, UpdateDeadline};

use stagewright_core::call::{CallFailure, CallLimits, LogLine, Usage};
use stagewright_core::scope::Scope;

use super::ask::{Ask, Said};
use super::component::Loaded;
use super::failure::Circumstances;
use super::state::{CallState, Ended};

/// No call lasts longer, whatever its limits say.
const WALL_MAX: Duration = Duration::from_secs(3_600);
/// What a guest may hand over in one host call or as its answer: enough for every log line to be
/// cut rather than refused.
const HANDED_OVER_BYTES_MIN: usize = 4 << 20;
/// Resource handles; the contract has no resources, so none are needed.
const HANDLES_MAX: usize = 1_000;

/// A call to make.
#[derive(Debug)]
pub(super) struct Order {
    /// What is called, for messages: `robot stagewright.add-observer/add-observer`.
    pub(super) title: String,
    pub(super) limits: CallLimits,
    pub(super) ask: Ask,
    pub(super) state: CallState,
}

/// A call that is over.
#[derive(Debug)]
pub(super) struct Finished {
    pub(super) said: Result<Said, CallFailure>,
    pub(super) usage: Usage,
    pub(super) scope: Scope,
    pub(super) log: Vec<LogLine>,
}

impl Finished {
    /// A call that could not even begin, or whose state is lost.
    pub(super) fn without_call(failure: CallFailure, scope: Scope) -> Self {
        Self { said: Err(failure), usage: Usage::default(), scope, log: Vec::new() }
    }
}

/// Makes the call.
pub(super) async fn perform(loaded: &Loaded, order: Order) -> Finished {
    let Order { title, limits, ask, mut state } = order;
    let wall = Duration::from_millis(limits.wall_ms).min(WALL_MAX);
    // The call may have waited for its place since its state was made.
    state.deadline = Instant::now() + wall;
    let mut store = fresh_store(loaded, state, &limits);

    // The timeout ends waiting host calls, the store's deadline ends guests that never wait. Host
    // calls may be dropped half-way: they only read, or record in the scope.
    let answer = timeout(wall, converse(loaded, &mut store, &limits, ask)).await;

    let fuel = limits.fuel.saturating_sub(store.get_fuel().unwrap_or(limits.fuel));
    let state = store.into_data();
    let usage =
        Usage { fuel, memory_bytes: state.allocation.memory.peak, host_calls: state.meter.calls };
    let circumstances = Circumstances { title: &title, limits: &limits, usage, state: &state };

    let said = match answer {
        Err(_elapsed) => Err(circumstances.late()),
        Ok(Err(error)) => Err(circumstances.ended(&error)),
        Ok(Ok(said)) => circumstances.judge(said),
    };

    Finished { said, usage, scope: state.scope, log: state.log.into_lines() }
}

fn fresh_store(loaded: &Loaded, state: CallState, limits: &CallLimits) -> Store<CallState> {
    let deadline = state.deadline;
    let mut store = Store::new(loaded.pre.engine(), state);
    store.limiter(|state| &mut state.allocation);

    let output_bytes = usize::try_from(limits.output_bytes).unwrap_or(usize::MAX);
    store.set_hostcall_fuel(output_bytes.saturating_mul(2).max(HANDED_OVER_BYTES_MIN));
    store.set_max_component_handles(HANDLES_MAX);

    // One tick at a time: at each the deadline is looked at and other guests get their turn.
    store.set_epoch_deadline(1);
    store.epoch_deadline_callback(move |_| {
        Ok(if Instant::now() >= deadline {
            UpdateDeadline::Interrupt
        } else {
            UpdateDeadline::YieldCustom(1, Box::pin(tokio::task::yield_now()))
        })
    });

    store
}

/// Brings an instance up and asks it.
async fn converse(
    loaded: &Loaded,
    store: &mut Store<CallState>,
    limits: &CallLimits,
    ask: Ask,
) -> Result<Said> {
    // Before the instance is made, since making it runs code of the guest already.
    store.set_fuel(limits.fuel)?;
    let instance = loaded.pre.instantiate_async(&mut *store).await?;

    match ask {
        Ask::Nothing => Ok(Said::Nothing),
        Ask::Describe => {
            let guest = loaded
                .describe
                .as_ref()
                .ok_or(Ended::NoExport("describe"))?
                .load(&mut *store, &instance)?;
            Ok(Said::Catalogues(
                guest.call_describe(&mut *store).await?,
                guest.call_describe(store).await?,
            ))
        }

        Ask::Robot(context) => {
            let guest = loaded
                .robot
                .as_ref()
                .ok_or(Ended::NoExport("robot"))?
                .load(&mut *store, &instance)?;
            Ok(guest.call_run(store, &context).await?.map_or_else(Said::Failure, Said::Robot))
        }

        Ask::Trigger(context, event) => {
            let guest = loaded
                .trigger
                .as_ref()
                .ok_or(Ended::NoExport("trigger"))?
                .load(&mut *store, &instance)?;
            Ok(guest
                .call_evaluate(store, &context, &event)
                .await?
                .map_or_else(Said::Failure, Said::Trigger))
        }

        Ask::Authenticate(_) | Ask::Receive(_) | Ask::Send { .. } => {
            ask_channel(loaded, store, &instance, ask).await
        }
    }
}

async fn ask_channel(
    loaded: &Loaded,
    store: &mut Store<CallState>,
    instance: &Instance,
    ask: Ask,
) -> Result<Said> {
    let guest =
        loaded.channel.as_ref().ok_or(Ended::NoExport("channel"))?.load(&mut *store, instance)?;

    match ask {
        Ask::Authenticate(incoming) => {
            guest.call_authenticate(store, &incoming).await.map(Said::Authenticity)
        }
        Ask::Receive(incoming) => guest.call_receive(store, &incoming).await.map(Said::Events),
        Ask::Send { job, state, last_response } => {
            guest.call_send(store, &job, &state, last_response.as_ref()).await.map(Said::Step)
        }
        Ask::Nothing | Ask::Describe | Ask::Robot(_) | Ask::Trigger(..) => Ok(Said::Nothing),
    }
}
