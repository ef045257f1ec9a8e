//! `/v1/sessions`: the end of a session's tokens.

use super::app::App;
use super::problem::Problem;
use super::sender::Sender;
use super::wire;
use crate::base::code;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// End a session: its values are erased, and its tokens can be turned back by nobody any more.
///
/// The tenant is that of the header `dlp-lineage`. A session that is not there, or of another tenant, is no mistake: then nothing is erased.
#[utoipa::path(
    delete, path = "/v1/sessions/{id}", tag = "inspect",
    params(("id" = String, Path, description = "Name of the session, as the header `dlp-lineage` has it.")),
    responses(
        (status = 200, description = "How many there were: one for each reader.", body = wire::Erased),
        (status = 404, description = "There is no vault.", body = wire::Problem<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn erase(
    State(app): State<Arc<App>>,
    session: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<Response, Problem> {
    let vault = app.vault.as_ref().ok_or(code::VAULT_OFF)?;
    let Path(session) = session.map_err(|_| Problem::from(code::VAULT_OFF))?;
    let sender = Sender::of(&app, request.headers())?;
    let erased = vault.erase(sender.tenant(&app), &session);
    let json = super::inspect::to_json(&wire::Erased { erased })?;
    Ok(([(header::CONTENT_TYPE, "application/json")], json).into_response())
}
