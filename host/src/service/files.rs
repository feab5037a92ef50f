//! Files that are attached to records: their bytes lie beside the store, named by their content.

use stagewright_core::drive::Failure;
use stagewright_core::id::TenantId;
use stagewright_core::model::file::File;
use stagewright_core::model::record::RecordRef;
use stagewright_core::refusal::{Refusal, RefusalKind};

use super::Service;

impl Service {
    /// Keeps bytes and gives their SHA-256. They are durable when it comes back.
    ///
    /// # Errors
    /// `storage.no-space` where they cannot be written.
    pub async fn keep_file(&self, bytes: impl AsRef<[u8]> + Send + 'static) -> Result<String, Failure> {
        let files = self.files.clone();
        let kept = tokio::task::spawn_blocking(move || files.put(bytes.as_ref())).await;
        kept.map_err(|e| Failure::Stopped(e.to_string()))?.map_err(|e| {
            tracing::error!(error = %e, code = "storage.no-space", "a file could not be written");
            let message = "the file could not be written; make room on the disk and send it again";
            Failure::Refused(Refusal::new(RefusalKind::Unavailable, "storage.no-space", message))
        })
    }

    /// A file that is attached to a record that is there, with its bytes.
    ///
    /// # Errors
    /// `not-found`; `file.damaged` where its bytes are missing or are not what was sent.
    pub async fn fetch_file(&self, tenant: TenantId, record: &RecordRef, id: &str) -> Result<(File, Vec<u8>), Failure> {
        self.record(tenant, record).await?;
        let (file, _) = self.fetch::<File>(&File::key(tenant, id)).await?;
        if !file.on.contains(record) {
            return Err(Failure::Refused(Refusal::not_found("file")));
        }
        let (files, name) = (self.files.clone(), file.sha256.clone());
        let read = tokio::task::spawn_blocking(move || files.get(&name)).await.map_err(|e| Failure::Stopped(e.to_string()))?;
        let message = "the bytes of this file are missing or damaged; put the data folder's backup back, or attach the file again";
        let damaged = || Failure::Refused(Refusal::new(RefusalKind::Unavailable, "file.damaged", message));
        Ok((file, read.ok_or_else(damaged)?))
    }
}
