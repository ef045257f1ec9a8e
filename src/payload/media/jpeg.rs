//! Comments, EXIF and XMP of JPEG. All of them stand in segments before the picture.

/// Shortest run of printable bytes that is taken for text.
const RUN_BYTES_MIN: usize = 4;

/// Appends the text of comments and of application segments, each run on its line.
pub(super) fn texts(bytes: &[u8], out: &mut Vec<u8>) {
    let Some(mut rest) = bytes.strip_prefix(b"\xff\xd8") else { return };
    while let [0xff, marker, tail @ ..] = rest {
        match marker {
            // Fill bytes, and markers that stand alone.
            0xff => {
                rest = &rest[1..];
                continue;
            }
            0x01 | 0xd0..=0xd8 => {
                rest = tail;
                continue;
            }
            // The picture begins, or the end.
            0xda | 0xd9 => return,
            _ => {}
        }
        let [high, low, ..] = tail else { return };
        let len = usize::from(u16::from_be_bytes([*high, *low]));
        let body = tail.get(2..len.min(tail.len())).unwrap_or_default();
        match marker {
            0xfe => {
                out.extend_from_slice(body);
                out.push(b'\n');
            }
            0xe1..=0xef => printable(body, out),
            _ => {}
        }
        rest = tail.get(len.max(2)..).unwrap_or_default();
    }
}

/// Appends every run of printable ASCII, each on its line: the strings of EXIF stand between numbers.
pub(super) fn printable(body: &[u8], out: &mut Vec<u8>) {
    let is_text = |byte: u8| matches!(byte, b' '..=b'~' | b'\n' | b'\t' | b'\r');
    for run in body.split(|byte| !is_text(*byte)).filter(|run| run.len() >= RUN_BYTES_MIN) {
        out.extend_from_slice(run);
        out.push(b'\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
        [&[0xff, marker], &(body.len() as u16 + 2).to_be_bytes()[..], body].concat()
    }

    #[track_caller]
    fn check(segments: &[Vec<u8>], expect: &str) {
        let mut out = Vec::new();
        texts(&[b"\xff\xd8", &*segments.concat()].concat(), &mut out);
        assert_eq!(String::from_utf8_lossy(&out), expect);
    }

    #[test]
    fn comments_and_exif_are_read_and_the_picture_is_not() {
        let exif = segment(0xe1, b"Exif\0\0II*\0\x08\0Jane Doe\0\x01\x02");
        let comment = segment(0xfe, b"by Ann");
        let picture = [segment(0xda, b"\0"), segment(0xfe, b"not read")].concat();
        check(&[exif, comment, picture], "Exif\nJane Doe\nby Ann\n");
        check(&[segment(0xe0, b"JFIF"), segment(0xdb, b"table")], "");
    }

    #[test]
    fn broken_images_are_read_as_far_as_they_go() {
        check(&[vec![0xff, 0xfe, 0, 9, b'A', b'n']], "An\n");
        check(&[vec![0xff, 0xfe, 0, 0], vec![0xff, 0xfe, 0, 1]], "\n\n");
        check(&[vec![0xff; 50]], "");
        check(&[vec![0xff, 0xfe, 0]], "");
        check(&[vec![0]], "");
    }
}
