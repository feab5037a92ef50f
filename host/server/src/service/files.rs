//! Files that are attached to records: their bytes lie beside the store, named by their content.

use std::io;

use stagewright_core::drive::Failure;
use stagewright_core::id::TenantId;
use stagewright_core::model::file::File;
use stagewright_core::model::record::{IndexEntry, RecordRef};
use stagewright_core::refusal::{Refusal, RefusalKind};

use super::Service;
use super::queries::{Listed, Order, Page};
use crate::blobs::Unfinished;

/// A file that comes piece by piece: written as it comes, so that it is never in memory as a whole.
#[derive(Debug)]
pub struct Incoming {
    /// Nothing only while a piece is being written.
    unfinished: Option<Unfinished>,
    bytes: u64,
}

/// A file whose bytes are durable.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kept {
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
    /// How many they are.
    pub bytes: u64,
}

impl Incoming {
    /// How much has come so far, in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Writes the next piece.
    ///
    /// # Errors
    /// `storage.no-space` where it cannot be written.
    pub async fn write(&mut self, piece: impl AsRef<[u8]> + Send + 'static) -> Result<(), Failure> {
        self.bytes += piece.as_ref().len() as u64;
        // It is not put back where writing fails, so nobody can finish a file that lacks a piece.
        let Some(mut unfinished) = self.unfinished.take() else { return Err(lost()) };
        let written =
            on_disk(move || unfinished.write(piece.as_ref()).map(|()| unfinished)).await?;
        self.unfinished = Some(written);
        Ok(())
    }

    /// Ends the file. It is durable when this comes back.
    ///
    /// # Errors
    /// As for [`Incoming::write`].
    pub async fn finish(self) -> Result<Kept, Failure> {
        let Some(unfinished) = self.unfinished else { return Err(lost()) };
        let sha256 = on_disk(move || unfinished.finish()).await?;
        Ok(Kept { sha256, bytes: self.bytes })
    }
}

/// An earlier piece could not be written, and somebody went on all the same.
fn lost() -> Failure {
    Failure::Stopped("a piece of a file is missing".to_owned())
}

/// Writes without holding up those who wait for something else.
async fn on_disk<T: Send + 'static>(
    write: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, Failure> {
    let written =
        tokio::task::spawn_blocking(write).await.map_err(|e| Failure::Stopped(e.to_string()))?;

    written.map_err(|e| {
        tracing::error!(error = %e, code = "storage.no-space", "a file could not be written");
        let message = "the file could not be written; make room on the disk and send it again";
        Failure::Refused(Refusal::new(RefusalKind::Unavailable, "storage.no-space", message))
    })
}

impl Service {
    /// Begins a file that comes piece by piece.
    ///
    /// # Errors
    /// `storage.no-space` where it cannot be made.
    pub async fn receive_file(&self) -> Result<Incoming, Failure> {
        let files = self.files.clone();
        let unfinished = on_disk(move || files.begin()).await?;
        Ok(Incoming { unfinished: Some(unfinished), bytes: 0 })
    }

    /// A page of the files that are attached to a record that is there, newest first.
    ///
    /// # Errors
    /// `not-found`.
    pub async fn record_files(
        &self,
        tenant: TenantId,
        record: &RecordRef,
        page: &Page,
    ) -> Result<Listed<File>, Failure> {
        self.record(tenant, record).await?;

        let leads_to = |entry: &IndexEntry| File::key(tenant, &entry.id);
        self.list_indexed(&File::of_record(tenant, record), page, Order::NewestFirst, leads_to)
            .await
    }

    /// A file that is attached to a record that is there, with its bytes.
    ///
    /// # Errors
    /// `not-found`; `file.damaged` where its bytes are missing or are not what was sent.
    pub async fn fetch_file(
        &self,
        tenant: TenantId,
        record: &RecordRef,
        id: &str,
    ) -> Result<(File, Vec<u8>), Failure> {
        self.record(tenant, record).await?;
        let (file, _) = self.fetch::<File>(&File::key(tenant, id)).await?;
        // The id of another record's file opens nothing here.
        if !file.on.contains(record) {
            return Err(Failure::Refused(Refusal::not_found("file")));
        }

        // Reading and hashing up to 16 MiB would hold up all who share this thread.
        let (files, name) = (self.files.clone(), file.sha256.clone());
        let read = tokio::task::spawn_blocking(move || files.get(&name))
            .await
            .map_err(|e| Failure::Stopped(e.to_string()))?;

        let message = "the bytes of this file are missing or damaged; put the data folder's \
            backup back, or attach the file again";
        let damaged =
            || Failure::Refused(Refusal::new(RefusalKind::Unavailable, "file.damaged", message));
        Ok((file, read.ok_or_else(damaged)?))
    }
}
