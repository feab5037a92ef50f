//! Files that are attached to records.

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use serde::Deserialize;

use stagewright_core::command::attach_files::{NewFile, attach_new, check_name, check_room};
use stagewright_core::limits::FILE_BYTES_MAX;
use stagewright_core::model::record::RecordRef;

use super::view::FileView;
use crate::http::answer::{Answer, Created, Json};
use crate::http::auth::Caller;
use crate::http::body::Nothing;
use crate::http::context::Call;
use crate::http::download::download;
use crate::http::page::{Items, PageQuery};
use crate::http::params::{Asked, Ids};
use crate::http::state::App;
use crate::http::upload;
use crate::service::Wishes;

/// What a file is called.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct FileQuery {
    name: String,
}

/// `POST /v1/records/{kind}/{id}/files`: attaches a file, up to 16 MiB, sent as it is;
/// `Content-Type` says what it is. Its bytes are durable before its row is.
pub(in crate::http) async fn attach_file(
    State(app): App,
    call: Call,
    Ids((kind, id)): Ids<(String, String)>,
    Asked(asked): Asked<FileQuery>,
    headers: HeaderMap,
    body: Body,
) -> Answer<Created<FileView>> {
    let (tenant, record) = (call.caller.tenant(), RecordRef::new(&kind, &id));
    // No bytes are kept for what would be refused.
    // The decision checks all of it again, since the record may change while the bytes come.
    app.service.record(tenant, &record).await?;
    check_name(&asked.name)?;

    // By its key alone: the body, which the receipt names too, has not been read yet.
    let repeated = match call.once(&[]) {
        Some(once) => app.service.was_answered(tenant, &once).await?,
        None => false,
    };
    // A repeated request is answered as it was, also where the file took the last room.
    if !repeated {
        app.service.query(|tx| check_room(tx, tenant, &record)).await?;
    }

    let mime = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("application/octet-stream");
    let kept = upload::keep(&app, body, FILE_BYTES_MAX).await?;

    let new = NewFile {
        name: asked.name,
        mime: mime.chars().take(100).collect(),
        bytes: kept.bytes,
        sha256: kept.sha256,
    };

    // The file's hash stands for the body in the receipt: the body was never in memory as a whole.
    let answer = call.answer(&app, new.sha256.as_bytes(), Wishes::default(), |tx, ctx| {
        Ok(Json::created(&FileView::of(attach_new(tx, ctx, &record, &new)?)))
    });

    Ok(answer.await?.under(&format!("/v1/records/{kind}/{id}/files")))
}

/// `GET /v1/records/{kind}/{id}/files`: lists the files of a record, newest first.
pub(in crate::http) async fn list_files(
    State(app): App,
    caller: Caller,
    Ids((kind, id)): Ids<(String, String)>,
    Asked(asked): Asked<PageQuery>,
) -> Answer<Items<FileView>> {
    let (page, record) = (asked.page()?, RecordRef::new(&kind, &id));
    let found = app.service.record_files(caller.tenant(), &record, &page).await?;

    Ok(Items::new(found.rows.into_iter().map(|(_, file, _)| FileView::of(file)), found.next))
}

/// `GET /v1/records/{kind}/{id}/files/{file}`: answers a file of a record, always as a download.
pub(in crate::http) async fn fetch_file(
    State(app): App,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
    Ids((kind, id, file)): Ids<(String, String, String)>,
) -> Answer {
    let (file, bytes) =
        app.service.fetch_file(caller.tenant(), &RecordRef::new(&kind, &id), &file).await?;
    Ok(download(&file.mime, &file.name, bytes))
}
