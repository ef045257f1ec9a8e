//! However a stream is cut, its frames are the same, and together they are its bytes.

use lockgate::base::random::SplitMix64;
use lockgate::payload::stream::{Between, Frame, Framing, Reader, write_exception};

/// A frame in words: its payload and its name, or what stands between events.
fn describe(frame: &Frame<'_>) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match (frame.payload, frame.name) {
        (Some(payload), Some(name)) => format!("{}={}", text(name), text(payload)),
        (Some(payload), None) => format!("={}", text(payload)),
        (None, _) => format!("gap {:?}", text(frame.raw)),
    }
}

/// The events of a stream that arrives in pieces, and all of its bytes.
fn read(framing: Framing, pieces: &[&[u8]]) -> (Vec<String>, Vec<u8>) {
    let mut reader = Reader::new(framing);
    let (mut events, mut bytes) = (Vec::new(), Vec::new());
    for piece in pieces {
        reader.push(piece);
        while let Some(frame) = reader.frame().expect("the stream is not damaged") {
            bytes.extend_from_slice(frame.raw);
            if frame.payload.is_some() {
                events.push(describe(&frame));
            }
        }
    }
    if let Some(frame) = reader.rest() {
        assert!(!frame.whole);
        bytes.extend_from_slice(frame.raw);
        events.push(format!("rest {}", describe(&frame)));
    }
    (events, bytes)
}

#[track_caller]
fn check(framing: Framing, stream: &[u8], expect: &[&str]) {
    let whole = read(framing, &[stream]);
    assert_eq!(whole.0, expect);
    assert_eq!(whole.1, stream);
    let bytes: Vec<_> = stream.chunks(1).collect();
    assert_eq!(read(framing, &bytes), whole, "byte by byte");
    for at in 0..=stream.len() {
        let (before, after) = stream.split_at(at);
        assert_eq!(read(framing, &[before, after]), whole, "cut at {at}");
    }
    let mut dice = SplitMix64::new(7);
    for _ in 0..50 {
        let (mut pieces, mut rest) = (Vec::new(), stream);
        while !rest.is_empty() {
            let (piece, behind) = rest.split_at(dice.below(9).min(rest.len()));
            pieces.push(piece);
            rest = behind;
        }
        assert_eq!(read(framing, &pieces), whole, "{pieces:?}");
    }
}

#[test]
fn server_sent_events_end_with_an_empty_line() {
    let check = |stream: &str, expect: &[&str]| check(Framing::Sse, stream.as_bytes(), expect);
    check("data: a\n\ndata: b\r\n\r\ndata: c\r\r", &["=a", "=b", "=c"]);
    check("data:a\r\ndata: b\rdata:  c\n\n", &["=a\nb\n c"]);
    check("event: x\ndata: a\nid: 7\n\n", &["x=a"]);
    check("id: 7\r\ndata: a\r\nevent: x\r\nretry: 5\r\n\r\n", &["x=a"]);
    check("\u{feff}data: a\n\n", &["=a"]);
    check(": ping\n\n: ping\r\n\r\n:\r\rdata: a\n\n", &["=a"]);
    check("data: a\n: inside\ndata: b\n\n", &["=a\nb"]);
    check("data\n\n", &["="]);
    check("event: only\n\nother: x\n\ndata: a\n\n", &["=a"]);
    check("data: {\"x\":\"é😀\"}\n\n\n\n\n", &["={\"x\":\"é😀\"}"]);
    check("data: a\n\ndata: b", &["=a", "rest =b"]);
    check("data: a\n\ndata: b\ndata: c\n", &["=a", "rest =b\nc"]);
    check("data: a\n\nevent: x", &["=a", "rest gap \"event: x\""]);
}

#[test]
fn comments_leave_at_once() {
    let mut reader = Reader::new(Framing::Sse);
    reader.push(b": keep-alive\n");
    let frame = reader.frame().unwrap().expect("a comment waits for nothing");
    assert_eq!((frame.raw, frame.payload), (&b": keep-alive\n"[..], None));
}

#[test]
fn lines_are_documents() {
    let check = |stream: &str, expect: &[&str]| check(Framing::Lines, stream.as_bytes(), expect);
    check(
        "{\"a\":1}\n{\"b\":2}\r\n\n  \n{\"c\":\"é\"}",
        &["={\"a\":1}", "={\"b\":2}", "rest ={\"c\":\"é\"}"],
    );
    check("", &[]);
}

#[test]
fn elements_of_an_array_are_events() {
    let check = |stream: &str, expect: &[&str]| check(Framing::Values, stream.as_bytes(), expect);
    check(
        "[{\"a\":\"}]\\\"{\"}\n,\r\n{\"b\":[{}]}]\n",
        &["={\"a\":\"}]\\\"{\"}", "={\"b\":[{}]}", "rest =\n"],
    );
    check("[\"text\", 12, {\"a\":1}]", &["=[\"text\", 12, ", "={\"a\":1}"]);
    check("[{\"a\":1}", &["={\"a\":1}"]);
    check("[{\"a\":", &["rest ={\"a\":"]);
}

/// Two messages: the first as the specification of the format shows one, without headers.
fn messages() -> Vec<u8> {
    let mut stream = Vec::new();
    Framing::Messages.write(Some("contentBlockDelta"), b"{\"a\":1}", Between::Before, &mut stream);
    write_exception("throttlingException", b"{\"message\":\"x\"}", &mut stream);
    stream
}

#[test]
fn messages_have_lengths_and_check_sums() {
    let stream = messages();
    let expect = ["contentBlockDelta={\"a\":1}", "throttlingException={\"message\":\"x\"}"];
    check(Framing::Messages, &stream, &expect);
    // From the test vectors of the format's specification: a message without headers or payload.
    let empty = [0, 0, 0, 0x10, 0, 0, 0, 0, 5, 0xc2, 0x48, 0xeb, 0x7d, 0x98, 0xc8, 0xff];
    check(Framing::Messages, &empty, &["="]);
}

#[test]
fn a_damaged_message_is_refused() {
    let stream = messages();
    let len = usize::from(stream[3]);
    for at in 0..len {
        let mut damaged = stream.clone();
        damaged[at] ^= 0x40;
        let mut reader = Reader::new(Framing::Messages);
        reader.push(&damaged);
        let first = reader.frame();
        assert!(!matches!(first, Ok(Some(_))), "damage at {at} went unnoticed");
    }
}

#[test]
fn a_frame_without_end_is_refused() {
    for framing in [Framing::Sse, Framing::Lines, Framing::Values] {
        let mut reader = Reader::new(framing);
        let piece = [b"[{\"a\":\"", &[b'x'; 1 << 20][..]].concat();
        let refused = (0..10).any(|_| {
            reader.push(&piece);
            reader.frame().is_err()
        });
        assert!(refused, "{framing:?}");
    }
}

#[test]
fn other_data_stands_where_the_data_stood() {
    let check = |framing, stream: &[u8], payload: &str, expect: &[u8]| {
        let mut reader = Reader::new(framing);
        reader.push(stream);
        let frame = reader.frame().unwrap().expect("a frame");
        let mut out = Vec::new();
        frame.rewrite(payload.as_bytes(), &mut out);
        assert_eq!(String::from_utf8_lossy(&out), String::from_utf8_lossy(expect));
    };
    check(
        Framing::Sse,
        b"id: 1\r\ndata:a\r\nevent: x\r\n\r\n",
        "bc",
        b"id: 1\r\ndata:bc\r\nevent: x\r\n\r\n",
    );
    check(
        Framing::Sse,
        b"data: a\n:c\ndata: b\n\n",
        "x\ny\nz",
        b"data: x\ndata: y\ndata: z\n:c\n\n",
    );
    check(Framing::Sse, b"data\n\n", "x", b"data:x\n\n");
    check(Framing::Lines, b"{}\r\n", "[]", b"[]\r\n");
    let (mut message, mut expect) = (Vec::new(), Vec::new());
    Framing::Messages.write(Some("e"), b"{}", Between::Before, &mut message);
    Framing::Messages.write(Some("e"), b"{1}", Between::Before, &mut expect);
    check(Framing::Messages, &message, "{1}", &expect);
}

#[test]
fn the_first_bytes_tell_the_framing() {
    let check = |head: &[u8], expect| assert_eq!(Framing::guess(head, false), expect, "{head:?}");
    check(b"", None);
    check(b"da", None);
    check(b"data:", Some(Some(Framing::Sse)));
    check(b": ping", Some(Some(Framing::Sse)));
    check(b"\xef\xbb", None);
    check(b"\xef\xbb\xbfevent: x", Some(Some(Framing::Sse)));
    check(b"\r\n", None);
    check(b"{", Some(Some(Framing::Lines)));
    check(b" [", Some(Some(Framing::Values)));
    check(b"dat a", Some(None));
    check(b"Hello", Some(None));
    check(&messages()[..4], None);
    check(&messages()[..12], Some(Some(Framing::Messages)));
    assert_eq!(Framing::guess(b"da", true), Some(None));
}
