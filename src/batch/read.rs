//! One file, whole, up to a limit.

use super::Origin;
use crate::base::Code;
use crate::base::code::{
    BINARY, ENCODING_UNSUPPORTED, FILE_GZIP, FILE_NOT_FOUND, FILE_UNREADABLE, INPUT_TOO_LARGE,
};
use flate2::bufread::MultiGzDecoder;
use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind, Read};

/// How far into a file a NUL byte makes it binary, in bytes.
const BINARY_PROBE_BYTES: usize = 8 * 1024;
/// How gzip begins.
const GZIP_MAGIC: &[u8] = b"\x1F\x8B";
/// Compressed bytes that are read at once.
const GZIP_BUFFER_BYTES: usize = 64 * 1024;

/// Why a file was not read, and how large it is as far as known.
#[derive(Debug)]
pub(super) struct Unread {
    pub(super) code: Code,
    pub(super) detail: String,
    pub(super) bytes: u64,
}

impl Unread {
    pub(super) fn io(error: &io::Error) -> Self {
        let code = match error.kind() {
            ErrorKind::NotFound => FILE_NOT_FOUND,
            _ => FILE_UNREADABLE,
        };
        Self { code, detail: error.to_string(), bytes: 0 }
    }

    pub(super) fn too_large(bytes: u64, bytes_max: u64) -> Self {
        let detail = format!("{bytes} bytes or more, the limit is {bytes_max}");
        Self { code: INPUT_TOO_LARGE, detail, bytes }
    }
}

/// Opens a file or standard input.
pub(super) fn open(origin: &Origin) -> io::Result<Box<dyn Read + Send>> {
    match origin {
        Origin::Stdin => Ok(Box::new(io::stdin())),
        Origin::File(path) => Ok(Box::new(File::open(path)?)),
    }
}

/// Opens a file or standard input; what begins like gzip is decompressed, all members of it.
pub(super) fn open_gunzip(origin: &Origin) -> io::Result<Box<dyn Read + Send>> {
    let mut reader = BufReader::with_capacity(GZIP_BUFFER_BYTES, open(origin)?);
    if reader.fill_buf()?.starts_with(GZIP_MAGIC) {
        return Ok(Box::new(MultiGzDecoder::new(reader)));
    }
    Ok(Box::new(reader))
}

/// What a failed read of a stream means.
pub(super) fn stream_fault(error: &io::Error) -> Code {
    match error.kind() {
        // The system never says these of a file; the decompressor does.
        ErrorKind::UnexpectedEof | ErrorKind::InvalidData | ErrorKind::InvalidInput => FILE_GZIP,
        _ => FILE_UNREADABLE,
    }
}

/// Reads everything, at most `bytes_max` bytes.
pub(super) fn read(origin: &Origin, bytes_max: u64) -> Result<Vec<u8>, Unread> {
    let size = match origin {
        Origin::Stdin => 0,
        Origin::File(path) => path.metadata().map_err(|error| Unread::io(&error))?.len(),
    };
    if size > bytes_max {
        return Err(Unread::too_large(size, bytes_max));
    }
    let reader = open(origin).map_err(|error| Unread::io(&error))?;
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    // One byte more than allowed tells a file that just fits from one that grew, or has no size (a pipe).
    reader
        .take(bytes_max.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| Unread::io(&error))?;
    if bytes.len() as u64 > bytes_max {
        return Err(Unread::too_large(bytes.len() as u64, bytes_max));
    }
    Ok(bytes)
}

/// Says why these bytes are not text, if they are not.
pub(super) fn not_text(bytes: &[u8]) -> Option<Code> {
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return Some(ENCODING_UNSUPPORTED);
    }
    let probe = &bytes[..bytes.len().min(BINARY_PROBE_BYTES)];
    memchr::memchr(0, probe).map(|_| BINARY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_text_from_binary() {
        let check = |bytes: &[u8], expect: Option<Code>| assert_eq!(not_text(bytes), expect);
        check(b"", None);
        check(b"plain \xFF bytes", None);
        check(b"a\0b", Some(BINARY));
        check(b"\xFF\xFEa\0", Some(ENCODING_UNSUPPORTED));
        let mut late = vec![b'x'; BINARY_PROBE_BYTES];
        late.push(0);
        check(&late, None);
    }

    #[test]
    fn reads_up_to_the_limit() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), b"12345").unwrap();
        let origin = Origin::File(file.path().to_owned());
        assert_eq!(read(&origin, 5).unwrap(), b"12345");
        let unread = read(&origin, 4).unwrap_err();
        assert_eq!((unread.code, unread.bytes), (INPUT_TOO_LARGE, 5));
        let missing = Origin::File(file.path().join("none"));
        assert!(read(&missing, 5).is_err());
    }
}
