//! Policies as their users have them: over HTTP, through the proxy, in the ledger and on the command line.

#![cfg(all(feature = "cli", feature = "server"))]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "http/client.rs"]
#[allow(dead_code, reason = "shared with the tests of the service")]
mod client;
#[path = "proxy/upstream.rs"]
#[allow(dead_code, reason = "shared with the tests of the proxy")]
mod upstream;

use client::{Answer, request};
use lockgate::audit::{Audit, AuditOptions, Folder};
use lockgate::lineage::ledger::for_each;
use lockgate::lineage::{Event, Inspection};
use lockgate::policy::Policy;
use lockgate::rules::{Compiler, Rules};
use lockgate::server::{Attached, Config, Server, Services};
use lockgate::syntax::Source;
use serde_json::Value;
use std::fs;
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, LazyLock};
use upstream::{answering, whole};

const ROOT: [u8; 32] = [0x5a; 32];
/// Headers of an upstream's answer.
const JSON: &str = "content-type: application/json\r\nconnection: close\r\n";

static RULES: LazyLock<Arc<Rules>> =
    LazyLock::new(|| Arc::new(Compiler::with_builtin().build().unwrap().0));

const POLICY: &str = r#"
[policy]
id = "wire"
title = "Over the wire"
combine = "first-match"

[[agent]]
id = "support"
actor = ["spiffe://example.org/agent/support"]
tools = ["crm.get_*"]

[[rule]]
id = "cards-stay-here"
when = { label = ["finance.card"] }
unless = [{ destination = { trust = ["internal"] } }]
action = "block"
reason = "Card numbers stay within the company"
obligations = ["notify:payments"]

[[rule]]
id = "back-to-the-user"
when = { label = ["pii.email"], lineage = { origin = ["user"] }, direction = ["input"] }
action = "allow"
reason = "The user sent it"

[[rule]]
id = "tokens-for-mail"
when = { label = ["pii.email"] }
action = "tokenize"
reason = "Addresses are replaced"

[[rule]]
id = "many-phones"
when = { count = { label = ["pii.phone"], unique = 2 } }
action = "step_up"
reason = "More than one telephone number"
"#;

fn policy(text: &str) -> Arc<Policy> {
    let compiled = Policy::compile(&[Source::new("p.toml", text)], &RULES);
    let (policy, _) = compiled.unwrap_or_else(|found| panic!("{}", found.render(false)));
    Arc::new(policy)
}

/// Runs `ask` against a service with the policy.
fn with_service(
    config: Config,
    audit: Option<Arc<Audit>>,
    ask: impl FnOnce(SocketAddr) + Send + 'static,
) {
    let config = Config { listen: "127.0.0.1:0".parse().unwrap(), ..config };
    let config = Config { proxy_listen: "127.0.0.1:0".parse().unwrap(), ..config };
    let services = if config.upstream.is_empty() { Services::All } else { Services::Proxy };
    let lineage = audit.map(|audit| audit as Arc<dyn lockgate::lineage::Service>);
    let attached = Attached { lineage, policy: Some(policy(POLICY)) };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let server = Server::bind_with(config, Arc::clone(&RULES), services, attached);
        let server = server.await.unwrap();
        let address = server.local_addr();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let running = tokio::spawn(server.run(async { drop(stopped.await) }));
        tokio::task::spawn_blocking(move || ask(address)).await.unwrap();
        stop.send(()).unwrap();
        running.await.unwrap();
    });
}

fn inspect(address: SocketAddr, context: &str, text: &str) -> Answer {
    let actor = "tenant=acme, actor=spiffe://example.org/agent/support";
    let headers =
        [("content-type", "text/plain"), ("dlp-context", context), ("dlp-lineage", actor)];
    request(address, "POST", "/v1/inspect", &headers, text.as_bytes())
}

const CARD: &str = "card 4111 1111 1111 1111 please";
const MAIL: &str = "write to jane.doe@contoso.com today";

#[test]
fn a_verdict_names_the_rule_its_reason_and_what_to_do() {
    with_service(Config::default(), None, |address| {
        let verdict = inspect(address, "trust=public", CARD).json();
        assert_eq!(verdict["action"], "block");
        let policy = &verdict["policy"];
        assert_eq!(policy["id"], "wire");
        assert_eq!(policy["rule"], "cards-stay-here");
        assert_eq!(policy["reason"], "Card numbers stay within the company");
        assert_eq!(policy["obligations"], serde_json::json!(["notify:payments"]));
        assert_eq!(policy["decisions"][0]["findings"], 1);
        assert_eq!(policy["fingerprint"].as_str().unwrap().len(), 32);
        // With the fact that exempts it, the pack decides.
        let verdict = inspect(address, "trust=internal", CARD).json();
        assert_eq!(verdict["policy"]["rule"], "pack");
        assert_ne!(verdict["action"], "block");
    });
}

#[test]
fn facts_of_the_headers_decide() {
    with_service(Config::default(), None, |address| {
        let action = |context: &str, text: &str| -> (String, String) {
            let verdict = inspect(address, context, text).json();
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            (text(&verdict["action"]), text(&verdict["policy"]["rule"]))
        };
        let is = |got: (String, String), action: &str, rule: &str| {
            assert_eq!((got.0.as_str(), got.1.as_str()), (action, rule));
        };
        is(action("origin=user", MAIL), "allow", "back-to-the-user");
        is(action("origin=(web user)", MAIL), "allow", "back-to-the-user");
        is(action("tool=crm.get_customer", "nothing here"), "allow", "");
        is(action("tool=shell.run", "nothing here"), "block", "support/tools");
        let phones = "call +1 212 555 0123 or +1 212 555 0199";
        is(action("", phones), "step_up", "many-phones");
        is(action("can=(redact)", phones), "block", "many-phones");
        let same = "call +1 212 555 0123 or +1 212 555 0123";
        assert_ne!(action("", same).1, "many-phones", "it is one number");
    });
}

#[test]
fn tokens_that_are_not_there_are_numbered_placeholders_and_said_to_be() {
    with_service(Config::default(), None, |address| {
        let text = "jane.doe@contoso.com, john@contoso.com, jane.doe@contoso.com";
        let verdict = inspect(address, "", text).json();
        assert_eq!(verdict["action"], "redact");
        assert_eq!(verdict["redacted"], "[pii.email#1], [pii.email#2], [pii.email#1]");
        assert_eq!(verdict["policy"]["changed"], "policy.tokens");
        assert_eq!(verdict["policy"]["decisions"][0]["action"], "tokenize");
        // A caller that cannot rewrite must not send it.
        let verdict = inspect(address, "can=()", text).json();
        assert_eq!((&verdict["action"], &verdict["blocked"]), (&"block".into(), &true.into()));
        assert_eq!(verdict["reason"], "policy.cannot-redact");
    });
}

#[test]
fn documents_batches_and_snapshots_are_decided_alike() {
    with_service(Config::default(), None, |address| {
        let post = |path: &str, body: &str| {
            let headers = [("content-type", "application/json")];
            request(address, "POST", path, &headers, body.as_bytes()).json()
        };
        let chat = format!(r#"{{"messages":[{{"role":"user","content":"{CARD}"}}]}}"#);
        assert_eq!(post("/v1/inspect", &chat)["policy"]["rule"], "cards-stay-here");
        let batch = post(
            "/v1/inspect/batch",
            &format!(r#"{{"items":[{{"text":"{CARD}"}},{{"text":"x"}}]}}"#),
        );
        assert_eq!(batch["results"][0]["verdict"]["action"], "block");
        assert_eq!(batch["results"][1]["verdict"]["action"], "allow");
        let memory = format!(r#"[{{"id":"1","memory":"{CARD}"}},{{"id":"2","memory":"{CARD}"}}]"#);
        let report = post("/v1/memory/inspect", &memory);
        assert_eq!(report["action"], "block");
        assert_eq!(report["policy"]["rule"], "cards-stay-here");
        assert_eq!(report["policy"]["decisions"][0]["findings"], 2);
    });
}

#[test]
fn a_damaged_header_is_refused() {
    with_service(Config::default(), None, |address| {
        for context in ["tool=(", "trust=friends", "can=(fly)"] {
            let answer = inspect(address, context, "x");
            assert_eq!(answer.status, 400, "{context}");
            let problem = answer.json();
            assert_eq!(problem["code"], "policy.header");
            assert!(!problem.to_string().contains("friends"));
        }
    });
}

#[test]
fn streams_are_redacted_as_the_policy_says_and_refused_before_they_begin() {
    with_service(Config::default(), None, |address| {
        let stream = |context: &str, text: &str| -> String {
            let headers = [
                ("content-type", "text/plain"),
                ("dlp-context", context),
                ("dlp-lineage", "actor=spiffe://example.org/agent/support"),
                ("connection", "close"),
            ];
            let path = "/v1/stream?format=text&on_block=redact";
            let head = client::head("POST", path, &headers, Some(text.len()));
            let mut stream = std::net::TcpStream::connect(address).unwrap();
            stream.write_all(&[head.as_bytes(), text.as_bytes()].concat()).unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            answer
        };
        let mail = stream("", MAIL);
        assert!(mail.starts_with("HTTP/1.1 200") && mail.contains("[pii.email"), "{mail}");
        let card = stream("", CARD);
        assert!(card.starts_with("HTTP/1.1 200") && !card.contains("1111 1111"), "{card}");
        let refused = stream("tool=shell.run", "x");
        assert!(refused.starts_with("HTTP/1.1 403"), "{refused}");
        assert!(
            refused.contains("policy.refused") && refused.contains("support/tools"),
            "{refused}"
        );
    });
}

#[test]
fn the_proxy_says_which_rule_stopped_a_request_and_keeps_the_facts_to_itself() {
    let upstream = answering(whole("200 OK", JSON, br#"{"reply":"fine"}"#));
    let config = Config { upstream: upstream.url(), ..Config::default() };
    with_service(config, None, |address| {
        let post = |body: &str| {
            let headers = [("content-type", "application/json"), ("dlp-context", "can=(step_up)")];
            request(address, "POST", "/anything", &headers, body.as_bytes())
        };
        let blocked = post(&format!(r#"{{"prompt":"{CARD}"}}"#));
        assert_eq!(blocked.status, 403);
        let told = blocked.json().to_string();
        assert!(told.contains("cards-stay-here") && told.contains("within the company"), "{told}");
        // Whatever the client claims, the proxy can redact and asks nobody.
        assert_eq!(post(&format!(r#"{{"prompt":"{MAIL}"}}"#)).status, 200);
        let phones = post(r#"{"prompt":"call +1 212 555 0123 or +1 212 555 0199"}"#);
        assert_eq!(phones.status, 403);
    });
    let headers = upstream.recorded().headers;
    assert!(!headers.iter().any(|(name, _)| name.starts_with("dlp-")), "{headers:?}");
}

/// The events of a ledger.
fn events(folder: &Path) -> Vec<Inspection> {
    let mut events = Vec::new();
    for_each(&Folder::new(folder), |record| {
        if let Ok(Event::Inspection(event)) = serde_json::from_slice(record.payload) {
            events.push(*event);
        }
    })
    .unwrap();
    events
}

fn lockgate(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lockgate"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap()
}

fn printed(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[test]
fn records_keep_what_decided_and_can_be_decided_anew() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = folder.path().join("ledger");
    let audit = AuditOptions { durable: true, ..AuditOptions::new(&ledger, ROOT) };
    let audit = Arc::new(Audit::open(&audit).unwrap());
    with_service(Config::default(), Some(Arc::clone(&audit)), |address| {
        assert_eq!(inspect(address, "tool=crm.get_x, region=eu-1", CARD).json()["action"], "block");
        assert_eq!(inspect(address, "origin=user", MAIL).json()["action"], "allow");
        assert_eq!(inspect(address, "", "nothing").json()["action"], "allow");
    });
    drop(audit);
    let recorded = events(&ledger);
    assert_eq!(recorded.len(), 3);
    let of = recorded[0].policy.as_ref().unwrap();
    assert_eq!(of.fingerprint, *policy(POLICY).fingerprint());
    assert_eq!(of.rule.as_deref(), Some("cards-stay-here"));
    assert_eq!(
        (of.facts.tool.as_deref(), of.facts.region.as_deref()),
        (Some("crm.get_x"), Some("eu-1"))
    );
    assert_eq!(recorded[0].findings[0].levels.unwrap().iter().sum::<u64>(), 1);
    assert_eq!(recorded[2].policy.as_ref().unwrap().rule, None);

    let exported = lockgate(&["audit", "export", "--ledger", ledger.to_str().unwrap()]);
    let log = folder.path().join("log.jsonl");
    fs::write(&log, &exported.stdout).unwrap();
    let write = |name: &str, text: &str| -> PathBuf {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let simulate = |policy: &Path, more: &[&str]| {
        let mut arguments =
            vec!["policy", "simulate", policy.to_str().unwrap(), log.to_str().unwrap()];
        arguments.extend(more);
        lockgate(&arguments)
    };
    let same = write("same.toml", POLICY);
    let told = simulate(&same, &["--fail-on-change"]);
    assert!(told.status.success(), "{}", printed(&told));
    assert!(printed(&told).starts_with("3 verdicts: 0 change"), "{}", printed(&told));
    let weaker = POLICY.replace(
        "unless = [{ destination = { trust = [\"internal\"] } }]",
        "unless = [{ destination = { region = [\"eu-*\"] } }]",
    );
    let stricter =
        weaker.replace("lineage = { origin = [\"user\"] }", "lineage = { origin = [\"nobody\"] }");
    let changed = write("changed.toml", &stricter);
    let told = simulate(&changed, &["--fail-on-change", "--format", "json"]);
    assert_eq!(told.status.code(), Some(1), "{}", printed(&told));
    let report: Value = serde_json::from_slice(&told.stdout).unwrap();
    assert_eq!((&report["verdicts"], &report["changed"]), (&3.into(), &2.into()), "{report}");
    let rules: Vec<_> =
        report["changes"].as_array().unwrap().iter().map(|one| &one["rule_after"]).collect();
    assert_eq!(rules, ["tokens-for-mail", "pack"], "{report}");
    let against = simulate(&changed, &["--against", changed.to_str().unwrap()]);
    assert!(printed(&against).starts_with("3 verdicts: 0 change"), "{}", printed(&against));
}

#[test]
fn texts_are_simulated_with_the_facts_of_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let (policy, corpus) = (folder.path().join("p.toml"), folder.path().join("c.jsonl"));
    fs::write(&policy, POLICY).unwrap();
    fs::write(&corpus, format!("{{\"text\":\"{CARD}\"}}\n\n{{\"text\":\"clean\"}}\n")).unwrap();
    let paths = [policy.to_str().unwrap(), corpus.to_str().unwrap()];
    let told = lockgate(&["policy", "simulate", paths[0], paths[1], "--trust", "public"]);
    let text = printed(&told);
    assert!(text.starts_with("2 verdicts: 1 change, 1 become stricter, 0 weaker\n"), "{text}");
    assert!(text.contains("-> block by cards-stay-here"), "{text}");
    assert!(!text.contains("1111"), "no matched text: {text}");
    let told = lockgate(&["policy", "simulate", paths[0], paths[1], "--trust", "internal"]);
    assert!(printed(&told).starts_with("2 verdicts: 0 change"), "{}", printed(&told));
    fs::write(&corpus, "{\"other\":1}\n").unwrap();
    let told = lockgate(&["policy", "simulate", paths[0], paths[1]]);
    assert_eq!(told.status.code(), Some(2));
    assert!(printed(&told).contains("policy.record"), "{}", printed(&told));
}

#[test]
fn the_examples_are_right_and_do_what_their_cases_say() {
    for name in ["egress", "agents"] {
        let file = format!("examples/policy/{name}.toml");
        let told = lockgate(&["policy", "check", &file]);
        assert!(printed(&told).ends_with("files 1, errors 0, warnings 0\n"), "{}", printed(&told));
        let cases = format!("examples/policy/{name}.cases.toml");
        let told = lockgate(&["policy", "test", &file, &cases]);
        assert!(told.status.success(), "{}", printed(&told));
    }
}

#[test]
fn a_case_that_fails_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let (policy, cases) = (folder.path().join("p.toml"), folder.path().join("p.cases.toml"));
    fs::write(&policy, POLICY).unwrap();
    fs::write(
        &cases,
        "[[case]]\nname = 'a card'\nfindings = [{ label = 'finance.card' }]\nexpect = 'redact'\n\
         [[case]]\nname = 'the rule'\nfindings = [{ label = 'finance.card' }]\nexpect = 'block'\nrule = 'other'\n",
    )
    .unwrap();
    let told = lockgate(&["policy", "test", policy.to_str().unwrap(), cases.to_str().unwrap()]);
    assert_eq!(told.status.code(), Some(1));
    let text = printed(&told);
    assert!(
        text.contains("FAILED a card\n  expected redact, got block by cards-stay-here"),
        "{text}"
    );
    assert!(text.contains("expected block by other, got block by cards-stay-here"), "{text}");
    assert!(text.contains("* cards-stay-here") && text.ends_with("0 passed, 2 failed\n"), "{text}");
    // A folder reads its policies and leaves the cases alone.
    let path = folder.path().to_str().unwrap();
    let told = lockgate(&["policy", "check", path, "--format", "json"]);
    let report: Value = serde_json::from_slice(&told.stdout).unwrap();
    assert_eq!((&report["policy"], &report["errors"]), (&"wire".into(), &0.into()), "{report}");
    fs::write(&cases, "[[case]]\nname = 'x'\nexpects = 'redact'\n").unwrap();
    let told = lockgate(&["policy", "test", policy.to_str().unwrap(), cases.to_str().unwrap()]);
    assert_eq!(told.status.code(), Some(2));
    assert!(printed(&told).contains("did you mean `expect`?"), "{}", printed(&told));
}

#[test]
fn a_wrong_policy_keeps_the_service_from_starting() {
    let folder = tempfile::tempdir().unwrap();
    let (policy, config) = (folder.path().join("p.toml"), folder.path().join("c.toml"));
    fs::write(&policy, POLICY.replace("finance.card", "finance.crad")).unwrap();
    fs::write(&config, format!("[policy]\nfile = '{}'\n", policy.display())).unwrap();
    let told = lockgate(&["serve", "--check-config", "--config", config.to_str().unwrap()]);
    assert_eq!(told.status.code(), Some(2));
    let text = printed(&told);
    assert!(text.contains("R403") && text.contains("did you mean `finance.card`?"), "{text}");
    fs::write(&policy, POLICY).unwrap();
    let told = lockgate(&["serve", "--check-config", "--policy", policy.to_str().unwrap()]);
    assert!(told.status.success() && printed(&told).contains("[policy]"), "{}", printed(&told));
}
