//! Making, moving and removing names.

use std::ffi::{CStr, c_char};

use libc::{c_int, c_uint, mode_t};

use crate::files::instead_of;
use crate::real;
use crate::record::Record;
use crate::watch::{Watch, watch};

/// Calls, and writes down what happened if it happened. The lock keeps the journal in the order of
/// events.
fn one(
    dir: c_int,
    path: &CStr,
    call: impl FnOnce() -> c_int,
    record: impl FnOnce(&Watch, &str),
) -> c_int {
    let Some((watch, name)) = watch().and_then(|watch| Some((watch, watch.inside(dir, path)?)))
    else {
        return call();
    };

    let _names = watch.names();
    let answer = call();
    if answer == 0 {
        record(watch, &name);
    }
    answer
}

/// The same for two names, of which both or neither must be watched.
fn two(
    from: (c_int, &CStr),
    to: (c_int, &CStr),
    call: impl FnOnce() -> c_int,
    record: impl for<'a> FnOnce(&'a str, &'a str) -> Record<'a>,
) -> c_int {
    let Some(watch) = watch() else { return call() };
    let _names = watch.names();

    let answer = call();
    if answer == 0 {
        match (watch.inside(from.0, from.1), watch.inside(to.0, to.1)) {
            (Some(from), Some(to)) => watch.tell(&record(&from, &to)),
            (None, None) => {}
            _ => watch.unmodelled("a name that moved in or out of the watched folder"),
        }
    }
    answer
}

/// # Safety
/// Both paths must end with a zero byte.
unsafe fn rename_any(
    from: (c_int, *const c_char),
    to: (c_int, *const c_char),
    flags: c_uint,
) -> c_int {
    // SAFETY: the caller's promise.
    let from = (from.0, unsafe { CStr::from_ptr(from.1) });
    // SAFETY: the caller's promise.
    let to = (to.0, unsafe { CStr::from_ptr(to.1) });

    if let Some(watch) = watch()
        .filter(|watch| flags & !libc::RENAME_NOREPLACE != 0 && watch.inside(to.0, to.1).is_some())
    {
        watch.unmodelled("names exchanged");
    }

    two(from, to, || real::renameat2(from, to, flags), |from, to| Record::Rename { from, to })
}

/// # Safety
/// Both paths must end with a zero byte.
unsafe fn link_any(
    from: (c_int, *const c_char),
    to: (c_int, *const c_char),
    flags: c_int,
) -> c_int {
    // SAFETY: the caller's promise.
    let from = (from.0, unsafe { CStr::from_ptr(from.1) });
    // SAFETY: the caller's promise.
    let to = (to.0, unsafe { CStr::from_ptr(to.1) });

    two(from, to, || real::linkat(from, to, flags), |from, to| Record::Link { from, to })
}

/// # Safety
/// The path must end with a zero byte.
unsafe fn remove_any(dir: c_int, path: *const c_char, flags: c_int) -> c_int {
    // SAFETY: the caller's promise.
    let path = unsafe { CStr::from_ptr(path) };

    let is_dir = flags & libc::AT_REMOVEDIR != 0;
    one(
        dir,
        path,
        || real::unlinkat(dir, path, flags),
        |watch, path| {
            watch.tell(&if is_dir { Record::RemoveDir { path } } else { Record::Unlink { path } });
        },
    )
}

/// # Safety
/// The path must end with a zero byte.
unsafe fn make_dir(dir: c_int, path: *const c_char, mode: mode_t) -> c_int {
    // SAFETY: the caller's promise.
    let path = unsafe { CStr::from_ptr(path) };

    if watch().is_some_and(|watch| watch.is_full() && watch.inside(dir, path).is_some()) {
        real::no_space();
        return -1;
    }

    one(
        dir,
        path,
        || real::mkdirat(dir, path, mode),
        |watch, path| watch.tell(&Record::MakeDir { path }),
    )
}

instead_of! {
    rename(from: *const c_char, to: *const c_char) -> c_int {
        // SAFETY: the C library's contract.
        unsafe { rename_any((libc::AT_FDCWD, from), (libc::AT_FDCWD, to), 0) }
    }
    renameat(from_dir: c_int, from: *const c_char, to_dir: c_int, to: *const c_char) -> c_int {
        // SAFETY: the C library's contract.
        unsafe { rename_any((from_dir, from), (to_dir, to), 0) }
    }
    renameat2(
        from_dir: c_int, from: *const c_char, to_dir: c_int, to: *const c_char, flags: c_uint
    ) -> c_int {
        // SAFETY: the C library's contract.
        unsafe { rename_any((from_dir, from), (to_dir, to), flags) }
    }
    link(from: *const c_char, to: *const c_char) -> c_int {
        // SAFETY: the C library's contract.
        unsafe { link_any((libc::AT_FDCWD, from), (libc::AT_FDCWD, to), 0) }
    }
    linkat(
        from_dir: c_int, from: *const c_char, to_dir: c_int, to: *const c_char, flags: c_int
    ) -> c_int {
        // SAFETY: the C library's contract.
        unsafe { link_any((from_dir, from), (to_dir, to), flags) }
    }
    unlink(path: *const c_char) -> c_int {
        // SAFETY: the C library's contract.
        unsafe { remove_any(libc::AT_FDCWD, path, 0) }
    }
    unlinkat(dir: c_int, path: *const c_char, flags: c_int) -> c_int {
        // SAFETY: the C library's contract.
        unsafe { remove_any(dir, path, flags) }
    }
    rmdir(path: *const c_char) -> c_int {
        // SAFETY: the C library's contract.
        unsafe { remove_any(libc::AT_FDCWD, path, libc::AT_REMOVEDIR) }
    }
    mkdir(path: *const c_char, mode: mode_t) -> c_int {
        // SAFETY: the C library's contract.
        unsafe { make_dir(libc::AT_FDCWD, path, mode) }
    }
    mkdirat(dir: c_int, path: *const c_char, mode: mode_t) -> c_int {
        // SAFETY: the C library's contract.
        unsafe { make_dir(dir, path, mode) }
    }
}
