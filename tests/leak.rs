//! No matched byte travels: values that are planted in good and in broken input stand in no answer, error, summary, metric or log line.

#![cfg(all(feature = "cli", feature = "server"))]

#[path = "http/client.rs"]
#[allow(dead_code, clippy::unwrap_used, reason = "shared with the tests of the service")]
mod client;

use client::{chunked, request, send};
use lockgate::engine::{Content, Engine, InspectOptions};
use lockgate::redact::{Redaction, Style, apply};
use lockgate::rules::Compiler;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, LazyLock};

static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let (rules, _warnings) =
        Compiler::with_builtin().build().expect("the built-in rules are valid");
    Engine::new(Arc::new(rules))
});

/// What must not be seen: a card, a social security number, an address, a key, a password. In parts, so that scanners of source code
/// do not trip over them.
fn canaries() -> [String; 5] {
    [
        ["55000055", "55555559"].concat(),
        ["536-90", "-4399"].concat(),
        ["canary.bird", "@contoso.com"].concat(),
        ["AKIA", "Z7QWERTYUIOP2345"].concat(),
        ["zq8Kd93", "jfLw02mX"].concat(),
    ]
}

/// A sentence that holds every canary where its rule finds it.
fn sentence() -> String {
    let [card, ssn, mail, key, password] = canaries();
    format!("card {card}, ssn {ssn}, mail {mail}, key {key}, password = '{password}' end")
}

/// What a leak looks like: a canary, or half of one that is long enough to mean something.
fn needles() -> Vec<String> {
    const HALF_BYTES_MIN: usize = 7;
    let halves = |value: String| {
        let (first, second) = value.split_at(value.len() / 2);
        let halves = [first, second].map(str::to_owned);
        halves
            .into_iter()
            .filter(|half| half.len() >= HALF_BYTES_MIN)
            .chain([value])
            .collect::<Vec<_>>()
    };
    canaries().into_iter().flat_map(halves).collect()
}

#[track_caller]
fn keeps_secret(what: &str, shown: impl AsRef<[u8]>) {
    let shown = String::from_utf8_lossy(shown.as_ref());
    for needle in needles() {
        assert!(!shown.contains(&needle), "{what} shows {needle}:\n{shown}");
    }
}

fn document() -> String {
    let [card, ..] = canaries();
    serde_json::json!({ "messages": [{ "role": "user", "content": sentence() }], "n": card.parse::<u64>().ok() })
        .to_string()
}

/// Documents that are broken where a canary stands, or named by one.
fn broken() -> Vec<String> {
    let document = document();
    let [card, ssn, mail, key, password] = canaries();
    // Cut between words: half an address is none, and may be shown beside what was found.
    let mut broken: Vec<_> =
        document.match_indices(", ").map(|(at, _)| document[..at].to_owned()).collect();
    broken.extend([
        format!("{document} {mail}"),
        format!("{{\"text\":\"{}\\x {mail}\"}}", sentence()),
        format!("{{\"text\":{card}{card}x}}"),
        format!("{{\"text\":{{\"{mail}\":1}}}}"),
        format!("{{\"{mail}\":\"{key}\"}}"),
        format!("{{\"text\":\"x\",\"{ssn}\":1}}"),
        format!("{{\"text\":\"x\",\"options\":{{\"pack\":\"{mail}\"}}}}"),
        format!("{{\"text\":\"x\",\"options\":{{\"style\":\"{password}\"}}}}"),
        format!("{{\"text\":\"x\",\"options\":{{\"{key}\":true}}}}"),
        format!("{{\"text\":\"x\",\"options\":{{\"redact\":\"{key}\"}}}}"),
        format!("{{\"text\":\"x\",\"direction\":\"{password}\"}}"),
        format!("{{\"messages\":\"{mail}\"}}"),
        format!("{{\"items\":[{{\"{mail}\":\"{key}\"}}]}}"),
        format!("[\"{mail}\",{key}]"),
        format!("{mail} {card}"),
        "[".repeat(600) + &card,
    ]);
    broken
}

#[test]
fn every_canary_is_found_at_all() {
    let text = sentence();
    let verdict = ENGINE
        .inspect(Content::Text(text.as_bytes()), &InspectOptions::default())
        .expect("valid text");
    for canary in canaries() {
        let start = text.find(&canary).expect("the sentence holds it");
        let found = verdict.findings.iter().any(|finding| finding.span.range().contains(&start));
        assert!(found, "{canary} is not found");
    }
}

#[test]
fn verdicts_and_faults_hold_no_text() {
    let options = |style| InspectOptions {
        redaction: Redaction { style, hash_key: Some([3; 32]), ..Redaction::default() },
        ..InspectOptions::default()
    };
    let styles = [
        None,
        Some(Style::Placeholder),
        Some(Style::Numbered),
        Some(Style::Hash),
        Some(Style::Remove),
    ];
    for style in styles {
        let (text, raw) = (sentence(), document());
        for content in [Content::Text(text.as_bytes()), Content::Json(raw.as_bytes())] {
            let verdict = ENGINE.inspect(content, &options(style)).expect("valid content");
            keeps_secret("a verdict", format!("{verdict:?}"));
            keeps_secret("redacted content", apply(content.bytes(), &verdict.edits));
        }
    }
    for raw in broken() {
        if let Err(fault) = ENGINE.inspect(Content::Json(raw.as_bytes()), &options(None)) {
            keeps_secret("a fault", format!("{fault} {fault:?}"));
        }
    }
    let pack = Some(canaries()[2].clone());
    let fault = ENGINE.inspect(Content::Text(b"x"), &InspectOptions { pack, ..options(None) });
    keeps_secret("a fault", format!("{fault:?}"));
}

fn lockgate(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lockgate"))
        .current_dir(folder)
        .args(args)
        .stdin(Stdio::null())
        .output()
        .expect("the program starts")
}

#[track_caller]
fn check_run(folder: &Path, args: &[&str]) {
    let output = lockgate(folder, args);
    keeps_secret(&format!("{args:?} on standard output"), output.stdout);
    keeps_secret(&format!("{args:?} on standard error"), output.stderr);
}

#[test]
fn the_command_line_shows_no_value() {
    let folder = tempfile::tempdir().expect("a folder");
    let write =
        |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("written");
    let line = |text: &str| serde_json::json!({ "id": 1, "text": text }).to_string();
    write("a.txt", &sentence());
    write("b.json", &document());
    write("c.jsonl", &format!("{}\n{}\n", line(&sentence()), line("clean")));
    write("d.bin", &format!("\0\0{}\0", sentence()));
    write("e.jsonl", &broken().join("\n"));
    for (i, text) in broken().iter().enumerate() {
        write(&format!("broken{i}.json"), text);
    }
    for format in ["text", "json", "jsonl", "sarif"] {
        check_run(folder.path(), &["scan", "--format", format, "--color", "always", "."]);
        check_run(folder.path(), &["scan", "--format", format, "--input", "jsonl", "."]);
        check_run(
            folder.path(),
            &["scan", "--format", format, "--binary", "--pack", "strict", "."],
        );
    }
    for style in ["placeholder", "numbered", "remove"] {
        for name in ["a.txt", "b.json"] {
            check_run(folder.path(), &["scan", "--redact", "--style", style, name]);
        }
    }
    check_run(folder.path(), &["bench", "c.jsonl", "--json"]);
    check_run(folder.path(), &["bench", "e.jsonl"]);
}

/// The service as its users start it, with every log line it can write.
struct Service {
    child: Child,
    address: SocketAddr,
}

impl Service {
    fn start(format: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("lockgate.toml");
        let settings = format!(
            "[server]\nlisten = \"127.0.0.1:0\"\nmax-body-bytes = 65536\n[log]\nlevel = \"debug\"\nformat = \"{format}\"\n"
        );
        fs::write(&path, settings).expect("written");
        let mut child = Command::new(env!("CARGO_BIN_EXE_lockgate"))
            .args(["serve".as_ref(), "--config".as_ref(), path.as_os_str()])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut first = String::new();
        let stdout = child.stdout.as_mut().expect("it is piped");
        BufReader::new(stdout).read_line(&mut first).expect("a first line");
        let address = first.trim().rsplit('/').next().and_then(|text| text.parse().ok());
        Self { child, address: address.expect("the first line ends in the address") }
    }

    /// Everything it logged.
    fn stop(mut self) -> String {
        self.child.kill().expect("it runs");
        let mut log = String::new();
        let stderr = self.child.stderr.as_mut().expect("it is piped");
        stderr.read_to_string(&mut log).expect("the log is text");
        self.child.wait().expect("it ends");
        log
    }

    #[track_caller]
    fn check(&self, method: &str, path: &str, content_type: &str, body: &str) -> u16 {
        let headers = [("content-type", content_type)];
        let answer = request(self.address, method, path, &headers, body.as_bytes());
        keeps_secret(&format!("{method} {path}"), format!("{:?}", answer.headers));
        keeps_secret(&format!("{method} {path}"), &answer.body);
        answer.status
    }
}

#[test]
fn the_service_shows_no_value() {
    for format in ["text", "json"] {
        let service = Service::start(format);
        let json = "application/json";
        let [card, _, mail, key, _] = canaries();
        assert_eq!(service.check("POST", "/v1/inspect", "text/plain", &sentence()), 200);
        let content = format!("{{\"content\":{}}}", document());
        assert_eq!(service.check("POST", "/v1/inspect", json, &content), 200);
        for style in ["placeholder", "numbered", "remove"] {
            let path = format!("/v1/inspect?style={style}");
            assert_eq!(service.check("POST", &path, "text/plain", &sentence()), 200);
        }
        let item =
            serde_json::json!({ "items": [{ "text": sentence() }, { "text": 7 }] }).to_string();
        service.check("POST", "/v1/inspect/batch", json, &item);
        for body in broken() {
            for path in ["/v1/inspect", "/v1/inspect/batch"] {
                service.check("POST", path, json, &body);
            }
        }
        assert_eq!(service.check("POST", "/v1/inspect", "image/png", &sentence()), 415);
        assert_eq!(service.check("POST", "/v1/inspect", &mail, &sentence()), 415);
        assert_eq!(
            service.check("POST", "/v1/inspect", "text/plain", &sentence().repeat(900)),
            413
        );
        for path in [
            format!("/v1/inspect?pack={mail}"),
            format!("/v1/inspect?{key}=1"),
            format!("/v1/inspect?style={card}"),
            format!("/v1/rules/{key}"),
            format!("/{mail}?{card}"),
        ] {
            let status = service.check("POST", &path, "text/plain", &sentence());
            assert!((400..500).contains(&status), "{path} is answered with {status}");
            service.check("GET", &path, "text/plain", "");
            service.check("PUT", &path, "text/plain", "");
        }
        let headers = [("content-type", json)];
        let answer =
            chunked(service.address, "POST", "/v1/inspect", &headers, broken()[3].as_bytes());
        keeps_secret("a chunked request", &answer.body);
        give_up(service.address);
        for path in ["/metrics", "/healthz", "/readyz"] {
            keeps_secret(path, send(service.address, "GET", path).body);
        }
        let log = service.stop();
        assert!(log.contains("request"), "requests are logged at this level:\n{log}");
        keeps_secret("the log", log);
    }
}

/// Hangs up in the middle of a body.
fn give_up(address: SocketAddr) {
    let mut stream = std::net::TcpStream::connect(address).expect("the service listens");
    let head = "POST /v1/inspect HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\ncontent-length: 900\r\n\r\n";
    stream.write_all(head.as_bytes()).expect("sent");
    stream.write_all(sentence().as_bytes()).expect("sent");
}
