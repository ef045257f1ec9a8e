//! Lineage and the ledger as their users have them: through the service, through the command line, and through a kill at any moment.

#![cfg(all(feature = "cli", feature = "server"))]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "http/client.rs"]
#[allow(dead_code, reason = "shared with the tests of the service")]
mod client;
#[path = "proxy/upstream.rs"]
#[allow(dead_code, reason = "shared with the tests of the proxy")]
mod upstream;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use client::{Answer, request, send};
use lockgate::audit::{Audit, AuditOptions, Folder};
use lockgate::lineage::ledger::{for_each, verify};
use lockgate::lineage::{Caller, Circumstances, Event, Inspection, Service as _};
use lockgate::rules::Compiler;
use serde_json::Value;
use std::collections::HashSet;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use upstream::{answering, whole};

const ROOT: [u8; 32] = [0x5a; 32];
/// Headers of an upstream's answer.
const JSON: &str = "content-type: application/json\r\nconnection: close\r\n";
/// Where the child of the test of kills finds its ledger.
const CHILD_LEDGER: &str = "LOCKGATE_TEST_LEDGER";
/// How often the child is killed.
const KILLS: usize = 12;

/// Not a test by itself: the process that is killed. It records from four threads and says of each record when it was told that it is on
/// the disk.
#[test]
fn child_that_records() {
    let Some(folder) = std::env::var_os(CHILD_LEDGER) else { return };
    let options = AuditOptions { durable: true, ..AuditOptions::new(folder, ROOT) };
    let audit = Audit::open(&options).unwrap();
    let (rules, _) = Compiler::new().build().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let context = audit.context(Caller::default()).unwrap();
                    let circumstances = Circumstances {
                        direction: Default::default(),
                        pack: "default",
                        took_us: 1,
                        facts: None,
                    };
                    let verdict = Default::default();
                    let inspection = Inspection::new(&context, &verdict, &rules, circumstances);
                    audit.record(inspection).unwrap();
                    println!("{}", context.artifact);
                }
            });
        }
    });
}

#[test]
fn nothing_that_was_acknowledged_is_lost_by_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let public = {
        let audit = Audit::open(&AuditOptions::new(folder.path(), ROOT)).unwrap();
        audit.public().clone()
    };
    let mut acknowledged = HashSet::new();
    for round in 0..KILLS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child_that_records", "--nocapture"])
            .env(CHILD_LEDGER, folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut took = |line: String| {
            // The harness says which test it runs on the line of the first record.
            if let Some(at) = line.find("dla1_") {
                acknowledged.insert(line[at..].trim().to_owned());
            }
        };
        // Other numbers in every round, so that the kill comes at other moments of a batch.
        lines.by_ref().take(2 + round * 17 % 97).for_each(&mut took);
        child.kill().unwrap();
        child.wait().unwrap();
        lines.for_each(&mut took);

        let mut recorded = HashSet::new();
        for_each(&Folder::new(folder.path()), |record| {
            if let Event::Inspection(inspection) = serde_json::from_slice(record.payload).unwrap() {
                recorded.insert(inspection.artifact.to_string());
            }
        })
        .unwrap();
        let lost: Vec<_> = acknowledged.difference(&recorded).collect();
        assert!(lost.is_empty(), "round {round}: {lost:?}");
        let report = verify(&Folder::new(folder.path()), &public).unwrap();
        assert!(report.problems.is_empty(), "round {round}: {report:?}");
    }
    assert!(acknowledged.len() > KILLS, "{}", acknowledged.len());
}

/// A service with a ledger.
struct Service {
    child: Child,
    address: SocketAddr,
    folder: tempfile::TempDir,
}

impl Service {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        fs::write(path("root.key"), ROOT).unwrap();
        let settings = format!(
            "[server]\nlisten = '127.0.0.1:0'\n[log]\nlevel = 'debug'\n[lineage]\ndirectory = '{}'\nkey-file = '{}'\ntenant = 'acme'\ndurability = 'durable'\nqueries = 'on'\n",
            path("ledger"),
            path("root.key"),
        );
        fs::write(path("lockgate.toml"), settings).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_lockgate"))
            .args(["serve", "--config", &path("lockgate.toml")])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut first).unwrap();
        let address = first.trim().rsplit('/').next().unwrap().parse().unwrap();
        Self { child, address, folder }
    }

    #[track_caller]
    fn inspect(&self, direction: &str, text: &str, headers: &[(&str, &str)]) -> Value {
        let path = format!("/v1/inspect?direction={direction}");
        let headers = [&[("content-type", "text/plain")], headers].concat();
        let answer = request(self.address, "POST", &path, &headers, text.as_bytes());
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        answer.json()
    }

    #[track_caller]
    fn ask(&self, path: &str) -> Value {
        let answer = send(self.address, "GET", path);
        assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
        answer.json()
    }

    /// Everything it logged.
    fn stop(&mut self) -> String {
        self.child.kill().unwrap();
        let mut log = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        self.child.wait().unwrap();
        log
    }

    fn run(&self, args: &[&str], input: &str) -> Output {
        let mut child = Command::new(env!("CARGO_BIN_EXE_lockgate"))
            .current_dir(self.folder.path())
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    #[track_caller]
    fn check(&self, args: &[&str], input: &str, code: i32) -> String {
        let output = self.run(args, input);
        let shown = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {shown}{errors}");
        shown + &errors
    }
}

/// What must not be found anywhere: in parts, so that scanners of source code do not trip over them.
fn canaries() -> [String; 3] {
    [
        ["canary.bird", "@contoso.com"].concat(),
        ["55000055", "55555559"].concat(),
        ["536-90", "-4399"].concat(),
    ]
}

/// A value in the ways in which it might be hidden in a file.
fn encodings(value: &str) -> Vec<Vec<u8>> {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let utf16: Vec<u8> = value.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let middle = |text: String| text[2..text.len() - 4].to_owned().into_bytes();
    vec![
        value.as_bytes().to_vec(),
        value.to_uppercase().into_bytes(),
        value.chars().rev().collect::<String>().into_bytes(),
        hex(value.as_bytes()).into_bytes(),
        hex(value.as_bytes()).to_uppercase().into_bytes(),
        middle(STANDARD.encode(value)),
        middle(STANDARD.encode(format!("x{value}"))),
        middle(URL_SAFE_NO_PAD.encode(format!("xy{value}"))),
        value.replace('@', "%40").into_bytes(),
        value.replace(['-', '@', '.'], "").into_bytes(),
        utf16,
        lockgate_digest(value),
    ]
}

/// An unkeyed hash would give a card number away.
fn lockgate_digest(value: &str) -> Vec<u8> {
    blake3::hash(value.as_bytes()).as_bytes()[..8].to_vec()
}

#[track_caller]
fn keeps_secret(what: &str, bytes: &[u8]) {
    for needle in canaries().iter().flat_map(|canary| encodings(canary)) {
        let found = bytes.windows(needle.len()).any(|window| window == needle);
        assert!(!found, "{what} holds {:?}", String::from_utf8_lossy(&needle));
    }
}

fn no_file_holds_a_canary(folder: &Path) -> usize {
    let mut files = 0;
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            files += no_file_holds_a_canary(&entry.path());
        } else {
            keeps_secret(&entry.path().display().to_string(), &fs::read(entry.path()).unwrap());
            files += 1;
        }
    }
    files
}

#[test]
fn a_value_is_followed_from_a_tool_to_an_answer_and_no_file_holds_it() {
    let mut service = Service::start();
    let [mail, card, ssn] = canaries();
    let actor = "actor=spiffe://example.org/agent/support, agent=support";
    let one = format!("session=\"conversation 1\", {actor}");
    let text = format!("customer {mail}, card {card}, ssn {ssn}");
    let source = service.inspect("tool_result", &text, &[("dlp-lineage", &one)]);
    let a = source["lineage"]["artifact"].as_str().unwrap().to_owned();
    assert_eq!(source["findings"].as_array().unwrap().len(), 3, "{source}");

    let child = format!("{one}, parents=({a})");
    let answer = format!("Sure, I wrote to {}.", mail.to_uppercase());
    let answer = service.inspect("output", &answer, &[("dlp-lineage", &child)]);
    let b = answer["lineage"]["artifact"].as_str().unwrap().to_owned();
    let tag = |verdict: &Value| verdict["findings"][0]["tag"].as_str().unwrap().to_owned();
    assert_eq!(tag(&source), tag(&answer), "one flow, one value, one tag");

    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let other = service.inspect("output", &format!("to {mail}"), &[("traceparent", trace)]);
    let c = other["lineage"]["artifact"].as_str().unwrap().to_owned();
    assert_ne!(tag(&source), tag(&other), "another flow, another tag");

    let closure = service.ask(&format!("/v1/lineage/artifacts/{b}/closure"));
    let modes: Vec<_> = closure["edges"].as_array().unwrap().iter().map(|e| &e["mode"]).collect();
    assert_eq!(modes, ["observed", "reachable"], "{closure}");
    assert_eq!(closure["edges"][0]["evidence"][0]["label"], "pii.email");
    assert_eq!(closure["edges"][1]["evidence"][0]["kind"], "parent");
    let observed =
        service.ask(&format!("/v1/lineage/artifacts/{a}/closure?toward=targets&mode=observed"));
    assert_eq!(observed["artifacts"].as_array().unwrap().len(), 3, "{observed}");
    let session = service.ask("/v1/lineage/sessions?session=conversation%201");
    assert_eq!(session["items"].as_array().unwrap().len(), 2, "{session}");
    assert_eq!(session["items"][1]["direction"], "output");
    let trail = request(service.address, "POST", "/v1/lineage/values", &[], mail.as_bytes()).json();
    assert_eq!(trail["items"].as_array().unwrap().len(), 3, "{trail}");
    let exposure = service.ask("/v1/lineage/actors?actor=spiffe://example.org/agent/support");
    assert_eq!((&exposure["artifacts"], &exposure["flows"]), (&2.into(), &1.into()), "{exposure}");
    let why = service.ask(&format!("/v1/lineage/why?from={a}&to={c}"));
    assert_eq!(why["items"][0]["mode"], "observed");

    for answer in [closure, observed, session, trail.clone(), exposure, why, source] {
        keeps_secret("an answer", answer.to_string().as_bytes());
    }
    let token = trail["items"][0]["findings"][0]["tokens"][0].as_str().unwrap().to_owned();
    a_stream_is_recorded(&service);
    a_snapshot_is_recorded(&service, &trail["items"][0]);
    bad_questions(&service, &a);
    let metrics = send(service.address, "GET", "/metrics").body;
    let metrics = String::from_utf8_lossy(&metrics);
    assert!(metrics.contains("lockgate_ledger_events_total{result=\"recorded\"}"), "{metrics}");
    keeps_secret("the log", service.stop().as_bytes());
    let files = no_file_holds_a_canary(&service.folder.path().join("ledger"));
    assert!(files >= 3, "{files}");
    the_command_line_agrees(&service, &[&a, &b, &c], &mail, &token);
}

fn a_stream_is_recorded(service: &Service) {
    let [mail, ..] = canaries();
    let headers = [
        ("content-type", "text/plain"),
        ("dlp-lineage", "session=streamed"),
        ("connection", "close"),
    ];
    let mut stream = std::net::TcpStream::connect(service.address).unwrap();
    let head = client::head("POST", "/v1/stream", &headers, Some(mail.len()));
    stream.write_all(&[head.as_bytes(), mail.as_bytes()].concat()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("[pii.email]"), "{answer}");
    // It is recorded at its end, which the client sees before.
    let steps = (0..200).find_map(|_| {
        let steps = service.ask("/v1/lineage/sessions?session=streamed");
        let done = !steps["items"].as_array().unwrap().is_empty();
        if !done {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        done.then_some(steps)
    });
    let step = &steps.unwrap()["items"][0];
    assert_eq!((&step["format"], &step["action"]), (&"stream".into(), &"redact".into()), "{step}");
    assert_eq!(step["findings"][0]["label"], "pii.email");
    assert_eq!(step["bytes"], mail.len());
}

/// Its values are those of the contents that they came from.
fn a_snapshot_is_recorded(service: &Service, source: &Value) {
    let [mail, ..] = canaries();
    let headers = [("content-type", "application/json"), ("dlp-lineage", "session=remembered")];
    let body = serde_json::json!({"memories": [{"id": "1", "memory": format!("write to {mail}")}]});
    let body = body.to_string();
    let answer = request(service.address, "POST", "/v1/memory/inspect", &headers, body.as_bytes());
    let report = answer.json();
    assert_eq!(answer.status, 200, "{report}");
    let steps = service.ask("/v1/lineage/sessions?session=remembered");
    let step = &steps["items"][0];
    assert_eq!(step["artifact"], report["lineage"]["artifact"], "{steps}");
    assert_eq!((&step["direction"], &step["bytes"]), (&"memory".into(), &body.len().into()));
    let token = |step: &Value| {
        let found = step["findings"].as_array().unwrap();
        found.iter().find(|found| found["label"] == "pii.email").unwrap()["tokens"][0].clone()
    };
    assert_eq!(token(step), token(source));
}

fn bad_questions(service: &Service, artifact: &str) {
    let [mail, ..] = canaries();
    let check = |path: &str, status: u16, code: &str| {
        let answer: Answer = send(service.address, "GET", path);
        assert_eq!((answer.status, answer.json()["code"].as_str()), (status, Some(code)), "{path}");
    };
    check("/v1/lineage/artifacts/x", 422, "lineage.id");
    check("/v1/lineage/artifacts/dla1_00000000000000000000000000", 404, "lineage.unknown");
    check(&format!("/v1/lineage/artifacts/{artifact}?tenant=other"), 404, "lineage.unknown");
    check(&format!("/v1/lineage/artifacts/{artifact}/closure?mode=x"), 422, "request.field");
    check(&format!("/v1/lineage/artifacts/{artifact}/closure?toward=x"), 422, "request.field");
    check("/v1/lineage/tokens/xyz", 422, "lineage.id");
    check("/v1/lineage/sessions", 422, "request.field");
    check("/v1/lineage/actors", 422, "request.field");
    check("/v1/lineage/actors?actor=x&from=y", 422, "request.field");
    check("/v1/lineage/why?from=a", 422, "request.field");
    check(&format!("/v1/lineage/why?from={artifact}&to={mail}"), 422, "lineage.id");
    let header = |value: &str, code: &str| {
        let headers = [("content-type", "text/plain"), ("dlp-lineage", value)];
        let answer = request(service.address, "POST", "/v1/inspect", &headers, b"x");
        assert_eq!((answer.status, answer.json()["code"].as_str()), (400, Some(code)), "{value}");
        keeps_secret("a problem", &answer.body);
    };
    header("session", "lineage.header");
    header(&format!("parents=({mail})"), "lineage.header");
    header("actor=me", "lineage.header");
}

fn the_command_line_agrees(service: &Service, ids: &[&str; 3], mail: &str, token: &str) {
    let [a, b, c] = ids;
    let key = ["--key-file", "root.key"];
    let acme = ["--ledger", "ledger", "--tenant", "acme"];
    let with = |parts: &[&[&'static str]]| parts.concat();
    let ask = |command: &'static str| with(&[&["lineage", command], &acme]);
    let shown = service.check(&[&ask("trace")[..], &key].concat(), &format!("{mail}\n"), 0);
    assert_eq!(shown.lines().count(), 4, "{shown}");
    let shown = service.check(&[&ask("trace")[..], &["--token", token]].concat(), "", 0);
    assert!(ids.iter().all(|id| shown.contains(id)), "{shown}");
    let shown = service.check(&[&ask("session")[..], &["conversation 1"]].concat(), "", 0);
    assert!(shown.contains("pii.email\u{d7}1") && shown.contains("support"), "{shown}");
    let shown = service.check(&[&ask("closure")[..], &[b]].concat(), "", 0);
    assert!(shown.contains("observed") && shown.contains("named as a parent"), "{shown}");
    let shown = service.check(&[&ask("why")[..], &["--json", a, c]].concat(), "", 0);
    assert!(shown.contains("\"observed\""), "{shown}");
    let shown = service.check(
        &[&ask("actor")[..], &["spiffe://example.org/agent/support"]].concat(),
        "",
        0,
    );
    assert!(shown.contains("finance.card"), "{shown}");
    service.check(&[&ask("closure")[..], &["x"]].concat(), "", 2);
    service.check(&[&ask("session")[..], &["nobody"]].concat(), "", 2);

    let public = service.check(&["audit", "key", "--key-file", "root.key"], "", 0);
    let public = ["--public-key", public.trim()];
    let ledger = ["--ledger", "ledger"];
    // The service was killed, so that nothing is signed that came after the start. A start signs it.
    let audit = AuditOptions {
        tenant: "acme".into(),
        ..AuditOptions::new(service.folder.path().join("ledger"), ROOT)
    };
    drop(Audit::open(&audit).unwrap());
    let shown = service.check(&[&["audit", "verify"], &ledger[..], &public].concat(), "", 0);
    assert!(shown.contains("nothing is wrong"), "{shown}");
    let proof = service.check(&[&["audit", "prove"], &ledger[..], &public, &["1"]].concat(), "", 0);
    fs::write(service.folder.path().join("proof.json"), &proof).unwrap();
    service.check(&[&["audit", "verify", "--proof", "proof.json"], &public[..]].concat(), "", 0);
    let forged = proof.replace("tool_result", "tool_call");
    assert_ne!(forged, proof);
    fs::write(service.folder.path().join("proof.json"), forged).unwrap();
    service.check(&[&["audit", "verify", "--proof", "proof.json"], &public[..]].concat(), "", 1);
    let exported = service.check(&["audit", "export", "--ledger", "ledger"], "", 0);
    keeps_secret("an export", exported.as_bytes());
    let events: Vec<Value> =
        exported.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(events[1]["event"]["artifact"], **a);
    let epoch = events[1]["event"]["epoch"].to_string();

    let shred = ["audit", "shred", "--ledger", "ledger", "--key-file", "root.key", &epoch];
    service.check(&shred, "", 0);
    service.check(&[&shred[..6], &["7"]].concat(), "", 2);
    service.check(&[&ask("trace")[..], &key].concat(), mail, 2);
    service.check(&[&["audit", "verify"], &ledger[..], &public].concat(), "", 0);

    let segment = service.folder.path().join("ledger/0000000001.seg");
    let mut bytes = fs::read(&segment).unwrap();
    let at = bytes.windows(11).position(|window| window == b"tool_result").unwrap();
    bytes[at] ^= 1;
    fs::write(&segment, bytes).unwrap();
    let shown = service.check(&[&["audit", "verify"], &ledger[..], &public].concat(), "", 1);
    assert!(
        shown.contains("WRONG        segment 1, byte") && shown.contains("record 1"),
        "{shown}"
    );
}

#[test]
fn the_proxy_records_request_and_answer_and_tells_the_upstream_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let rules = Arc::new(Compiler::with_builtin().build().unwrap().0);
    let audit = AuditOptions { durable: true, ..AuditOptions::new(folder.path(), ROOT) };
    let audit = Arc::new(Audit::open(&audit).unwrap());
    let upstream =
        answering(whole("200 OK", JSON, br#"{"reply":"wrote to canary.bird@contoso.com"}"#));
    let url = upstream.url();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let config = lockgate::server::Config {
            proxy_listen: "127.0.0.1:0".parse().unwrap(),
            upstream: url,
            ..lockgate::server::Config::default()
        };
        let proxy = lockgate::server::Services::Proxy;
        let lineage = Arc::clone(&audit);
        let server = lockgate::server::Server::bind_with(
            config,
            rules,
            proxy,
            lockgate::server::Attached { lineage: Some(lineage), policy: None },
        );
        let server = server.await.unwrap();
        let address = server.proxy_addr().unwrap();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let running = tokio::spawn(server.run(async { drop(stopped.await) }));
        let asked = tokio::task::spawn_blocking(move || {
            let ours = "session=one, actor=spiffe://example.org/a";
            let headers = [
                ("content-type", "application/json"),
                ("dlp-lineage", ours),
                ("baggage", "user=a,dlp.lineage=x"),
            ];
            let body = br#"{"prompt":"write to canary.bird@contoso.com"}"#;
            request(address, "POST", "/anything", &headers, body).status
        });
        assert_eq!(asked.await.unwrap(), 200);
        stop.send(()).unwrap();
        running.await.unwrap();
    });
    let headers = upstream.recorded().headers;
    let ours = |(name, value): &(String, String)| name.contains("dlp") || value.contains("dlp");
    assert!(!headers.iter().any(ours), "{headers:?}");
    assert!(headers.contains(&("baggage".to_owned(), "user=a".to_owned())), "{headers:?}");
    let index = audit.index().read().unwrap();
    let (steps, _) = index.session("default", "one");
    let directions: Vec<_> = steps.iter().map(|step| &*step.inspection.direction).collect();
    assert_eq!(directions, ["input", "output"]);
    let [sent, received] = [0, 1].map(|step| steps[step].inspection);
    assert_eq!(received.parents, [sent.artifact]);
    assert_eq!(sent.findings[0].tokens, received.findings[0].tokens);
}

#[test]
fn questions_are_not_answered_unless_they_are_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let rules = Arc::new(Compiler::with_builtin().build().unwrap().0);
    let audit = Audit::open(&AuditOptions::new(folder.path(), ROOT)).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let config = lockgate::server::Config {
            listen: "127.0.0.1:0".parse().unwrap(),
            ..lockgate::server::Config::default()
        };
        let all = lockgate::server::Services::All;
        let server = lockgate::server::Server::bind_with(
            config,
            rules,
            all,
            lockgate::server::Attached { lineage: Some(Arc::new(audit)), policy: None },
        );
        let server = server.await.unwrap();
        let address = server.local_addr();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let running = tokio::spawn(server.run(async { drop(stopped.await) }));
        let asked = tokio::task::spawn_blocking(move || {
            let answer = send(address, "GET", "/v1/lineage/sessions?session=x");
            let headers = [("content-type", "text/plain")];
            let verdict = request(address, "POST", "/v1/inspect", &headers, b"x").json();
            (answer.status, answer.json()["code"].clone(), verdict["lineage"].is_object())
        });
        assert_eq!(asked.await.unwrap(), (404, "lineage.off".into(), true));
        stop.send(()).unwrap();
        running.await.unwrap();
    });
}
