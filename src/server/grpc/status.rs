//! Errors as gRPC has them: a status whose metadata has the code.

use super::super::app::App;
use crate::base::Fault;
use crate::base::code::{ENCODING_UNSUPPORTED, STREAM_BLOCKED};
use tonic::metadata::{MetadataMap, MetadataValue};
use tonic::{Code, Status};

/// Where the metadata of a status has the stable code.
pub(super) const CODE: &str = "lockgate-code";

/// The status of a request that was refused, which is counted as an error of the service is.
pub(super) fn refused(app: &App, fault: &Fault) -> Status {
    app.metrics.problem(fault.code);
    of(fault)
}

/// The status that says why a stream ended.
pub(super) fn of(fault: &Fault) -> Status {
    let Fault { code, detail } = fault;
    let separator = if detail.is_empty() { "" } else { ": " };
    let message = format!("{}{separator}{detail}; {}", code.title, code.help);
    let mut metadata = MetadataMap::new();
    metadata.insert(CODE, MetadataValue::from_static(code.id));
    Status::with_metadata(kind(fault), message, metadata)
}

/// What gRPC calls an error that HTTP knows by its status.
fn kind(fault: &Fault) -> Code {
    match fault.code.status {
        _ if fault.code == STREAM_BLOCKED => Code::PermissionDenied,
        // It has no status of HTTP, where a scan of a whole text goes on without it.
        _ if fault.code == ENCODING_UNSUPPORTED => Code::InvalidArgument,
        400 | 415 | 422 => Code::InvalidArgument,
        403 => Code::PermissionDenied,
        404 => Code::NotFound,
        408 => Code::DeadlineExceeded,
        413 => Code::ResourceExhausted,
        503 => Code::Unavailable,
        _ => Code::Internal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::code;

    #[test]
    fn every_code_of_a_request_has_a_kind() {
        let check = |code: crate::base::Code, expect: Code| {
            let status = of(&Fault::from(code));
            assert_eq!(status.code(), expect, "{}", code.id);
            assert_eq!(status.metadata().get(CODE).unwrap(), code.id);
            assert!(status.message().starts_with(code.title), "{}", status.message());
        };
        check(STREAM_BLOCKED, Code::PermissionDenied);
        check(code::STREAM_STALLED, Code::DeadlineExceeded);
        check(code::INPUT_TOO_LARGE, Code::ResourceExhausted);
        check(code::PACK_UNKNOWN, Code::InvalidArgument);
        check(code::REQUEST_OVERLOAD, Code::Unavailable);
        check(code::REQUEST_INTERNAL, Code::Internal);
        for code in code::all().filter(|code| code.id.starts_with("request.") && code.status != 500)
        {
            // There are no methods and no other paths in a service.
            let is_http = [code::REQUEST_METHOD].contains(code);
            assert_eq!(kind(&Fault::from(*code)) == Code::Internal, is_http, "{}", code.id);
        }
    }
}
