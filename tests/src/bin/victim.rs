//! Does to a folder what a process may do to one, so that the preload shim can be compared with the
//! folder it leaves. The first argument names the folder; the second, `killed`, makes it end
//! without warning.

use std::fs::{self, File, OpenOptions};
use std::io::{IoSlice, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or_else(|| std::io::Error::other("name the folder"))?;
    let folder = Path::new(&folder);
    std::env::set_current_dir(folder)?;

    synced(folder)?;
    unsynced(folder)?;

    if arguments.next().as_deref() == Some("killed") {
        std::process::abort();
    }
    Ok(())
}

/// Survives a power cut as it is.
fn synced(folder: &Path) -> std::io::Result<()> {
    fs::create_dir(folder.join("below"))?;
    let mut file = File::create(folder.join("below/log"))?;
    file.write_all(b"0123456789")?;
    file.seek(SeekFrom::Start(2))?;
    // Both parts fit in one call, which is what is tried here.
    let _written = file.write_vectored(&[IoSlice::new(b"ab"), IoSlice::new(b"cd")])?;
    file.write_at(b"X", 20)?;

    let mut twin = file.try_clone()?;
    twin.write_all(b"ef")?;
    drop(file);
    twin.set_len(15)?;
    twin.sync_data()?;

    // A relative name, and one that is moved into place as careful programs do it.
    fs::write("unfinished", b"whole")?;
    File::open("unfinished")?.sync_all()?;
    fs::rename("unfinished", "finished")?;
    fs::hard_link("finished", "twin")?;
    fs::write("gone", b"soon")?;
    fs::remove_file("gone")?;

    File::open("below")?.sync_all()?;
    File::open(".")?.sync_all()
}

/// Is lost in one.
fn unsynced(folder: &Path) -> std::io::Result<()> {
    let log = OpenOptions::new().append(true).open(folder.join("below/../below/log"))?;
    (&log).write_all(b"tail")?;
    fs::remove_file("twin")?;

    fs::create_dir_all(folder.join("deep/er"))?;
    fs::write(folder.join("deep/er/file"), [1; 5000])?;
    File::open(folder.join("deep/er/file"))?.sync_all()?;

    // The same descriptor numbers and perhaps inodes come again for other files.
    for round in 0..20_u8 {
        fs::write("again", [round])?;
        fs::remove_file("again")?;
    }

    fs::create_dir("short")?;
    fs::write("short/lived", b"x")?;
    fs::remove_dir_all("short")?;

    fs::rename("finished", "deep/moved")?;
    OpenOptions::new().write(true).truncate(true).open("deep/moved")?.write_all(b"w")
}
