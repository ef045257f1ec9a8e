//! `/healthz`, `/readyz`, `/metrics`, `/openapi.json`: the service about itself.

use super::app::App;
use super::problem::Problem;
use super::{metrics as counters, openapi as document, wire};
use crate::base::code;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// The media type that Prometheus expects of what `prometheus-client` writes.
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

fn status(status: &'static str) -> Json<wire::Status> {
    Json(wire::Status { status, version: env!("CARGO_PKG_VERSION") })
}

/// Is the process alive?
#[utoipa::path(
    get, path = "/healthz", tag = "status",
    responses((status = 200, description = "It is.", body = wire::Status))
)]
pub(super) async fn healthz() -> Json<wire::Status> {
    status("ok")
}

/// Should requests be sent here?
#[utoipa::path(
    get, path = "/readyz", tag = "status",
    responses(
        (status = 200, description = "The rules are loaded.", body = wire::Status),
        (status = 503, description = "The service is shutting down.", body = wire::Problem<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn readyz(State(app): State<Arc<App>>) -> Result<Json<wire::Status>, Problem> {
    if app.draining() { Err(code::DRAINING.into()) } else { Ok(status("ready")) }
}

/// Counters for Prometheus.
#[utoipa::path(
    get, path = "/metrics", tag = "status",
    responses((status = 200, description = "OpenMetrics text.", body = String, content_type = "application/openmetrics-text"))
)]
pub(super) async fn metrics(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let text = counters::encode(&app).map_err(|_| Problem::from(code::REQUEST_INTERNAL))?;
    Ok(([(header::CONTENT_TYPE, OPENMETRICS)], text).into_response())
}

/// This description.
#[utoipa::path(
    get, path = "/openapi.json", tag = "status",
    responses((status = 200, description = "OpenAPI 3.1.", body = Object))
)]
pub(super) async fn openapi() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], document::json()).into_response()
}
