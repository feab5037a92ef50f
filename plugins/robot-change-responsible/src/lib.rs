//! The robot "change the responsible employee": makes one of several employees responsible for the
//! item.

use stagewright_sdk::prelude::*;

/// Whom to choose from, and how.
#[derive(Debug, Settings)]
pub struct ChangeResponsible {
    /// Roles and users, resolved when the robot runs.
    #[setting(kind = "who", required)]
    #[label(en = "Employees", ru = "Сотрудники", uk = "Співробітники")]
    pub users: Vec<String>,
    /// How one of them is chosen.
    #[setting(kind = "choice", default = "in_order")]
    #[label(en = "How to choose", ru = "Способ выбора", uk = "Спосіб вибору")]
    #[choice(
        value = "first_available",
        en = "The first who works now",
        ru = "Первый, кто сейчас работает",
        uk = "Перший, хто зараз працює"
    )]
    #[choice(value = "in_order", en = "Each in turn", ru = "По очереди", uk = "По черзі")]
    #[choice(value = "random", en = "At random", ru = "Случайно", uk = "Випадково")]
    pub how: String,
    /// Whether those who are away are passed over.
    #[setting(default = true)]
    #[label(
        en = "Skip who is absent",
        ru = "Пропускать отсутствующих",
        uk = "Пропускати відсутніх"
    )]
    pub skip_absent: bool,
}

/// Who it is now.
#[derive(Debug, PartialEq, Eq, Results)]
pub struct Assigned {
    /// The employee.
    #[result(kind = "user")]
    #[label(en = "Responsible", ru = "Ответственный", uk = "Відповідальний")]
    pub responsible: String,
}

impl Robot for ChangeResponsible {
    type Results = Assigned;

    const ID: &'static str = "change-responsible";
    const NAME: Text = Text::new(
        "Change the responsible employee",
        "Сменить ответственного",
        "Змінити відповідального",
    );
    const DESCRIPTION: Text = Text::new(
        "Makes one of several employees responsible for the item: the first who works now, each \
         in turn, or at random.",
        "Назначает ответственным одного из сотрудников: первого, кто сейчас работает, по очереди \
         или случайно.",
        "Призначає відповідальним одного зі співробітників: першого, хто зараз працює, по черзі \
         або випадково.",
    );
    const GROUP: &'static str = "employee-control";

    fn run(&self, cx: &Run) -> Outcome<Assigned> {
        let users = cx.resolve_all(&self.users)?;
        if users.is_empty() {
            return Err(Failure::nobody(&self.users.join(", ")).in_setting("users"));
        }

        let choice = Assignment { users, how: self.how.clone(), skip_absent: self.skip_absent };
        done(Assigned { responsible: cx.assign(&choice)? })
    }
}

plugin! { robots: [ChangeResponsible] }
