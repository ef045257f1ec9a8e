//! Errors as RFC 9457 problem details.
//!
//! A handler answers with a [`Problem`]; the edge, which knows the request id, writes the body. So errors of the router
//! and panics look like all others.

use super::wire;
use crate::base::{Code, Fault, code};
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::any::Any;

/// Seconds after which a client that was turned away may try again.
const RETRY_AFTER_S: &str = "1";

/// An error on its way to the client.
#[derive(Clone, Debug)]
pub(super) struct Problem(pub(super) Fault);

impl<T: Into<Fault>> From<T> for Problem {
    fn from(fault: T) -> Self {
        Self(fault.into())
    }
}

impl Problem {
    pub(super) fn new(code: Code, detail: impl Into<String>) -> Self {
        Self(Fault::new(code, detail))
    }

    fn status(&self) -> StatusCode {
        match StatusCode::from_u16(self.0.code.status) {
            Ok(status) if self.0.code.status != 0 => status,
            // A code that was not meant for HTTP got here: our mistake, not the client's.
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The response, body included.
    pub(super) fn render(&self, request_id: &str) -> Response {
        let Fault { code, detail } = &self.0;
        let separator = if detail.is_empty() { "" } else { "; " };
        let body = wire::Problem {
            kind: format!("urn:lockgate:error:{}", code.id),
            title: code.title,
            status: self.status().as_u16(),
            detail: format!("{detail}{separator}{}", code.help),
            code: code.id,
            request_id,
        };
        let body = serde_json::to_vec(&body).expect("a struct of strings and numbers is JSON");
        let mut response = (self.status(), Body::from(body)).into_response();
        let headers = response.headers_mut();
        let kind = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, kind);
        if self.status() == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_S));
        }
        response
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The answer to a request whose handler panicked. What the panic said may quote the input and is dropped.
pub(super) fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a request handler panicked");
    Problem::from(code::REQUEST_INTERNAL).into_response()
}

pub(super) async fn not_found() -> Problem {
    code::REQUEST_NOT_FOUND.into()
}

pub(super) async fn method_not_allowed() -> Problem {
    code::REQUEST_METHOD.into()
}
