//! The robot "get employee": reads an employee's profile, so that later robots can insert it, for
//! example the phone number.

use stagewright_sdk::Profile;
use stagewright_sdk::prelude::*;

/// Whom to read.
#[derive(Debug, Settings)]
pub struct GetEmployee {
    /// A role or `user:<id>`. Roles are resolved when the robot runs, so whoever is responsible by
    /// then is read.
    #[setting(kind = "who", default = "responsible")]
    #[label(en = "Employee", ru = "Сотрудник", uk = "Співробітник")]
    #[help(
        en = "A role is looked up when the robot runs.",
        ru = "Роль определяется в момент выполнения робота.",
        uk = "Роль визначається в момент виконання робота."
    )]
    pub employee: String,
}

/// The profile. What is not known is empty.
#[derive(Debug, PartialEq, Eq, Results)]
#[expect(missing_docs, reason = "the labels say what the fields are")]
pub struct Employee {
    #[result(kind = "user")]
    #[label(en = "Employee", ru = "Сотрудник", uk = "Співробітник")]
    pub id: String,
    #[label(en = "Name", ru = "Имя", uk = "Ім’я")]
    pub name: String,
    #[label(en = "E-mail", ru = "E-mail", uk = "E-mail")]
    pub email: String,
    #[label(en = "Position", ru = "Должность", uk = "Посада")]
    pub position: String,
    #[label(en = "Department", ru = "Отдел", uk = "Відділ")]
    pub department: String,
    #[result(kind = "user")]
    #[label(en = "Supervisor", ru = "Руководитель", uk = "Керівник")]
    pub supervisor: String,
    #[label(en = "Mobile phone", ru = "Мобильный телефон", uk = "Мобільний телефон")]
    pub mobile: String,
    #[label(en = "Work phone", ru = "Рабочий телефон", uk = "Робочий телефон")]
    pub work: String,
    #[label(en = "Internal phone", ru = "Внутренний телефон", uk = "Внутрішній телефон")]
    pub internal: String,
    #[label(
        en = "Phone (mobile, else work)",
        ru = "Телефон (мобильный, иначе рабочий)",
        uk = "Телефон (мобільний, інакше робочий)"
    )]
    pub phone: String,
}

impl Robot for GetEmployee {
    type Results = Employee;

    const ID: &'static str = "get-employee";
    const NAME: Text = Text::new(
        "Get employee information",
        "Получить информацию о сотруднике",
        "Отримати інформацію про співробітника",
    );
    const DESCRIPTION: Text = Text::new(
        "Reads an employee's profile. Later robots can insert the name, the phone numbers and the \
         rest.",
        "Читает профиль сотрудника. Следующие роботы могут вставить имя, телефоны и другие данные.",
        "Читає профіль співробітника. Наступні роботи можуть вставити ім’я, телефони та інші дані.",
    );
    const GROUP: &'static str = "data";

    fn run(&self, cx: &Run) -> Outcome<Employee> {
        let holders = cx.resolve(&self.employee)?;
        let Some(user) = holders.first() else {
            let message = format!("nobody is {}", self.employee);
            return Err(Failure::permanent("nobody", message).in_setting("employee"));
        };

        done(cx.profile(user)?.into())
    }
}

impl From<Profile> for Employee {
    fn from(profile: Profile) -> Self {
        // People read the department in a message, so its name is the better value where there is
        // one.
        let department = if profile.department_name.is_empty() {
            profile.department
        } else {
            profile.department_name
        };

        Self {
            id: profile.id,
            name: profile.name,
            email: profile.email,
            position: profile.position,
            department,
            supervisor: profile.supervisor,
            mobile: profile.mobile,
            work: profile.work,
            internal: profile.internal,
            phone: profile.phone,
        }
    }
}

plugin! { robots: [GetEmployee] }
