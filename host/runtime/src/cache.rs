//! Compiled code, kept between starts of the host.
//!
//! Loading it runs it as native code, so it is trusted only if this host wrote it: its folder is
//! for this user alone, and beside every entry lies its HMAC under a key that lies elsewhere.
//! Whatever is in doubt is compiled anew. An entry is named by everything that the code depends on,
//! and is never written over.
//!
//! **Shape**: `<key>.cwasm`, wasmtime's own format, and `<key>.mac`, 32 bytes.

use std::fmt;
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::hash::{Hash, Hasher};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

use super::engine::REVISION;

/// The key under which entries are authenticated. It must not lie in the cache's folder.
#[derive(Clone, PartialEq, Eq)]
pub struct CacheKey(pub [u8; 32]);

impl fmt::Debug for CacheKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CacheKey(hidden)")
    }
}

/// The folder of compiled code.
#[derive(Debug, Clone)]
pub(super) struct Cache {
    dir: PathBuf,
    key: CacheKey,
}

impl Cache {
    /// Opens the folder, made if needed.
    ///
    /// # Errors
    /// Where it cannot be had for this user alone.
    pub(super) fn open(dir: &Path, key: CacheKey) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
        let (mode, owner) = owned(dir)?;
        if mode & 0o077 != 0 {
            // Fails where the folder is another user's, unless we are root.
            fs::set_permissions(dir, Permissions::from_mode(0o700))?;
        }

        let cache = Self { dir: dir.to_owned(), key };
        if cache.probe_owner()? != owner {
            return Err(io::Error::new(
                io::ErrorKind::PermissionDenied,
                "the folder for compiled code belongs to another user",
            ));
        }
        Ok(cache)
    }

    /// The compiled component with this content hash, if it is there and authentic.
    pub(super) fn get(&self, engine: &Engine, component: &str) -> Option<Component> {
        let name = entry_name(engine, component);
        let mut file = File::open(self.dir.join(format!("{name}.cwasm"))).ok()?;
        let expected = fs::read(self.dir.join(format!("{name}.mac"))).ok()?;

        // Checked before it is mapped, since what is mapped is run as native code.
        if let Err(cause) = self.authenticate(&name, &mut file, &expected) {
            tracing::warn!(
                component, %cause,
                "cached code is not authentic; the component is compiled anew"
            );
            self.remove(&name);
            return None;
        }

        match load(engine, &self.dir.join(format!("{name}.cwasm"))) {
            Ok(component) => Some(component),
            Err(cause) => {
                tracing::warn!(
                    component, %cause,
                    "cached code does not load; the component is compiled anew"
                );
                self.remove(&name);
                None
            }
        }
    }

    /// Keeps compiled code. The code comes first, since an entry without its MAC is no entry.
    ///
    /// # Errors
    /// What the file system says.
    pub(super) fn put(&self, engine: &Engine, component: &str, code: &[u8]) -> io::Result<()> {
        let name = entry_name(engine, component);
        self.write(&format!("{name}.cwasm"), code)?;
        let mac = self.mac(&name)?.chain_update(code).finalize().into_bytes();
        self.write(&format!("{name}.mac"), &mac)?;

        File::open(&self.dir)?.sync_all()
    }

    /// Removes an entry, if it is there.
    pub(super) fn forget(&self, engine: &Engine, component: &str) {
        self.remove(&entry_name(engine, component));
    }

    fn authenticate(&self, name: &str, file: &mut File, expected: &[u8]) -> io::Result<()> {
        let mut mac = self.mac(name)?;
        let mut block = [0; 64 << 10];

        loop {
            let length = file.read(&mut block)?;
            if length == 0 {
                break;
            }
            mac.update(block.get(..length).unwrap_or_default());
        }

        mac.verify_slice(expected).map_err(io::Error::other)
    }

    /// The MAC covers the name, so that no entry passes for another.
    fn mac(&self, name: &str) -> io::Result<Hmac<Sha256>> {
        let mac =
            <Hmac<Sha256> as KeyInit>::new_from_slice(&self.key.0).map_err(io::Error::other)?;
        Ok(mac.chain_update(name))
    }

    /// Writes a file so that it is either there as a whole or not at all. The old file is replaced
    /// and never changed: it may be mapped.
    fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let temporary = self.dir.join(format!("{name}.{}.tmp", std::process::id()));
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&temporary)?;

        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&temporary, self.dir.join(name))
    }

    fn remove(&self, name: &str) {
        // The MAC goes first: without it there is no entry, whatever becomes of the code.
        for ending in ["mac", "cwasm"] {
            match fs::remove_file(self.dir.join(format!("{name}.{ending}"))) {
                Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
                    tracing::warn!(
                        %cause,
                        "an entry of compiled code could not be removed; delete the folder for \
                         compiled code"
                    );
                }
                _ => {}
            }
        }
    }

    /// Who owns what we write.
    fn probe_owner(&self) -> io::Result<u32> {
        let probe = self.dir.join(format!("probe.{}.tmp", std::process::id()));
        let owner = File::create(&probe)?.metadata()?.uid();
        fs::remove_file(&probe)?;
        Ok(owner)
    }
}

fn owned(dir: &Path) -> io::Result<(u32, u32)> {
    let about = fs::symlink_metadata(dir)?;
    if !about.is_dir() {
        return Err(io::Error::new(
            io::ErrorKind::NotADirectory,
            "the place for compiled code is no folder",
        ));
    }
    Ok((about.mode(), about.uid()))
}

/// Everything that compiled code depends on, hashed. Wasmtime's own hash holds its full version,
/// the processor's features and the compiler's settings; its check while loading is content with
/// the same major version, and a repaired compiler would not reach cached code.
fn entry_name(engine: &Engine, component: &str) -> String {
    let mut hash = HashInto(Sha256::new());
    component.hash(&mut hash);
    REVISION.hash(&mut hash);
    engine.precompile_compatibility_hash().hash(&mut hash);
    hex::encode(hash.0.finalize())
}

/// Feeds what Rust hashes into SHA-256: names must not collide by chance or by design.
struct HashInto(Sha256);

impl Hasher for HashInto {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    // Nobody asks for it: the name is made from the whole digest.
    fn finish(&self) -> u64 {
        0
    }
}

/// Maps compiled code, the only place where bytes from disk become code.
#[expect(unsafe_code, reason = "compiled code is loaded only here, after its MAC has been checked")]
fn load(engine: &Engine, file: &Path) -> wasmtime::Result<Component> {
    // SAFETY: the bytes are what `Component::serialize` gave to `Cache::put`: their HMAC was
    // verified just now, under a key that is not in the folder. They do not change while mapped:
    // the folder is this user's alone, and entries are replaced by renaming.
    unsafe { Component::deserialize_file(engine, file) }
}
