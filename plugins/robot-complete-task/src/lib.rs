//! The robot "complete tasks": completes what other robots gave people to do for the item, for
//! example once it is won.

use stagewright_sdk::prelude::*;

/// Which tasks.
#[derive(Debug, Settings)]
pub struct CompleteTask {
    /// The pipeline in which they were made.
    #[setting(kind = "pipeline")]
    #[label(en = "Pipeline", ru = "Воронка", uk = "Воронка")]
    #[help(en = "Empty: any.", ru = "Пусто: любая.", uk = "Порожньо: будь-яка.")]
    pub pipeline: Option<String>,
    /// The stages at which they were made.
    #[setting(kind = "stage")]
    #[label(en = "Stages", ru = "Стадии", uk = "Стадії")]
    #[help(
        en = "Tasks made at these stages; empty: at any.",
        ru = "Задачи, созданные на этих стадиях; пусто: на любых.",
        uk = "Завдання, створені на цих стадіях; порожньо: на будь-яких."
    )]
    pub stages: Vec<String>,
}

/// What was completed.
#[derive(Debug, PartialEq, Eq, Results)]
pub struct Completed {
    /// How many tasks.
    #[label(en = "Tasks completed", ru = "Завершено задач", uk = "Завершено завдань")]
    pub completed: usize,
    /// Their ids.
    #[label(en = "Tasks", ru = "Задачи", uk = "Завдання")]
    pub tasks: Vec<String>,
}

impl Robot for CompleteTask {
    type Results = Completed;

    const ID: &'static str = "complete-task";
    const NAME: Text = Text::new("Complete tasks", "Завершить задачи", "Завершити завдання");
    const DESCRIPTION: Text = Text::new(
        "Completes the tasks of the item that other robots made. Tasks that people made stay as \
         they are.",
        "Завершает задачи элемента, созданные другими роботами. Задачи, созданные людьми, \
         остаются.",
        "Завершує завдання елемента, створені іншими роботами. Завдання, створені людьми, \
         лишаються.",
    );
    const GROUP: &'static str = "employee-control";

    fn run(&self, cx: &Run) -> Outcome<Completed> {
        let tasks = cx.complete_tasks(&MadeTasks {
            pipeline: self.pipeline.clone(),
            stages: self.stages.clone(),
        })?;
        done(Completed { completed: tasks.len(), tasks })
    }
}

plugin! { robots: [CompleteTask] }
