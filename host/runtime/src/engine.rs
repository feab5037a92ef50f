//! The wasmtime engine: every number that bounds a guest before its own limits do, and the clock of
//! its epochs.

use std::num::NonZeroUsize;
use std::time::Duration;

use wasmtime::{
    Config, Enabled, Engine, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig,
    WasmBacktraceDetails,
};

/// Part of the compiled-code cache's key: raise it with every change of this file that changes the
/// code or its layout.
pub(super) const REVISION: u32 = 1;

/// How often a running guest is interrupted to let others run and to look at its deadline. A tick
/// costs a guest one branch; 10 ms is well below the shortest deadline anybody sets.
const TICK: Duration = Duration::from_millis(10);

/// Core instances in one component. A robot in Python has 41, one in JavaScript 36 (measured); 32
/// would refuse both.
const CORE_INSTANCES_PER_COMPONENT: u32 = 200;
/// Memories in one component. A robot in JavaScript with stubs for WASI has 3 (measured).
const MEMORIES_PER_COMPONENT: u32 = 4;
/// Tables in one component.
const TABLES_PER_COMPONENT: u32 = 32;
/// The ceiling of one memory, whatever a call's own limit says.
pub(super) const MEMORY_BYTES_MAX: usize = 128 << 20;
/// The ceiling of one table. The largest seen has 7,690 elements (measured, a JavaScript engine).
pub(super) const TABLE_ELEMENTS_MAX: usize = 50_000;
/// Stack of the guest's own frames. Interpreters recurse deeply.
const GUEST_STACK_BYTES: usize = 1 << 20;
/// The whole stack of a call: the guest's frames and 2 MiB for the host functions it calls.
const CALL_STACK_BYTES: usize = 3 << 20;
/// What may stay resident of a memory slot between calls where the system can say which pages a
/// call has written: only these are reset. A call of the first-party robot that adds an observer
/// takes 30 µs with it, and 28 to 31 for anything from 64 KiB to 1 MiB (2 cores, measured by
/// [`super::bench`]).
const MEMORY_KEEP_RESIDENT_BYTES: usize = 256 << 10;
/// The same where it cannot: then the lowest pages are reset whether written or not, and the rest
/// is given back. 38 µs; 54 with 1 MiB.
const MEMORY_KEEP_RESIDENT_BLINDLY_BYTES: usize = 16 << 10;
/// The same for a table. 38 µs become 45 with nothing; more than a page gains nothing.
const TABLE_KEEP_RESIDENT_BYTES: usize = 4 << 10;

/// Makes the engine for at most `calls` calls at once. Where the machine does not let us reserve
/// the address space that pooling wants (about 4 GiB for each memory, under `ulimit -v` for
/// example), instances are allocated one by one, which is slower and otherwise the same.
pub(super) fn build(calls: u32) -> wasmtime::Result<Engine> {
    let mut pooled = config();
    pooled.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(calls)));

    let engine = Engine::new(&pooled).or_else(|cause| {
        tracing::warn!(
            %cause,
            "plugin instances are allocated one by one, as their pool could not be reserved"
        );
        without_pool()
    })?;

    tick(&engine);
    Ok(engine)
}

fn without_pool() -> wasmtime::Result<Engine> {
    let mut config = config();
    config.allocation_strategy(InstanceAllocationStrategy::OnDemand);
    Engine::new(&config)
}

fn config() -> Config {
    let mut config = Config::new();
    config
        .wasm_component_model(true)
        .concurrency_support(false)
        // Fuel bounds how much a guest does, on every machine alike; epochs bound how long it
        // takes.
        .consume_fuel(true)
        .epoch_interruption(true)
        .memory_init_cow(true)
        // CPython's image is 12.3 MiB and SpiderMonkey's 9 MiB (measured); the rest is room for
        // packages.
        .memory_guaranteed_dense_image_size(64 << 20)
        // With all that a 32-bit memory can address reserved, and a guard behind it, compiled code
        // needs no checks of its bounds.
        .memory_reservation(4 << 30)
        .memory_guard_size(32 << 20)
        .cranelift_opt_level(OptLevel::Speed)
        // The same bits on every machine, so that an attempt can be replayed elsewhere.
        .cranelift_nan_canonicalization(true)
        .wasm_relaxed_simd(false)
        .relaxed_simd_deterministic(true)
        .wasm_memory64(false)
        .shared_memory(false)
        .max_wasm_stack(GUEST_STACK_BYTES)
        .async_stack_size(CALL_STACK_BYTES)
        .wasm_backtrace_max_frames(NonZeroUsize::new(32))
        .wasm_backtrace_details(WasmBacktraceDetails::Enable)
        .generate_address_map(true)
        // Nobody unwinds through guests, and registering many modules' tables can take quadratic
        // time.
        .native_unwind_info(false);
    config
}

/// A pool in which `calls` calls fit whatever their components look like, so that a call which has
/// its permit never finds it empty.
fn pool(calls: u32) -> PoolingAllocationConfig {
    let scans = PoolingAllocationConfig::is_pagemap_scan_available();
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(calls)
        .total_stacks(calls)
        .total_core_instances(calls.saturating_mul(CORE_INSTANCES_PER_COMPONENT))
        .total_memories(calls.saturating_mul(MEMORIES_PER_COMPONENT))
        .total_tables(calls.saturating_mul(TABLES_PER_COMPONENT))
        .max_core_instances_per_component(CORE_INSTANCES_PER_COMPONENT)
        .max_memories_per_component(MEMORIES_PER_COMPONENT)
        .max_tables_per_component(TABLES_PER_COMPONENT)
        .max_component_instance_size(8 << 20)
        .max_core_instance_size(4 << 20)
        .max_memories_per_module(2)
        .max_tables_per_module(2)
        .max_memory_size(MEMORY_BYTES_MAX)
        .table_elements(TABLE_ELEMENTS_MAX)
        .max_unused_warm_slots(calls / 2)
        .decommit_batch_size(8)
        .pagemap_scan(if scans { Enabled::Yes } else { Enabled::No })
        .linear_memory_keep_resident(if scans {
            MEMORY_KEEP_RESIDENT_BYTES
        } else {
            MEMORY_KEEP_RESIDENT_BLINDLY_BYTES
        })
        .table_keep_resident(TABLE_KEEP_RESIDENT_BYTES);

    pool
}

/// Advances the epoch until the engine is gone. A thread and not a task: guests may keep every
/// worker busy.
fn tick(engine: &Engine) {
    let engine = engine.weak();
    let ticker = move || {
        while let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
            // Given back before the sleep, so that this thread never keeps the engine alive.
            drop(engine);
            std::thread::park_timeout(TICK);
        }
    };

    let started = std::thread::Builder::new().name("stagewright-epoch".to_owned()).spawn(ticker);
    if let Err(cause) = started {
        // Fuel still ends every guest; only its deadline is watched less closely.
        tracing::error!(%cause, "the epoch thread did not start");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_without_room_for_a_pool_still_has_an_engine() {
        // More address space than any machine of today has.
        assert!(build(u32::MAX).is_ok());
        assert!(without_pool().is_ok());
    }
}
