//! Ways to write that the rig has no model of: they work as ever, and the rig hears of them and
//! refuses to judge.

use std::ffi::{CStr, c_char, c_void};

use libc::{c_int, c_long, c_uint, off_t, size_t, ssize_t};

use crate::files::instead_of;
use crate::watch::watch;

fn say(fd: c_int, what: &str) {
    if let Some(watch) = watch().filter(|watch| watch.node(fd).is_some()) {
        watch.unmodelled(what);
    }
}

fn answer(answer: c_long) -> c_int {
    c_int::try_from(answer).unwrap_or(-1)
}

/// Maps memory; a shared mapping that can be written changes the file behind everybody's back.
///
/// # Safety
/// As `mmap`.
unsafe fn map(
    at: *mut c_void,
    len: size_t,
    protection: c_int,
    flags: c_int,
    fd: c_int,
    offset: off_t,
) -> *mut c_void {
    if flags & libc::MAP_SHARED != 0 && protection & libc::PROT_WRITE != 0 {
        say(fd, "a writable mapping");
    }

    // SAFETY: the caller's promise.
    let mapped = unsafe { libc::syscall(libc::SYS_mmap, at, len, protection, flags, fd, offset) };
    usize::try_from(mapped).map_or(libc::MAP_FAILED, std::ptr::with_exposed_provenance_mut)
}

instead_of! {
    mmap(
        at: *mut c_void, len: size_t, protection: c_int, flags: c_int, fd: c_int, offset: off_t
    ) -> *mut c_void {
        // SAFETY: the C library's contract.
        unsafe { map(at, len, protection, flags, fd, offset) }
    }
    mmap64(
        at: *mut c_void, len: size_t, protection: c_int, flags: c_int, fd: c_int, offset: off_t
    ) -> *mut c_void {
        // SAFETY: the C library's contract.
        unsafe { map(at, len, protection, flags, fd, offset) }
    }
    copy_file_range(
        from: c_int, from_at: *mut off_t, to: c_int, to_at: *mut off_t, len: size_t, flags: c_uint
    ) -> ssize_t {
        say(to, "copy_file_range");
        // SAFETY: the C library's contract.
        let copied = unsafe {
            libc::syscall(libc::SYS_copy_file_range, from, from_at, to, to_at, len, flags)
        };
        ssize_t::try_from(copied).unwrap_or(-1)
    }
    sendfile(to: c_int, from: c_int, offset: *mut off_t, count: size_t) -> ssize_t {
        say(to, "sendfile");
        // SAFETY: the C library's contract.
        let sent = unsafe { libc::syscall(libc::SYS_sendfile, to, from, offset, count) };
        ssize_t::try_from(sent).unwrap_or(-1)
    }
    sendfile64(to: c_int, from: c_int, offset: *mut off_t, count: size_t) -> ssize_t {
        // SAFETY: the C library's contract.
        unsafe { sendfile(to, from, offset, count) }
    }
    splice(
        from: c_int, from_at: *mut off_t, to: c_int, to_at: *mut off_t, len: size_t, flags: c_uint
    ) -> ssize_t {
        say(to, "splice");
        // SAFETY: the C library's contract.
        let moved = unsafe {
            libc::syscall(libc::SYS_splice, from, from_at, to, to_at, len, flags)
        };
        ssize_t::try_from(moved).unwrap_or(-1)
    }
    fallocate(fd: c_int, mode: c_int, offset: off_t, len: off_t) -> c_int {
        say(fd, "fallocate");
        // SAFETY: the C library's contract.
        answer(unsafe { libc::syscall(libc::SYS_fallocate, fd, mode, offset, len) })
    }
    fallocate64(fd: c_int, mode: c_int, offset: off_t, len: off_t) -> c_int {
        // SAFETY: the C library's contract.
        unsafe { fallocate(fd, mode, offset, len) }
    }
    truncate(path: *const c_char, len: off_t) -> c_int {
        // SAFETY: the C library's contract.
        let name = unsafe { CStr::from_ptr(path) };
        if let Some(watch) = watch().filter(|watch| watch.inside(libc::AT_FDCWD, name).is_some()) {
            watch.unmodelled("truncate by name");
        }
        // SAFETY: the C library's contract.
        answer(unsafe { libc::syscall(libc::SYS_truncate, path, len) })
    }
    symlink(leads_to: *const c_char, path: *const c_char) -> c_int {
        // SAFETY: the C library's contract.
        let name = unsafe { CStr::from_ptr(path) };
        if let Some(watch) = watch().filter(|watch| watch.inside(libc::AT_FDCWD, name).is_some()) {
            watch.unmodelled("a symbolic link");
        }
        // SAFETY: the C library's contract.
        answer(unsafe { libc::syscall(libc::SYS_symlinkat, leads_to, libc::AT_FDCWD, path) })
    }
    syncfs(fd: c_int) -> c_int {
        say(fd, "syncfs");
        // SAFETY: takes no memory.
        answer(unsafe { libc::syscall(libc::SYS_syncfs, fd) })
    }
}
