//! `POST /v1/stream`.

use super::client::{Answer, head};
use super::service::Service;
use super::{Connection, KEY};
use lockgate::server::Config;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

fn service() -> Service {
    Service::start(Config { stream_idle_ms: 700, stream_bytes_max: 1 << 20, ..Config::default() })
}

/// Opens a stream; what is sent are chunks.
fn open(service: &Service, query: &str, kind: &str) -> Connection {
    let mut connection = Connection::open(service.address);
    let path = format!("/v1/stream{query}");
    let headers = [("content-type", kind), ("transfer-encoding", "chunked"), ("te", "trailers")];
    connection.send(head("POST", &path, &headers, None).as_bytes());
    connection
}

#[test]
fn text_leaves_before_the_request_has_ended() {
    let service = service();
    let mut connection = open(&service, "", "text/plain");
    connection.send_chunk(b"write to jane@exa");
    assert_eq!(connection.head().status, 200);
    assert_eq!(connection.chunk().unwrap().unwrap(), "write to ");
    connection.send_chunk(b"mple.com now");
    connection.send(b"0\r\n\r\n");
    let (rest, trailers) = connection.rest().unwrap();
    assert_eq!(rest, "[pii.email] now");
    assert_eq!(trailers, ["lockgate-action: redact", "lockgate-findings: 1"]);
}

#[test]
fn events_are_recognised_and_the_verdict_is_the_last_of_them() {
    let service = service();
    let mut connection = open(&service, "?verdict=event", "text/event-stream");
    let event = |text: &str| {
        format!(
            "event: content_block_delta\ndata: {{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{{\"type\":\"text_delta\",\"text\":\"{text}\"}}}}\n\n"
        )
    };
    for text in ["I am jane", "@exam", "ple.com, hello"] {
        connection.send_chunk(event(text).as_bytes());
    }
    connection.send_chunk(
        b"event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n",
    );
    connection.send(b"0\r\n\r\n");
    let answer: Answer = connection.head();
    assert_eq!(answer.header("content-type"), Some("text/event-stream"));
    let (rest, _) = connection.rest().unwrap();
    assert!(rest.contains("[pii.email]") && !rest.contains("jane"), "{rest}");
    let (_, last) = rest.trim_end().rsplit_once("\n\n").unwrap();
    let start = r#"event: lockgate.verdict
data: {"action":"redact","findings":{"pii.email":1},"rules":""#;
    assert!(last.starts_with(start), "{last}");
}

/// Sends a text that is blocked, in one piece.
fn send_blocked(service: &Service, te: (&str, &str)) -> Connection {
    let mut connection = Connection::open(service.address);
    let text = format!("a {}{} b", KEY.0, KEY.1);
    let headers = [("content-type", "text/plain"), te];
    let request = head("POST", "/v1/stream?pack=strict", &headers, Some(text.len()));
    connection.send(request.as_bytes());
    connection.send(text.as_bytes());
    connection
}

#[test]
fn text_that_is_blocked_breaks_off_unless_trailers_can_say_so() {
    let service = service();
    let mut connection = send_blocked(&service, ("te", "trailers"));
    assert_eq!(connection.head().status, 200);
    let (rest, trailers) = connection.rest().unwrap();
    assert_eq!(rest, "");
    assert!(trailers.contains(&"lockgate-code: request.stream.blocked".to_owned()), "{trailers:?}");

    let mut connection = send_blocked(&service, ("x-none", "1"));
    let mut all = Vec::new();
    // However it breaks off: what came until then is not a whole answer.
    let _ = connection.stream.read_to_end(&mut all);
    let all = String::from_utf8(all).unwrap();
    assert!(!all.ends_with("0\r\n\r\n") && !all.contains(KEY.0), "{all}");
}

#[test]
fn mistakes_are_problems() {
    let service = service();
    let check = |query: &str, headers: &[(&str, &str)], status: u16, code: &str| {
        let mut connection = Connection::open(service.address);
        let path = format!("/v1/stream{query}");
        connection.send(head("POST", &path, headers, Some(1)).as_bytes());
        let _ = connection.stream.write_all(b"x");
        let answer = connection.answer();
        assert_eq!(
            (answer.status, answer.json()["code"].as_str()),
            (status, Some(code)),
            "{query}"
        );
    };
    check("?format=xml", &[], 422, "request.field");
    check("?what=1", &[], 422, "request.field");
    check("?pack=none", &[], 422, "request.pack.unknown");
    check("?format=text&verdict=event", &[], 422, "request.field");
    check("", &[("content-encoding", "gzip")], 415, "request.content-encoding");
}

#[test]
fn limits_end_a_stream_with_an_event() {
    let service = service();
    let mut stalled = open(&service, "?format=openai.chat", "text/event-stream");
    stalled.send_chunk(b"data: {\"choices\":[]}\n\ndata: {\"cho");
    let mut long = open(&service, "?format=ollama", "application/x-ndjson");
    // The last of these chunks is one too many, and none of them is a whole line.
    for _ in 0..33 {
        long.send_chunk(&[b'x'; 0x8000]);
    }
    assert_eq!(long.head().status, 200);
    assert!(long.rest().unwrap().0.ends_with("{\"error\":\"Lockgate: the input is larger than the limit: the limit is 1048576 bytes [payload.too-large]\"}\n"));
    assert_eq!(stalled.head().status, 200);
    let (rest, trailers) = stalled.rest().unwrap();
    assert!(rest.starts_with("data: {\"choices\":[]}\n\ndata: {\"error\":"), "{rest}");
    assert!(trailers.contains(&"lockgate-code: request.stream.stalled".to_owned()), "{trailers:?}");
}

/// A reader that does not read must stop the writer: otherwise the service keeps what neither wants.
#[test]
fn a_slow_reader_slows_the_writer() {
    let service = Service::start(Config { stream_bytes_max: 1 << 30, ..Config::default() });
    let mut connection = open(&service, "?format=text", "text/plain");
    connection.stream.set_write_timeout(Some(Duration::from_millis(500))).unwrap();
    let chunk = [b"10000\r\n", &[b' '; 0x10000][..], b"\r\n"].concat();
    let sent = (0..2_000).take_while(|_| write(&mut connection.stream, &chunk)).count();
    assert!(sent < 1_000, "{sent} chunks of 64 KiB were taken though nobody read");
}

fn write(stream: &mut TcpStream, bytes: &[u8]) -> bool {
    stream.write_all(bytes).is_ok()
}

#[test]
fn streams_are_counted() {
    let service = service();
    let mut connection = open(&service, "", "text/plain");
    connection.send_chunk(b"hello");
    assert_eq!(connection.head().status, 200);
    let metrics = || {
        let mut connection = Connection::open(service.address);
        connection.send(head("GET", "/metrics", &[], None).as_bytes());
        String::from_utf8(connection.answer().body).unwrap()
    };
    assert!(metrics().contains("lockgate_open_streams 1\n"));
    drop(connection);
    let until = Instant::now() + Duration::from_secs(10);
    // Whether the writer broke off or the reader left is the same to who sees one connection close.
    let ended = |outcome| {
        metrics().contains(&format!("lockgate_streams_total{{outcome=\"{outcome}\"}} 1\n"))
    };
    while !ended("left") && !ended("failed") {
        assert!(Instant::now() < until, "{}", metrics());
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(metrics().contains("lockgate_open_streams 0\n"));
}
