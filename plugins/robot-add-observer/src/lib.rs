//! The robot "add observer": makes an employee, usually the supervisor, watch the item.

use stagewright_sdk::prelude::*;

/// Who shall watch.
#[derive(Debug, Settings)]
pub struct AddObserver {
    /// A role or `user:<id>`, resolved when the robot runs.
    #[setting(kind = "who", default = "supervisor")]
    #[label(en = "Observer", ru = "Наблюдатель", uk = "Спостерігач")]
    #[help(
        en = "A role is looked up when the robot runs.",
        ru = "Роль определяется в момент выполнения робота.",
        uk = "Роль визначається в момент виконання робота."
    )]
    pub observer: String,
}

/// What changed.
#[derive(Debug, PartialEq, Eq, Results)]
pub struct Added {
    /// How many were not observers before.
    #[label(en = "Observers added", ru = "Добавлено наблюдателей", uk = "Додано спостерігачів")]
    pub added: usize,
}

impl Robot for AddObserver {
    type Results = Added;

    const ID: &'static str = "add-observer";
    const NAME: Text = Text::new("Add an observer", "Добавить наблюдателя", "Додати спостерігача");
    const DESCRIPTION: Text = Text::new(
        "Makes an employee an observer of the item, for example the supervisor of whoever is \
         responsible.",
        "Добавляет к элементу наблюдателя, например руководителя ответственного.",
        "Додає до елемента спостерігача, наприклад керівника відповідального.",
    );
    const GROUP: &'static str = "employee-control";

    fn run(&self, cx: &Run) -> Outcome<Added> {
        let users = cx.resolve(&self.observer)?;
        if users.is_empty() {
            return Err(self.nobody());
        }

        let added = cx.add_observers(&users)?;
        if added.is_empty() {
            log::info("already observer");
        }

        done(Added { added: added.len() })
    }
}

impl AddObserver {
    /// Only at the top of the organisation is there no supervisor, and admins look for just these
    /// words.
    fn nobody(&self) -> Failure {
        let failure = match self.observer.as_str() {
            "supervisor" => Failure::permanent("no-supervisor", "no supervisor"),
            role => Failure::permanent("nobody", format!("nobody is {role}")),
        };
        failure.in_setting("observer")
    }
}

plugin! { robots: [AddObserver] }
