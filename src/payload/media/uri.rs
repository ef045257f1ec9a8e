//! `data:` URIs (RFC 2397).

/// Longest part in front of the comma, in bytes.
const HEAD_BYTES_MAX: usize = 256;

/// The types that are named in what we say about a document. Others must not be quoted.
const KINDS: [&str; 22] = [
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/bmp",
    "image/tiff",
    "image/heic",
    "image/avif",
    "image/svg+xml",
    "application/pdf",
    "application/zip",
    "application/gzip",
    "application/msword",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "audio/mpeg",
    "audio/wav",
    "audio/ogg",
    "audio/flac",
    "audio/webm",
    "video/mp4",
    "video/webm",
];

/// A `data:` URI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataUri<'t> {
    /// The type, if it is a known one; `text/plain` for every kind of text; else `application/octet-stream`.
    pub kind: &'static str,
    /// The data, if it is base64.
    pub base64: Option<&'t [u8]>,
}

impl<'t> DataUri<'t> {
    /// The URI that a string begins with and consists of.
    pub fn parse(text: &'t [u8]) -> Option<Self> {
        let (scheme, rest) = text.split_at_checked(b"data:".len())?;
        if !scheme.eq_ignore_ascii_case(b"data:") {
            return None;
        }
        let comma = memchr::memchr(b',', &rest[..rest.len().min(HEAD_BYTES_MAX)])?;
        let head = rest[..comma].to_ascii_lowercase();
        if head.iter().any(u8::is_ascii_whitespace) {
            return None;
        }
        let mut parameters = head.split(|byte| *byte == b';');
        let kind = kind(parameters.next().unwrap_or_default());
        let is_base64 = parameters.any(|parameter| parameter == b"base64");
        Some(Self { kind, base64: is_base64.then(|| &rest[comma + 1..]) })
    }
}

fn kind(name: &[u8]) -> &'static str {
    let structured: [&[u8]; 4] =
        [b"", b"application/json", b"application/xml", b"application/javascript"];
    let is_text =
        name.starts_with(b"text/") || name == b"image/svg+xml" || structured.contains(&name);
    if is_text {
        return "text/plain";
    }
    let known = KINDS.into_iter().find(|kind| kind.as_bytes() == name);
    known.unwrap_or("application/octet-stream")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_have_a_type_and_data() {
        let check = |text: &str, expect: Option<(&str, Option<&str>)>| {
            let found = DataUri::parse(text.as_bytes());
            let expect = expect.map(|(kind, data)| (kind, data.map(str::as_bytes)));
            assert_eq!(found.map(|uri| (uri.kind, uri.base64)), expect, "{text}");
        };
        check("data:image/png;base64,AAAA", Some(("image/png", Some("AAAA"))));
        check("DATA:Image/PNG;Base64,AAAA", Some(("image/png", Some("AAAA"))));
        check("data:,hello", Some(("text/plain", None)));
        check("data:text/html;charset=utf-8;base64,AAAA", Some(("text/plain", Some("AAAA"))));
        check("data:image/x-own;base64,AAAA", Some(("application/octet-stream", Some("AAAA"))));
        check("data: one, two", None);
        check("data:image/png", None);
        check("database", None);
        check("da", None);
    }
}
