//! Which API a request is for, and how that API says that something failed.

use crate::base::{Fault, Format};
use crate::engine::StreamFormat;
use crate::server::problem::Problem;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;

/// The API of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Api {
    /// What its requests and answers are; recognised if the path does not tell.
    pub(super) format: Option<Format>,
}

/// Paths that tell the format. What stands in front of them is the upstream's.
const ENDS: [(&str, Format); 12] = [
    ("/chat/completions", Format::OpenaiChat),
    ("/responses", Format::OpenaiResponses),
    ("/completions", Format::OpenaiCompletions),
    ("/embeddings", Format::OpenaiEmbeddings),
    ("/messages", Format::AnthropicMessages),
    ("/messages/count_tokens", Format::AnthropicMessages),
    ("/converse", Format::BedrockConverse),
    ("/converse-stream", Format::BedrockConverse),
    ("/api/chat", Format::Ollama),
    ("/api/generate", Format::Ollama),
    ("/api/embed", Format::Ollama),
    ("/api/embeddings", Format::Ollama),
];

impl Api {
    /// The API of a path.
    pub(super) fn of(path: &str) -> Self {
        let path = path.trim_end_matches('/');
        let method = path.rsplit('/').next().and_then(|last| last.split_once(':'));
        let format = match method {
            Some((_, method)) if method.to_ascii_lowercase().contains("content") => {
                Some(Format::Gemini)
            }
            _ => ENDS.iter().find(|(end, _)| path.ends_with(end)).map(|(_, format)| *format),
        };
        Self { format }
    }

    /// The format of its streams.
    pub(super) fn stream(self) -> Option<StreamFormat> {
        match self.format? {
            Format::OpenaiCompletions => Some(StreamFormat::Api(Format::OpenaiChat)),
            Format::OpenaiEmbeddings => None,
            format => Some(StreamFormat::Api(format)),
        }
    }

    /// An error in the shape that clients of this API expect.
    pub(super) fn error(self, fault: &Fault) -> Response {
        let code = fault.code;
        let known = StatusCode::from_u16(code.status).ok().filter(|_| code.status != 0);
        let status = known.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let message = serde_json::Value::from(format!("Lockgate: {fault}"));
        let id = code.id;
        let server = status.is_server_error();
        let body = match self.format {
            Some(
                Format::OpenaiChat
                | Format::OpenaiResponses
                | Format::OpenaiCompletions
                | Format::OpenaiEmbeddings,
            ) => {
                let kind = if server { "server_error" } else { "invalid_request_error" };
                format!(
                    r#"{{"error":{{"message":{message},"type":"{kind}","param":null,"code":"{id}"}}}}"#
                )
            }
            Some(Format::AnthropicMessages) => {
                let kind = match status.as_u16() {
                    403 => "permission_error",
                    413 => "request_too_large",
                    503 => "overloaded_error",
                    _ if server => "api_error",
                    _ => "invalid_request_error",
                };
                format!(r#"{{"type":"error","error":{{"type":"{kind}","message":{message}}}}}"#)
            }
            Some(Format::Gemini) => {
                let (number, name) = (status.as_u16(), google(status));
                format!(r#"{{"error":{{"code":{number},"message":{message},"status":"{name}"}}}}"#)
            }
            Some(Format::Ollama) => format!(r#"{{"error":{message}}}"#),
            Some(Format::BedrockConverse) => format!(r#"{{"message":{message}}}"#),
            _ => return Problem(fault.clone()).render(""),
        };
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if self.format == Some(Format::BedrockConverse) {
            let name = HeaderName::from_static("x-amzn-errortype");
            headers.insert(name, HeaderValue::from_static(amazon(status)));
        }
        response
    }
}

/// Google's name of a status.
fn google(status: StatusCode) -> &'static str {
    match status.as_u16() {
        403 => "PERMISSION_DENIED",
        503 => "UNAVAILABLE",
        504 | 408 => "DEADLINE_EXCEEDED",
        500..600 => "INTERNAL",
        _ => "INVALID_ARGUMENT",
    }
}

/// Amazon's.
fn amazon(status: StatusCode) -> &'static str {
    match status.as_u16() {
        403 => "AccessDeniedException",
        503 => "ServiceUnavailableException",
        504 | 408 => "ModelTimeoutException",
        500..600 => "InternalServerException",
        _ => "ValidationException",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_tell_the_format() {
        let check = |path: &str, expect| assert_eq!(Api::of(path).format, expect, "{path}");
        check("/v1/chat/completions", Some(Format::OpenaiChat));
        check("/openai/deployments/x/chat/completions/", Some(Format::OpenaiChat));
        check("/v1/completions", Some(Format::OpenaiCompletions));
        check("/v1/responses", Some(Format::OpenaiResponses));
        check("/v1/messages", Some(Format::AnthropicMessages));
        check("/v1beta/models/g-1:streamGenerateContent", Some(Format::Gemini));
        check("/v1beta/models/g-1:generateContent", Some(Format::Gemini));
        check("/model/anthropic.x-1:0/converse-stream", Some(Format::BedrockConverse));
        check("/model/anthropic.x-1%3A0/converse", Some(Format::BedrockConverse));
        check("/api/chat", Some(Format::Ollama));
        check("/v1/models", None);
    }
}
