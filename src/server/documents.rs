//! The page of a document that is printed: rendered here alone, with no browser half.

use axum::{
    extract::{Path, Query, Request, State},
    response::{Html, IntoResponse as _, Response},
};

use super::{app::App, pages, security::CspNonce, site::SITE};
use crate::{
    api::{process_moves::documents::printable, request::preferred_locale},
    domain::id::DatasheetId,
    error::Error,
    i18n::Locale,
    ui::document_page::document_page,
};

/// In which language.
#[derive(Debug, serde::Deserialize)]
pub struct Wanted {
    lang: Option<String>,
}

/// `GET /documents/{datasheet}`: who may see the datasheet may see its document. Who is not signed in was led to the sign-in
/// page before.
pub async fn page(
    State(app): State<App>,
    Path(datasheet): Path<String>,
    Query(wanted): Query<Wanted>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let found = match datasheet.parse::<DatasheetId>() {
        Ok(datasheet) => printable(&app.host, &parts, datasheet).await,
        Err(_) => Err(Error::NotFound),
    };
    let (printable, own) = match found {
        Ok(found) => found,
        Err(Error::NotFound | Error::SignInNeeded) => {
            return pages::not_found(Request::from_parts(parts, body)).await;
        }
        Err(error) => return pages::refusal(&error, &parts.headers, &parts.extensions),
    };
    let locale = wanted.lang.as_deref().and_then(Locale::parse).or(own);
    let locale = locale.unwrap_or_else(|| preferred_locale(&parts.headers));
    let nonce = parts.extensions.get::<CspNonce>().map_or("", |nonce| nonce.0.as_str());
    Html(document_page(&printable, locale, &SITE.url("css"), nonce)).into_response()
}
