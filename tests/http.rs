//! The HTTP service over real sockets. `tests/http/*.toml` holds requests and what must come back; the rest is what a table cannot say.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "http/client.rs"]
mod client;
#[path = "http/service.rs"]
mod service;

use client::{Answer, request, send};
use lockgate::server::{Config, config, metrics, openapi};
use serde::Deserialize;
use serde_json::Value;
use service::Service;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Limits that tests can reach quickly.
fn settings() -> Config {
    Config {
        max_body_bytes: 2 << 20,
        batch_items_max: 3,
        request_timeout_ms: 5_000,
        drain_delay_ms: 400,
        ..Config::default()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default = "post")]
    method: String,
    #[serde(default = "inspect")]
    path: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    body: Body,
    status: u16,
    /// Headers of the answer, whole values.
    #[serde(default)]
    answer_headers: BTreeMap<String, String>,
    /// What the JSON of the answer must hold. Lists must have the same length.
    #[serde(default)]
    json: Option<Value>,
    /// Text that the answer must hold.
    #[serde(default)]
    contains: Vec<String>,
    /// Text that must stand nowhere in the answer.
    #[serde(default)]
    absent: Vec<String>,
}

fn post() -> String {
    "POST".to_owned()
}

fn inspect() -> String {
    "/v1/inspect".to_owned()
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Body {
    text: String,
    /// This, `times` times, after `text`.
    repeat: String,
    times: usize,
    /// After that.
    end: String,
    /// And this, `times` times, after `end`.
    close: String,
    /// After everything but `bytes`.
    last: String,
    /// Bytes instead of text.
    bytes: Vec<u8>,
    /// Send without Content-Length, in chunks.
    chunked: bool,
}

impl Body {
    fn bytes(&self) -> Vec<u8> {
        let (repeat, close) = (self.repeat.repeat(self.times), self.close.repeat(self.times));
        let text = [&*self.text, &repeat, &self.end, &close, &self.last].concat();
        [text.into_bytes(), self.bytes.clone()].concat()
    }
}

impl Case {
    fn run(&self, service: &Service) -> Result<(), String> {
        let headers: Vec<_> = self.headers.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        let bytes = self.body.bytes();
        let answer = if self.body.chunked {
            client::chunked(service.address, &self.method, &self.path, &headers, &bytes)
        } else {
            request(service.address, &self.method, &self.path, &headers, &bytes)
        };
        let shown = String::from_utf8_lossy(&answer.body).into_owned();
        if answer.status != self.status {
            return Err(format!("status {}: {shown}", answer.status));
        }
        for (name, value) in &self.answer_headers {
            if answer.header(name) != Some(value) {
                return Err(format!("header {name} is {:?}", answer.header(name)));
            }
        }
        for text in &self.contains {
            if !shown.contains(text) {
                return Err(format!("no {text:?} in {shown}"));
            }
        }
        for text in &self.absent {
            if shown.contains(text) || format!("{:?}", answer.headers).contains(text) {
                return Err(format!("{text:?} in {shown}"));
            }
        }
        match &self.json {
            Some(expect) => holds(&answer.json(), expect, ""),
            None => Ok(()),
        }
    }
}

/// True if everything in `expect` is in `value`.
fn holds(value: &Value, expect: &Value, at: &str) -> Result<(), String> {
    match (value, expect) {
        (Value::Object(value), Value::Object(expect)) => {
            expect.iter().try_for_each(|(key, expect)| {
                let inner = value.get(key).ok_or_else(|| format!("{at}/{key} is missing"))?;
                holds(inner, expect, &format!("{at}/{key}"))
            })
        }
        (Value::Array(value), Value::Array(expect)) if value.len() == expect.len() => {
            value.iter().zip(expect).enumerate().try_for_each(|(index, (value, expect))| {
                holds(value, expect, &format!("{at}/{index}"))
            })
        }
        _ if value == expect => Ok(()),
        _ => Err(format!("{at} is {value}, not {expect}")),
    }
}

fn run_file(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/http").join(name);
    let cases: Cases = toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert!(!cases.case.is_empty());
    let service = Service::start(settings());
    let failures: Vec<_> = cases
        .case
        .iter()
        .filter_map(|case| case.run(&service).err().map(|error| format!("{}: {error}", case.name)))
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn errors_are_problems() {
    run_file("errors.toml");
}

#[test]
fn routes_answer() {
    run_file("routes.toml");
}

#[test]
fn findings_are_redacted_and_located() {
    run_file("findings.toml");
}

fn json(path: &str, service: &Service, body: &str) -> Answer {
    let headers = [("content-type", "application/json")];
    request(service.address, "POST", path, &headers, body.as_bytes())
}

#[test]
fn a_slow_body_is_given_up() {
    let service = Service::start(Config { request_timeout_ms: 200, ..settings() });
    let started = Instant::now();
    let mut stream = TcpStream::connect(service.address).unwrap();
    let head = "POST /v1/inspect HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\ncontent-length: 9\r\n\r\nabc";
    stream.write_all(head.as_bytes()).unwrap();
    let answer = client::read_answer(&mut stream, "POST");
    assert_eq!((answer.status, &answer.json()["code"]), (408, &"request.timeout".into()));
    assert!(started.elapsed() < Duration::from_secs(4));
}

#[test]
fn slow_headers_are_given_up() {
    let service = Service::start(Config { request_timeout_ms: 200, ..settings() });
    let mut stream = TcpStream::connect(service.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(4))).unwrap();
    stream.write_all(b"POST /v1/inspect HTTP/1.1\r\nhost:").unwrap();
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).expect("the server closes the connection");
}

#[test]
fn overload_is_refused_at_once() {
    let service = Service::start(Config { concurrency_max: 1, ..settings() });
    let head = "POST /v1/inspect HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\ncontent-length: 3\r\n\r\n";
    // A probe that is quicker than the first request takes the only slot itself, and the first one is refused: then both try again.
    let (mut first, answer) = (0..200)
        .find_map(|_| {
            let mut first = TcpStream::connect(service.address).unwrap();
            first.write_all(head.as_bytes()).unwrap();
            (0..20)
                .map(|_| json("/v1/inspect", &service, r#"{"text":"x"}"#))
                .find(|answer| answer.status == 503)
                .map(|answer| (first, answer))
        })
        .expect("a request that waits for its body holds the only slot");
    assert_eq!((answer.status, &answer.json()["code"]), (503, &"request.overload".into()));
    assert_eq!(answer.header("retry-after"), Some("1"));
    first.write_all(b"abc").unwrap();
    assert_eq!(client::read_answer(&mut first, "POST").status, 200);
}

#[test]
fn the_memory_for_bodies_is_bounded() {
    let service = Service::start(Config { bodies_bytes_max: 3 << 20, ..settings() });
    let large = vec![b'x'; 2 << 20];
    let text = [("content-type", "text/plain")];
    let metrics = || String::from_utf8(send(service.address, "GET", "/metrics").body).unwrap();
    let held = || -> usize {
        let text = metrics();
        let line = text.lines().find(|line| line.starts_with("lockgate_body_bytes ")).unwrap();
        line.split(' ').nth(1).unwrap().parse().unwrap()
    };
    // One body waits for its last byte and holds what it has sent.
    let mut first = TcpStream::connect(service.address).unwrap();
    let head = client::head("POST", "/v1/inspect", &text, Some(large.len()));
    first.write_all(&[head.as_bytes(), &large[1..]].concat()).unwrap();
    let deadline = Instant::now() + Duration::from_secs(4);
    while held() < large.len() - 1 && Instant::now() < deadline {}
    let answer = request(service.address, "POST", "/v1/inspect", &text, &large);
    assert_eq!((answer.status, &answer.json()["code"]), (503, &"request.memory".into()));
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert!(metrics().contains(r#"lockgate_problems_total{code="request.memory"} 1"#));
    let small = request(service.address, "POST", "/v1/inspect", &text, b"small");
    assert_eq!(small.status, 200, "what fits is served");
    first.write_all(b"x").unwrap();
    assert_eq!(client::read_answer(&mut first, "POST").status, 200);
    let answer = request(service.address, "POST", "/v1/inspect", &text, &large);
    assert_eq!(answer.status, 200, "the memory is given back");
    let deadline = Instant::now() + Duration::from_secs(4);
    while held() > 0 {
        assert!(Instant::now() < deadline, "{} bytes are never given back", held());
    }
}

#[test]
fn a_stalled_chunk_is_given_up() {
    let service = Service::start(Config { request_timeout_ms: 200, ..settings() });
    let mut stream = TcpStream::connect(service.address).unwrap();
    let headers = [("content-type", "text/plain"), ("transfer-encoding", "chunked")];
    let head = client::head("POST", "/v1/inspect", &headers, None);
    stream.write_all(&[head.as_bytes(), b"5\r\nhello\r\nff\r\nwor"].concat()).unwrap();
    let answer = client::read_answer(&mut stream, "POST");
    assert_eq!((answer.status, &answer.json()["code"]), (408, &"request.timeout".into()));
}

#[test]
fn a_broken_chunk_is_an_error() {
    let service = Service::start(settings());
    let mut stream = TcpStream::connect(service.address).unwrap();
    let headers = [("content-type", "text/plain"), ("transfer-encoding", "chunked")];
    let head = client::head("POST", "/v1/inspect", &headers, None);
    stream.write_all(&[head.as_bytes(), b"5\r\nhello\r\nzz\r\n"].concat()).unwrap();
    let answer = client::read_answer(&mut stream, "POST");
    assert_eq!((answer.status, &answer.json()["code"]), (400, &"request.broken".into()));
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let service = Service::start(settings());
    let mut stream = TcpStream::connect(service.address).unwrap();
    let json = [("content-type", "application/json")];
    let bodies = [r#"{"text":"a","id":1}"#, "{", r#"{"text":"anna@example.org","id":3}"#];
    let requests: String = bodies
        .map(|body| client::head("POST", "/v1/inspect", &json, Some(body.len())) + body)
        .concat();
    stream.write_all(requests.as_bytes()).unwrap();
    let answers = bodies.map(|_| client::read_answer(&mut stream, "POST"));
    assert_eq!(answers.each_ref().map(|answer| answer.status), [200, 400, 200]);
    assert_eq!((&answers[0].json()["id"], &answers[2].json()["id"]), (&1.into(), &3.into()));
}

#[test]
fn a_body_is_asked_for_before_it_is_sent() {
    let service = Service::start(settings());
    let ask = |kind| {
        let mut stream = TcpStream::connect(service.address).unwrap();
        let headers = [("content-type", kind), ("expect", "100-continue")];
        let head = client::head("POST", "/v1/inspect", &headers, Some(2));
        stream.write_all(head.as_bytes()).unwrap();
        let status = client::read_answer(&mut stream, "HEAD").status;
        (stream, status)
    };
    let (mut stream, status) = ask("text/plain");
    assert_eq!(status, 100);
    stream.write_all(b"hi").unwrap();
    assert_eq!(client::read_answer(&mut stream, "POST").status, 200);
    assert_eq!(ask("image/png").1, 415, "what is wrong with the headers is said first");
}

#[test]
fn huge_headers_are_refused() {
    let service = Service::start(settings());
    let mut stream = TcpStream::connect(service.address).unwrap();
    let long = "x".repeat(1 << 20);
    let head = client::head("GET", "/healthz", &[("x-long", &long)], None);
    // The answer may come while the headers are still being sent.
    let _ = stream.write_all(head.as_bytes());
    assert_eq!(client::read_answer(&mut stream, "HEAD").status, 431);
    assert_eq!(send(service.address, "GET", "/healthz").status, 200);
}

#[test]
fn draining_finishes_what_is_open() {
    let mut service = Service::start(settings());
    assert_eq!(send(service.address, "GET", "/readyz").status, 200);
    let mut open = TcpStream::connect(service.address).unwrap();
    let head = "POST /v1/inspect HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\ncontent-length: 3\r\n\r\n";
    open.write_all(head.as_bytes()).unwrap();
    service.stop();
    let deadline = Instant::now() + Duration::from_secs(4);
    let mut ready = send(service.address, "GET", "/readyz");
    while ready.status == 200 && Instant::now() < deadline {
        ready = send(service.address, "GET", "/readyz");
    }
    assert_eq!((ready.status, &ready.json()["code"]), (503, &"request.draining".into()));
    open.write_all(b"abc").unwrap();
    assert_eq!(client::read_answer(&mut open, "POST").status, 200);
    drop(open);
    service.join();
    assert!(TcpStream::connect(service.address).is_err(), "nobody listens any more");
}

#[test]
fn connections_are_kept_and_ids_differ() {
    let service = Service::start(settings());
    let mut stream = TcpStream::connect(service.address).unwrap();
    let mut ids = Vec::new();
    for _ in 0..3 {
        let head = client::head("POST", "/v1/inspect", &[("content-type", "text/plain")], Some(2));
        stream.write_all(&[head.as_bytes(), b"hi"].concat()).unwrap();
        let answer = client::read_answer(&mut stream, "POST");
        assert_eq!(answer.status, 200);
        ids.push(answer.header("x-request-id").unwrap().to_owned());
    }
    ids.dedup();
    assert_eq!(ids.len(), 3);
}

#[test]
fn requests_are_counted() {
    let service = Service::start(settings());
    json("/v1/inspect", &service, r#"{"text":"hello"}"#);
    json("/v1/inspect", &service, r#"{"text":"hello"}"#);
    json("/v1/inspect", &service, "{");
    let text = String::from_utf8(send(service.address, "GET", "/metrics").body).unwrap();
    for line in [
        r#"lockgate_requests_total{route="/v1/inspect",status="200"} 2"#,
        r#"lockgate_requests_total{route="/v1/inspect",status="400"} 1"#,
        r#"lockgate_request_duration_seconds_count{route="/v1/inspect"} 3"#,
        "lockgate_inspected_bytes_total 33",
        r#"lockgate_verdicts_total{action="allow"} 2"#,
        "# EOF",
    ] {
        assert!(text.contains(line), "no {line} in {text}");
    }
}

/// `UPDATE=1` writes the files instead of comparing them.
#[track_caller]
fn generated(path: &str, expect: &str) {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("UPDATE").is_some_and(|value| value == "1") {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, expect).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == expect, "{} is out of date: run with UPDATE=1", path.display());
}

#[test]
fn generated_files_are_current() {
    generated("docs/config.md", &config::markdown());
    generated("lockgate.example.toml", &config::example());
    generated("docs/metrics.md", &metrics::markdown());
    generated("docs/api/openapi.json", &openapi::json());
}
