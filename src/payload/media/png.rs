//! Text chunks of PNG. Compressed text stays closed: the caller reports the image as not inspected anyway.

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// Length, type and checksum of a chunk.
const CHUNK_BYTES_MIN: usize = 12;

/// Appends the key words and texts of `tEXt` and uncompressed `iTXt` chunks, and EXIF text, each on its line.
pub(super) fn texts(bytes: &[u8], out: &mut Vec<u8>) {
    let Some(mut rest) = bytes.strip_prefix(SIGNATURE) else { return };
    while rest.len() >= CHUNK_BYTES_MIN - 4 {
        let (head, tail) = rest.split_at(8);
        let len = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        // A chunk that the limit has cut is read as far as it goes.
        let body = &tail[..len.min(tail.len())];
        match &head[4..] {
            b"tEXt" => add(body.split(|byte| *byte == 0), out),
            b"iTXt" => international(body, out),
            b"eXIf" => super::jpeg::printable(body, out),
            _ => {}
        }
        rest = tail.get(len.saturating_add(4)..).unwrap_or_default();
    }
}

/// `keyword NUL compressed method language NUL translated NUL text`.
fn international(body: &[u8], out: &mut Vec<u8>) {
    let Some(end) = memchr::memchr(0, body) else { return };
    let (Some(0), Some(rest)) = (body.get(end + 1), body.get(end + 3..)) else { return };
    let parts = rest.splitn(3, |byte| *byte == 0);
    add([&body[..end]].into_iter().chain(parts.skip(1)), out);
}

fn add<'t>(parts: impl Iterator<Item = &'t [u8]>, out: &mut Vec<u8>) {
    for part in parts.filter(|part| !part.is_empty()) {
        out.extend_from_slice(part);
        out.extend_from_slice(b": ");
    }
    out.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
        [&(body.len() as u32).to_be_bytes(), &name[..], body, &[0; 4]].concat()
    }

    #[track_caller]
    fn check(chunks: &[Vec<u8>], expect: &str) {
        let mut out = Vec::new();
        texts(&[SIGNATURE, &chunks.concat()].concat(), &mut out);
        assert_eq!(String::from_utf8_lossy(&out), expect);
    }

    #[test]
    fn text_chunks_are_read_and_others_are_not() {
        check(&[chunk(b"IHDR", &[0; 13]), chunk(b"tEXt", b"Author\0Jane")], "Author: Jane: \n");
        check(&[chunk(b"iTXt", b"Title\0\0\0en\0Titel\0Ann")], "Title: Titel: Ann: \n");
        check(&[chunk(b"iTXt", b"Title\0\x01\0\0\0zipped")], "");
        check(&[chunk(b"zTXt", b"Author\0\0zipped"), chunk(b"IDAT", b"Jane")], "");
    }

    #[test]
    fn broken_images_are_read_as_far_as_they_go() {
        let mut cut = chunk(b"tEXt", b"Author\0Jane");
        cut.truncate(17);
        check(&[cut], "Author: Ja: \n");
        check(&[vec![0xff; 12]], "");
        check(&[vec![0xff; 3]], "");
        let mut out = Vec::new();
        texts(b"no PNG", &mut out);
        assert!(out.is_empty());
    }
}
