//! What the headers say about a body.

use crate::base::{Fault, code};
use axum::http::{HeaderMap, header};

/// How the body is to be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MediaType {
    Text,
    Json,
}

impl MediaType {
    /// The media type that the headers announce.
    ///
    /// # Errors
    /// It is neither text nor JSON, or not in UTF-8, or compressed.
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, Fault> {
        check_codings(headers)?;
        let unsupported = || Fault::from(code::REQUEST_CONTENT_TYPE);
        let mut values = headers.get_all(header::CONTENT_TYPE).iter();
        let value = values.next().ok_or_else(unsupported)?;
        if values.next().is_some() {
            // Whoever reads the body next may believe the other one.
            return Err(Fault::new(code::REQUEST_CONTENT_TYPE, "it is given twice"));
        }
        // The two exact forms that nearly all clients send need no parsing.
        match value.as_bytes() {
            b"application/json" => return Ok(Self::Json),
            b"text/plain" => return Ok(Self::Text),
            _ => {}
        }
        let value = value.to_str().map_err(|_| unsupported())?.to_ascii_lowercase();
        let mut parts = value.split(';').map(str::trim);
        let kind = match parts.next() {
            Some("text/plain") => Self::Text,
            Some("application/json") => Self::Json,
            Some(name) if name.starts_with("application/") && name.ends_with("+json") => Self::Json,
            _ => return Err(unsupported()),
        };
        let charset = parts.find_map(|parameter| parameter.strip_prefix("charset="));
        match charset.map(|name| name.trim_matches('"')) {
            None | Some("utf-8" | "utf8" | "us-ascii") => Ok(kind),
            Some(_) => Err(Fault::new(code::REQUEST_CONTENT_TYPE, "the charset must be utf-8")),
        }
    }
}

/// # Errors
/// The body is compressed.
pub(super) fn check_codings(headers: &HeaderMap) -> Result<(), Fault> {
    // Of the transfer codings, too, chunks are the only one that is undone.
    let is_plain = all_are(headers, header::CONTENT_ENCODING, b"identity")
        && all_are(headers, header::TRANSFER_ENCODING, b"chunked");
    if is_plain { Ok(()) } else { Err(code::REQUEST_CODING.into()) }
}

/// True if every value of the header is this one; also if there is none.
fn all_are(headers: &HeaderMap, name: header::HeaderName, expect: &[u8]) -> bool {
    headers.get_all(name).iter().all(|value| value.as_bytes().eq_ignore_ascii_case(expect))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(headers: &[(header::HeaderName, &str)]) -> Result<MediaType, &'static str> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(name, value.parse().unwrap());
        }
        MediaType::of(&map).map_err(|fault| fault.code.id)
    }

    #[test]
    fn media_types() {
        let check = |value: &str, expect: Option<MediaType>| {
            let found = of(&[(header::CONTENT_TYPE, value)]);
            assert_eq!(found, expect.ok_or("request.content-type"), "{value}");
        };
        check("text/plain; charset=UTF-8", Some(MediaType::Text));
        check("Application/JSON", Some(MediaType::Json));
        check("application/problem+json", Some(MediaType::Json));
        check("text/plain; charset=utf-16", None);
        check("application/octet-stream", None);
        assert_eq!(of(&[]), Err("request.content-type"));
        let twice = [(header::CONTENT_TYPE, "text/plain"), (header::CONTENT_TYPE, "text/plain")];
        assert_eq!(of(&twice), Err("request.content-type"));
    }

    #[test]
    fn compressed_bodies_are_refused() {
        let check = |codings: &[&str], expect: Result<MediaType, &str>| {
            let codings = codings.iter().map(|coding| (header::CONTENT_ENCODING, *coding));
            let headers: Vec<_> = codings.chain([(header::CONTENT_TYPE, "text/plain")]).collect();
            assert_eq!(of(&headers), expect, "{headers:?}");
        };
        check(&["Identity"], Ok(MediaType::Text));
        check(&["gzip"], Err("request.content-encoding"));
        check(&["identity", "br"], Err("request.content-encoding"));
        check(&["identity, gzip"], Err("request.content-encoding"));
        let chunks = |coding| {
            of(&[(header::TRANSFER_ENCODING, coding), (header::CONTENT_TYPE, "text/plain")])
        };
        assert_eq!(chunks("chunked"), Ok(MediaType::Text));
        assert_eq!(chunks("gzip, chunked"), Err("request.content-encoding"));
    }
}
