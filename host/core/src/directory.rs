//! Employees, departments and roles, as robots and rules ask for them. Everything here is read for
//! advice: a role is resolved when it is needed and may change a moment later.

use crate::schema::built_in;
use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::id::TenantId;
use crate::limits::{DEPARTMENTS_MAX, DEPARTMENTS_READ_MAX};
use crate::model::record::{IndexEntry, Record, RecordRef, by_phone, records_of_kind};
use crate::read::Range;
use crate::refusal::Refusal;
use crate::tx::{Halt, Tx};

/// The users behind `who`, seen from `item`: `responsible`, `supervisor` (of whoever is
/// responsible), `observers`, `author` or `user:<id>`. Empty where nobody holds the role. Observers
/// who were deactivated or deleted since are left out, as they stand in the list until somebody
/// takes them off, and so is an author, whom nobody can take off; whoever is responsible is given
/// as it is, so that one who left is noticed.
///
/// # Errors
/// `directory.unknown-role`, and what reading may say.
pub fn resolve(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    item: Option<&RecordRef>,
    who: &str,
) -> Result<Vec<String>, Halt> {
    if let Some(user) = who.strip_prefix("user:") {
        return Ok(user_record(tx, tenant, user)?.map(|_| user.to_owned()).into_iter().collect());
    }

    let Some(item) = item else {
        return Err(Refusal::invalid(
            "directory.unknown-role",
            "who",
            format!("`{who}` needs an item to be seen from"),
        )
        .into());
    };

    let key = item.key(tenant);
    let Some((record, _)) = tx.peek::<Record>(&key)? else { return Ok(Vec::new()) };
    let responsible = Some(record.text("responsible").to_owned()).filter(|user| !user.is_empty());

    match who {
        "responsible" => Ok(responsible.into_iter().collect()),
        "observers" => active(tx, tenant, record.texts("observers")),
        "author" => active(tx, tenant, vec![record.text("created_by").to_owned()]),
        "supervisor" => match responsible {
            Some(user) => Ok(supervisor_of(tx, tenant, &user)?.into_iter().collect()),
            None => Ok(Vec::new()),
        },
        _ => {
            let message = format!(
                "`{who}` is no role; use responsible, supervisor, observers, author or user:<id>"
            );
            Err(Refusal::invalid("directory.unknown-role", "who", message).into())
        }
    }
}

/// Those of `users` who work here, in order. Asks for all of them at once.
fn active(tx: &Tx<'_>, tenant: TenantId, mut users: Vec<String>) -> Result<Vec<String>, Halt> {
    let key = |user: &String| RecordRef::new(built_in::USER, user).key(tenant);
    tx.want(&users.iter().map(key).collect::<Vec<_>>())?;

    let mut gone = Vec::new();
    for user in &users {
        if !user_record(tx, tenant, user)?.is_some_and(|record| record.is_on("active")) {
            gone.push(user.clone());
        }
    }

    users.retain(|user| !gone.contains(user));
    Ok(users)
}

/// The head of the user's department, or of the next one up where the user is that head or the head
/// is deactivated. A department that was deleted is none, and nothing stands above it.
///
/// # Errors
/// What reading may say.
pub fn supervisor_of(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: &str,
) -> Result<Option<String>, Halt> {
    let Some(record) = user_record(tx, tenant, user)? else { return Ok(None) };

    let mut department = record.text("department").to_owned();
    // Departments may have been set up in a circle; the limit ends the walk there.
    for level in 0..DEPARTMENTS_MAX {
        if department.is_empty() {
            return Ok(None);
        }

        if level == 1 {
            fetch_above(tx, tenant, user, &department)?;
        }

        let key = RecordRef::new(built_in::DEPARTMENT, &department).key(tenant);
        let Some((found, _)) =
            tx.peek::<Record>(&key)?.filter(|(found, _)| found.deleted_at.is_none())
        else {
            return Ok(None);
        };

        let head = found.text("head");
        if !head.is_empty()
            && head != user
            && user_record(tx, tenant, head)?.is_some_and(|head| head.is_on("active"))
        {
            return Ok(Some(head.to_owned()));
        }

        department = found.text("parent").to_owned();
    }
    Ok(None)
}

/// Asks at once for a department, those above it and their heads: an organisation may be deeper
/// than a decision has rounds. Mostly the first department has a head, and nobody gets here.
fn fetch_above(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: &str,
    department: &str,
) -> Result<(), Halt> {
    let mut keys = Vec::new();
    for found in departments_above(tx, tenant, department)? {
        let head = Some(found.text("head")).filter(|head| !head.is_empty() && *head != user);
        keys.extend(head.map(|head| RecordRef::new(built_in::USER, head).key(tenant)));
        keys.push(found.key.key(tenant));
    }

    tx.want(&keys)
}

/// A department and those above it, from below, found in one read of all of them; a circle ends at
/// the limit. For advice: whoever decides on one of them reads its row.
pub(crate) fn departments_above(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    from: &str,
) -> Result<Vec<Record>, Halt> {
    let all = departments(tx, tenant)?;

    let by_id: BTreeMap<&str, &Record> =
        all.iter().map(|record| (record.key.id.as_str(), record)).collect();

    let (mut found, mut next) = (Vec::new(), from);
    while let Some(department) = by_id.get(next).filter(|_| found.len() < DEPARTMENTS_MAX) {
        found.push((*department).clone());
        next = department.text("parent");
    }

    Ok(found)
}

/// The departments that are not deleted, as many as are looked through at once.
pub(crate) fn departments(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Vec<Record>, Halt> {
    let all = tx.range::<Record>(&Range::first(
        records_of_kind(tenant, "department"),
        DEPARTMENTS_READ_MAX,
    ))?;

    Ok(all
        .into_iter()
        .map(|(_, record)| record)
        .filter(|record| record.deleted_at.is_none())
        .collect())
}

/// An employee's profile; what is not known is an empty text.
///
/// # Errors
/// `not-found` for a user who does not exist, and what reading may say.
pub fn profile(tx: &mut Tx<'_>, tenant: TenantId, user: &str) -> Result<Value, Halt> {
    profile_with(tx, tenant, user, Shown { supervisor: true, department: true })
}

/// What of a profile costs more reading than the employee's own row.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    /// `supervisor`.
    pub supervisor: bool,
    /// `department_name`.
    pub department: bool,
}

/// An employee's profile without what need not be shown: that is an empty text.
///
/// # Errors
/// As [`profile`].
pub fn profile_with(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: &str,
    shown: Shown,
) -> Result<Value, Halt> {
    let Some(record) = user_record(tx, tenant, user)? else {
        return Err(Refusal::not_found("employee").into());
    };

    let supervisor = if shown.supervisor {
        supervisor_of(tx, tenant, user)?.unwrap_or_default()
    } else {
        String::new()
    };

    let department = record.text("department");
    let department_name = if department.is_empty() || !shown.department {
        String::new()
    } else {
        let key = RecordRef::new(built_in::DEPARTMENT, department).key(tenant);
        let found = tx.peek::<Record>(&key)?.filter(|(found, _)| found.deleted_at.is_none());
        found.map(|(found, _)| found.text("name").to_owned()).unwrap_or_default()
    };

    let mobile = record.text("mobile");
    let phone = if mobile.is_empty() { record.text("work") } else { mobile };

    Ok(json!({
        "id": user, "name": record.text("name"), "email": record.text("email"),
        "position": record.text("position"), "department": department,
        "department_name": department_name, "supervisor": supervisor, "mobile": mobile,
        "work": record.text("work"), "internal": record.text("internal"), "phone": phone,
        "time_zone": record.text("time_zone"), "active": record.is_on("active"),
    }))
}

/// The active employee with this phone number, if there is one.
///
/// # Errors
/// What reading may say.
pub fn employee_by_phone(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    phone: &str,
) -> Result<Option<String>, Halt> {
    let range = Range::first(by_phone(tenant, built_in::USER, phone), 10);

    for (_, entry) in tx.range::<IndexEntry>(&range)? {
        if user_record(tx, tenant, &entry.id)?.is_some_and(|user| user.is_on("active")) {
            return Ok(Some(entry.id));
        }
    }
    Ok(None)
}

/// The client with this phone number: the one created latest, the higher id winning a tie.
///
/// # Errors
/// What reading may say.
pub fn client_by_phone(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    phone: &str,
) -> Result<Option<String>, Halt> {
    let range = Range::last(by_phone(tenant, built_in::CONTACT, phone), 1);
    Ok(tx.range::<IndexEntry>(&range)?.into_iter().next().map(|(_, entry)| entry.id))
}

/// A user who is not deleted.
///
/// # Errors
/// What reading may say.
pub fn user_record(tx: &Tx<'_>, tenant: TenantId, user: &str) -> Result<Option<Record>, Halt> {
    let key = RecordRef::new(built_in::USER, user).key(tenant);
    Ok(tx
        .peek::<Record>(&key)?
        .map(|(record, _)| record)
        .filter(|record| record.deleted_at.is_none()))
}
