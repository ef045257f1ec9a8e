//! Streams over HTTP: `/v1/stream`, and the reverse proxy in front of a scripted upstream.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "http/client.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod client;
#[path = "http/service.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod service;
#[path = "proxy/socket.rs"]
mod socket;
#[path = "proxy/stream.rs"]
mod stream;
#[path = "proxy/upstream.rs"]
mod upstream;

use client::{Answer, head};
use lockgate::policy::links::Domains;
use lockgate::rules::Compiler;
use lockgate::server::Config;
use service::Service;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, mpsc};
use std::time::Duration;
use upstream::{Recorded, Upstream, answering, whole};

const CHAT: &str = "/v1/chat/completions";
const JSON: (&str, &str) = ("content-type", "application/json");
const SSE: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";

/// A value of the kind that the strict pack blocks, in two parts.
const KEY: (&str, &str) = ("lgtest_0123456", "789abcdef");

fn settings(upstream: &str) -> Config {
    Config {
        upstream: upstream.to_owned(),
        proxy_listen: "127.0.0.1:0".parse().unwrap(),
        stream_idle_ms: 700,
        ..Config::default()
    }
}

/// A connection on which an answer is read piece by piece.
pub(crate) struct Connection {
    pub(crate) stream: TcpStream,
    reader: BufReader<TcpStream>,
}

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let reader = BufReader::new(stream.try_clone().unwrap());
        Self { stream, reader }
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).unwrap();
    }

    pub(crate) fn send_chunk(&mut self, bytes: &[u8]) {
        self.send(&[format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat());
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.reader.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// Status and headers.
    pub(crate) fn head(&mut self) -> Answer {
        let status = self.line().split(' ').nth(1).unwrap().parse().unwrap();
        let mut headers = Vec::new();
        loop {
            let line = self.line();
            let Some((name, value)) = line.split_once(": ") else { break };
            headers.push((name.to_ascii_lowercase(), value.to_owned()));
        }
        Answer { status, headers, body: Vec::new() }
    }

    /// The next chunk; `None` at the end, `Err` if the answer breaks off.
    pub(crate) fn chunk(&mut self) -> Result<Option<String>, ()> {
        let size = usize::from_str_radix(&self.line(), 16).map_err(|_| ())?;
        if size == 0 {
            return Ok(None);
        }
        let mut chunk = vec![0; size + 2];
        self.reader.read_exact(&mut chunk).map_err(|_| ())?;
        chunk.truncate(size);
        Ok(Some(String::from_utf8(chunk).unwrap()))
    }

    /// All that is left, and what follows it: trailers.
    pub(crate) fn rest(&mut self) -> Result<(String, Vec<String>), ()> {
        let mut text = String::new();
        while let Some(chunk) = self.chunk()? {
            text += &chunk;
        }
        let mut trailers = Vec::new();
        loop {
            let line = self.line();
            if line.is_empty() {
                return Ok((text, trailers));
            }
            trailers.push(line);
        }
    }

    /// An answer as a whole, however it is framed.
    fn answer(&mut self) -> Answer {
        let mut answer = self.head();
        if answer.header("transfer-encoding").is_some() {
            answer.body = self.rest().unwrap().0.into_bytes();
        } else {
            let length =
                answer.header("content-length").map_or(0, |length| length.parse().unwrap());
            answer.body = vec![0; length];
            self.reader.read_exact(&mut answer.body).unwrap();
        }
        answer
    }
}

/// Starts a proxy in front of an upstream, and sends it one request.
fn ask(config: Config, path: &str, headers: &[(&str, &str)], body: &str) -> (Service, Connection) {
    let service = Service::start(config);
    let mut connection = Connection::open(service.proxy());
    connection.send(head("POST", path, headers, Some(body.len())).as_bytes());
    connection.send(body.as_bytes());
    (service, connection)
}

#[test]
fn requests_and_answers_are_redacted() {
    let body = r#"{"id":"c","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"ask bob@example.com"}}]}"#;
    let kind =
        "content-type: application/json\r\nconnection: x-hop\r\nx-hop: 1\r\nx-request-id: up\r\n";
    let upstream = answering(whole("200 OK", kind, body.as_bytes()));
    let sent = r#"{"model":"m","messages":[{"role":"user","content":"I am jane@example.com"}]}"#;
    let headers = [
        JSON,
        ("authorization", "Bearer k"),
        ("accept-encoding", "gzip, br"),
        ("connection", "keep-alive, x-mine"),
        ("x-mine", "1"),
    ];
    let path = "/v1/chat/completions?api-version=1";
    let (_service, mut connection) = ask(settings(&upstream.url()), path, &headers, sent);
    let answer = connection.answer();
    assert_eq!(answer.status, 200);
    assert_eq!(
        String::from_utf8_lossy(&answer.body),
        body.replace("bob@example.com", "[pii.email]")
    );
    assert_eq!((answer.header("x-hop"), answer.header("x-request-id")), (None, Some("up")));

    let Recorded { line, headers, body } = upstream.recorded();
    assert_eq!(line, "POST /v1/chat/completions?api-version=1 HTTP/1.1");
    assert_eq!(body, sent.replace("jane@example.com", "[pii.email]"));
    let header =
        |name: &str| headers.iter().find(|(own, _)| own == name).map(|(_, value)| &**value);
    assert_eq!(header("authorization"), Some("Bearer k"));
    assert_eq!(header("accept-encoding"), Some("identity"));
    assert_eq!(header("content-length"), Some(&*body.len().to_string()));
    assert_eq!(header("host"), Some(&*upstream.address.to_string()));
    assert_eq!(header("x-mine"), None);
}

#[test]
fn a_stream_is_redacted_while_it_arrives() {
    let (go, wait) = mpsc::sync_channel::<()>(1);
    let wait = std::sync::Mutex::new(wait);
    let upstream = Upstream::start(move |_, stream| {
        stream.write_all(SSE.as_bytes()).unwrap();
        let mut send = |event: &str| {
            let event = format!("data: {event}\n\n");
            stream.write_all(format!("{:x}\r\n{event}\r\n", event.len()).as_bytes()).unwrap();
        };
        send(r#"{"choices":[{"index":0,"delta":{"content":"Write to jane@exa"}}]}"#);
        wait.lock().unwrap().recv().unwrap();
        send(r#"{"choices":[{"index":0,"delta":{"content":"mple.com"}}]}"#);
        send(r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#);
        send("[DONE]");
        stream.write_all(b"0\r\n\r\n").unwrap();
    });
    let (_service, mut connection) =
        ask(settings(&upstream.url()), CHAT, &[JSON], r#"{"stream":true,"messages":[]}"#);
    assert_eq!(connection.head().status, 200);
    let first = connection.chunk().unwrap().unwrap();
    assert!(first.contains(r#""content":"Write to ""#), "{first}");
    go.send(()).unwrap();
    let (rest, _) = connection.rest().unwrap();
    assert!(!rest.contains("jane") && !rest.contains("example.com"), "{rest}");
    let events: Vec<_> = rest.split("\n\n").collect();
    assert!(events[1].contains(r#""content":"[pii.email]""#), "{rest}");
    assert!(
        events[2].contains(r#""finish_reason":"stop""#) && events[3] == "data: [DONE]",
        "{rest}"
    );
}

#[test]
fn what_is_blocked_never_reaches_the_upstream() {
    let upstream = answering(whole("200 OK", "", b""));
    let text = format!("{}{}", KEY.0, KEY.1);
    let check = |path: &str, expect: &str| {
        let config = Config { pack: "strict".to_owned(), ..settings(&upstream.url()) };
        let body = format!(r#"{{"messages":[{{"role":"user","content":"{text}"}}]}}"#);
        let (_service, mut connection) = ask(config, path, &[JSON], &body);
        let answer = connection.answer();
        let body = String::from_utf8(answer.body).unwrap();
        assert_eq!(answer.status, 403, "{body}");
        assert!(body.contains(expect) && !body.contains(&text), "{path}: {body}");
    };
    check(CHAT, r#""type":"invalid_request_error","param":null,"code":"proxy.blocked""#);
    check("/v1/messages", r#"{"type":"error","error":{"type":"permission_error""#);
    check("/v1beta/models/g:generateContent", r#""status":"PERMISSION_DENIED""#);
    check("/api/chat", r#"{"error":"Lockgate: "#);
    check("/model/m/converse", r#"{"message":"Lockgate: "#);
    check("/other", r#""code":"proxy.blocked""#);
    assert_eq!(upstream.count(), 0);
}

/// An answer that begins as a stream and ends in some way.
fn broken(end: impl Fn(&mut TcpStream) + Send + 'static, pack: &str) -> String {
    let upstream = Upstream::start(move |_, stream| {
        stream.write_all(SSE.as_bytes()).unwrap();
        let event = format!(
            "data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"so it is {}\"}}}}]}}\n\n",
            KEY.0
        );
        stream.write_all(format!("{:x}\r\n{event}\r\n", event.len()).as_bytes()).unwrap();
        end(stream);
    });
    let config = Config { pack: pack.to_owned(), ..settings(&upstream.url()) };
    let (_service, mut connection) = ask(config, CHAT, &[JSON], r#"{"stream":true}"#);
    assert_eq!(connection.head().status, 200);
    let (text, _) = connection.rest().unwrap();
    assert!(text.contains("so it is") && !text.contains(KEY.0), "{text}");
    text
}

#[test]
fn an_upstream_that_breaks_off_leaves_nothing_that_was_held() {
    let text = broken(|stream| stream.shutdown(std::net::Shutdown::Both).unwrap(), "default");
    assert!(text.contains(r#""code":"proxy.upstream.broken""#), "{text}");
}

#[test]
fn an_upstream_that_stalls_is_given_up() {
    let text = broken(|_| std::thread::sleep(Duration::from_secs(3)), "default");
    assert!(text.contains(r#""code":"request.stream.stalled""#), "{text}");
}

#[test]
fn what_is_blocked_ends_a_stream() {
    let end = |stream: &mut TcpStream| {
        let event = format!(
            "data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{} and more\"}}}}]}}\n\n",
            KEY.1
        );
        let events = format!("{event}data: [DONE]\n\n");
        let chunk = format!("{:x}\r\n{events}\r\n0\r\n\r\n", events.len());
        stream.write_all(chunk.as_bytes()).unwrap();
    };
    let text = broken(end, "strict");
    let (_, last) = text.trim_end().rsplit_once("\n\n").unwrap();
    assert!(
        last.contains(r#"data: {"error":{"#) && last.contains("request.stream.blocked"),
        "{text}"
    );
    assert!(!text.contains("and more") && !text.contains("DONE"), "{text}");
}

#[test]
fn links_to_hosts_that_the_settings_deny_do_not_pass() {
    let body = r#"{"object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"see https://docs.contoso.com/a and ![x](https://files.evil.example/a.png) now"}}]}"#;
    let upstream =
        answering(whole("200 OK", "content-type: application/json\r\n", body.as_bytes()));
    let config =
        Config { link_deny: Domains::new(["evil.example"]).unwrap(), ..settings(&upstream.url()) };
    let (rules, _) = Compiler::with_builtin().build().expect("the built-in rules are valid");
    let service = Service::start_with(config, Arc::new(rules));
    let mut connection = Connection::open(service.proxy());
    connection.send(head("POST", CHAT, &[JSON], Some(2)).as_bytes());
    connection.send(b"{}");
    let answer = connection.answer();
    let answer = String::from_utf8_lossy(&answer.body).into_owned();
    assert!(answer.contains("docs.contoso.com") && !answer.contains("evil.example"), "{answer}");
}

#[test]
fn answers_that_nobody_asked_for_are_inspected_too() {
    let check = |answer: Vec<u8>, status: u16, expect: &str| {
        let upstream = answering(answer);
        let (_service, mut connection) = ask(settings(&upstream.url()), CHAT, &[JSON], "{}");
        let answer = connection.answer();
        let body = String::from_utf8_lossy(&answer.body).into_owned();
        assert_eq!((answer.status, body.contains(expect)), (status, true), "{body}");
        assert!(!body.contains("bob@"), "{body}");
    };
    let html = b"<html>ask bob@example.com</html>";
    check(whole("502 Bad Gateway", "content-type: text/html\r\n", html), 502, "ask [pii.email]<");
    check(
        whole("500 No", "", br#"{"error":"bob@example.com"}"#),
        500,
        r#"{"error":"[pii.email]"}"#,
    );
    let gzip = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let json = gzip(br#"{"choices":[{"message":{"content":"bob@example.com"}}]}"#);
    let head = "content-type: application/json\r\ncontent-encoding: gzip\r\n";
    check(whole("200 OK", head, &json), 200, r#""content":"[pii.email]""#);
    let sse = gzip(b"data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"bob@example.com.\"}}]}\n\ndata: [DONE]\n\n");
    let head = "content-type: text/event-stream\r\ncontent-encoding: gzip\r\n";
    check(whole("200 OK", head, &sse), 200, "[pii.email]");
    let head = "content-type: application/json\r\ncontent-encoding: br\r\n";
    check(whole("200 OK", head, b"x"), 502, "proxy.upstream.encoding");
    check(whole("200 OK", "content-type: image/png\r\n", b"\x89PNG"), 200, "PNG");
}

#[test]
fn an_upstream_that_is_not_there_is_an_error_of_the_api() {
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (_service, mut connection) = ask(settings(&format!("http://{gone}")), CHAT, &[JSON], "{}");
    let answer = connection.answer();
    assert_eq!(
        (answer.status, answer.json()["error"]["code"].as_str()),
        (502, Some("proxy.upstream.unreachable"))
    );
}

#[test]
fn a_client_that_leaves_takes_the_upstream_with_it() {
    let (gone, left) = mpsc::sync_channel(1);
    let gone = std::sync::Mutex::new(gone);
    let upstream = Upstream::start(move |_, stream| {
        stream.write_all(SSE.as_bytes()).unwrap();
        // Comments are all that is sent, until nobody takes them any more.
        while stream.write_all(b"8\r\n: ping\n\n\r\n").is_ok() {
            std::thread::sleep(Duration::from_millis(20));
        }
        gone.lock().unwrap().send(()).unwrap();
    });
    let (_service, mut connection) = ask(settings(&upstream.url()), CHAT, &[JSON], "{}");
    assert_eq!(connection.head().status, 200);
    assert_eq!(connection.chunk().unwrap().unwrap(), ": ping\n\n");
    drop(connection);
    left.recv_timeout(Duration::from_secs(10)).expect("the upstream is told");
}
