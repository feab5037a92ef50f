//! `work.tasks` and `work.activities`.

use crate::bindings::{activities, tasks, types};
use crate::state::CallState;

impl tasks::Host for CallState {
    async fn create(&mut self, task: String) -> wasmtime::Result<Result<String, types::HostError>> {
        self.enter("work.tasks.create")?;
        self.ask(|scope| scope.create_task(&task)).await
    }

    async fn complete(
        &mut self,
        which: String,
    ) -> wasmtime::Result<Result<Vec<String>, types::HostError>> {
        self.enter("work.tasks.complete")?;
        self.ask(|scope| scope.complete_tasks(&which)).await
    }
}

impl activities::Host for CallState {
    async fn schedule(
        &mut self,
        activity: String,
    ) -> wasmtime::Result<Result<String, types::HostError>> {
        self.enter("work.activities.schedule")?;
        self.ask(|scope| scope.schedule(&activity)).await
    }
}
