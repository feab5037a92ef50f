//! Employees of the mock host.

use serde_json::{Value, json};

/// An employee. The id also is his name until another is given.
#[derive(Debug, Clone)]
pub struct User {
    pub(crate) id: String,
    name: String,
    position: String,
    department: String,
    email: String,
    mobile: String,
    work: String,
    internal: String,
    pub(crate) supervisor: String,
}

impl User {
    /// An active employee without phone or department.
    pub fn new(id: impl Into<String>) -> Self {
        let id = id.into();
        let none = String::new();
        Self {
            name: id.clone(),
            position: none.clone(),
            department: none.clone(),
            email: none.clone(),
            mobile: none.clone(),
            work: none.clone(),
            internal: none.clone(),
            supervisor: none,
            id,
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        let phone = if self.mobile.is_empty() { &self.work } else { &self.mobile };
        json!({
            "id": self.id, "name": self.name, "email": self.email, "position": self.position,
            "department": self.department, "department_name": self.department,
            "supervisor": self.supervisor, "mobile": self.mobile, "work": self.work,
            "internal": self.internal, "phone": phone, "time_zone": "UTC", "active": true,
        })
    }
}

macro_rules! with {
    ($($(#[$doc:meta])* $field:ident)*) => {
        impl User {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $field(mut self, value: impl Into<String>) -> Self {
                    self.$field = value.into();
                    self
                }
            )*
        }
    };
}

with! {
    /// His name.
    name
    /// His e-mail address.
    email
    /// His position.
    position
    /// His department's id; the mock uses it as the name too.
    department
    /// His mobile number.
    mobile
    /// His number at work.
    work
    /// His extension.
    internal
    /// Whom he reports to.
    supervisor
}
