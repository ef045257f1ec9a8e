//! Tokens as their users have them: in a prompt, back in the answer, over HTTP and through the proxy, whole and in streams.

#![cfg(feature = "server")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "http/client.rs"]
#[allow(dead_code, reason = "shared with the tests of the service")]
mod client;
#[path = "proxy/upstream.rs"]
#[allow(dead_code, reason = "shared with the tests of the proxy")]
mod upstream;

use client::{Answer, request};
use lockgate::base::Sinks;
use lockgate::engine::{
    Content, Engine, FrameOptions, InspectOptions, StreamFormat, StreamOptions,
};
use lockgate::policy::Policy;
use lockgate::rules::{Compiler, Rules};
use lockgate::server::{Attached, Config, Server, Services};
use lockgate::syntax::{Source, TokenName};
use lockgate::vault::{Scope, Vault, VaultLimits};
use serde_json::{Value, json};
use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};
use upstream::Upstream;

static RULES: LazyLock<Arc<Rules>> =
    LazyLock::new(|| Arc::new(Compiler::with_builtin().build().unwrap().0));

/// Values of prompts get tokens; what a model writes itself is redacted by the pack.
const POLICY: &str = r#"
[policy]
id = "tokens"
title = "Tokens for models"
combine = "first-match"

[[rule]]
id = "mail"
when = { label = ["pii.email"], direction = ["input", "memory"] }
action = "tokenize"
reason = "Models need no addresses"

[[rule]]
id = "phones"
when = { label = ["pii.phone"], direction = ["input"] }
action = "tokenize"
token = "surrogate"
reason = "Models need no numbers"

[[rule]]
id = "cards"
when = { label = ["finance.card"], direction = ["input"] }
action = "tokenize"
token = "digits"
reason = "Models need no cards"

[[rule]]
id = "networks"
when = { label = ["network.ip"], direction = ["input"] }
action = "tokenize"
token = "carrying"
redact = { style = "remove" }
reason = "Models need no addresses of networks"
"#;

/// The same, and tools get values in their arguments, and in addresses there.
const FOR_TOOLS: &str = r#"
[[restore]]
id = "words"
sinks = ["text"]

[[restore]]
id = "tools"
when = { agent = ["mailer"] }
sinks = ["tool_arguments"]
"#;

const MAIL: &str = "jane.doe@contoso.com";
const OWN: &str = "tenant=acme, session=one, actor=spiffe://example.org/agent/support";

/// Runs `ask` against a service with a policy: its API, or its proxy if there is an upstream.
fn with_service(policy: &str, config: Config, ask: impl FnOnce(SocketAddr) + Send + 'static) {
    let (policy, _) = Policy::compile(&[Source::new("p.toml", policy)], &RULES)
        .unwrap_or_else(|found| panic!("{}", found.render(false)));
    let free = || "127.0.0.1:0".parse().unwrap();
    let services = if config.upstream.is_empty() { Services::All } else { Services::Proxy };
    let config = Config { listen: free(), proxy_listen: free(), ..config };
    let attached = Attached { lineage: None, policy: Some(Arc::new(policy)) };
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

fn post(address: SocketAddr, path: &str, caller: &str, kind: &str, body: &str) -> Answer {
    let headers = [("content-type", kind), ("dlp-lineage", caller)];
    request(address, "POST", path, &headers, body.as_bytes())
}

/// The prompt as the model sees it.
fn prompt(address: SocketAddr, caller: &str, text: &str) -> Value {
    post(address, "/v1/inspect", caller, "text/plain", text).json()
}

fn redacted(verdict: &Value) -> String {
    verdict["redacted"].as_str().unwrap_or_default().to_owned()
}

/// An answer as the user sees it, and how many tokens were turned back.
fn answer(address: SocketAddr, caller: &str, text: &str) -> (String, u64) {
    let path = "/v1/inspect?direction=output&restore=true";
    let verdict = post(address, path, caller, "text/plain", text).json();
    let shown = verdict["redacted"].as_str().unwrap_or(text).to_owned();
    (shown, verdict["restored"].as_u64().expect("it was asked for"))
}

#[test]
fn a_value_is_a_token_for_the_model_and_a_value_for_its_session() {
    with_service(POLICY, Config::default(), |address| {
        let text = format!("Write to {MAIL} and bob@contoso.com, then to {MAIL}.");
        let verdict = prompt(address, OWN, &text);
        assert_eq!(verdict["action"], "tokenize", "{verdict}");
        assert_eq!(verdict["policy"].get("changed"), None);
        let seen = redacted(&verdict);
        assert!(!seen.contains("contoso"), "{seen}");
        let token = seen.split(' ').nth(2).unwrap();
        assert!(token.starts_with("[EMAIL_1~") && seen.matches(token).count() == 2, "{seen}");

        let said = format!("I wrote to {token}, and to mary@contoso.com.");
        let expect = format!("I wrote to {MAIL}, and to [pii.email].");
        assert_eq!(answer(address, OWN, &said), (expect, 1));
        let link = format!("![x](https://contoso.com/?q={token})");
        assert_eq!(answer(address, OWN, &link).1, 0);
        for other in [
            "tenant=acme, session=two, actor=spiffe://example.org/agent/support",
            "tenant=other, session=one, actor=spiffe://example.org/agent/support",
            "tenant=acme, session=one, actor=spiffe://example.org/agent/mailer",
            "tenant=acme, session=one",
            "tenant=acme, actor=spiffe://example.org/agent/support",
        ] {
            prompt(address, other, "from x@contoso.com");
            assert_eq!(answer(address, other, token), (token.to_owned(), 0), "{other}");
        }
        // The same conversation goes on: tokens in it are no values.
        let again = prompt(address, OWN, &format!("you wrote to {token}, write to {MAIL}"));
        assert_eq!(redacted(&again), format!("you wrote to {token}, write to {token}"));
    });
}

#[test]
fn every_form_of_token_comes_back() {
    with_service(POLICY, Config::default(), |address| {
        let card = ["5500 0055", " 5555 5559"].concat();
        let text = format!("call +1 212 555 2368, pay with card {card}, from host 10.20.30.40");
        let verdict = prompt(address, OWN, &text);
        let seen = redacted(&verdict);
        assert!(seen.contains("-555-01") && !seen.contains(&card), "{verdict}");
        assert!(seen.contains("[IP~") && !seen.contains("10.20"), "{verdict}");
        let said = format!("Sure: {seen}.");
        assert_eq!(answer(address, OWN, &said).0, format!("Sure: {text}."));
        // What looks like a value and is a token stays one on its next way to the model.
        assert_eq!(prompt(address, OWN, &said)["action"], "allow", "{said}");
        let stranger = answer(address, "session=other", &said).0;
        assert!(!stranger.contains(&card) && !stranger.contains("10.20"), "{stranger}");
    });
}

#[test]
fn without_a_session_or_room_there_are_placeholders_and_it_is_told() {
    let full = Config { vault_values_max: 1, ..Config::default() };
    with_service(POLICY, full, |address| {
        let text = format!("{MAIL} and bob@contoso.com");
        let verdict = prompt(address, "tenant=acme", &text);
        assert_eq!(
            (&verdict["action"], &verdict["policy"]["changed"]),
            (&"redact".into(), &"policy.tokens".into())
        );
        assert_eq!(redacted(&verdict), "[pii.email#1] and [pii.email#2]");
        let verdict = prompt(address, OWN, &text);
        assert_eq!(
            (&verdict["action"], &verdict["policy"]["changed"]),
            (&"redact".into(), &"vault.full".into())
        );
        let seen = redacted(&verdict);
        assert!(seen.starts_with("[EMAIL_1~") && seen.ends_with("] and [pii.email#1]"), "{seen}");
        let metrics = request(address, "GET", "/metrics", &[], &[]);
        let metrics = String::from_utf8(metrics.body).unwrap();
        for line in [
            r#"lockgate_tokens_total{result="made"} 1"#,
            r#"lockgate_tokens_total{result="denied"} 1"#,
            "lockgate_vault_sessions 1",
        ] {
            assert!(metrics.contains(line), "{metrics}");
        }
        assert!(!metrics.contains("contoso"));
    });
    let off = Config { vault_sessions_max: 0, ..Config::default() };
    with_service(POLICY, off, |address| {
        let verdict = prompt(address, OWN, MAIL);
        assert_eq!(redacted(&verdict), "[pii.email#1]");
        assert_eq!(verdict["policy"]["changed"], "policy.tokens");
        let erased = request(address, "DELETE", "/v1/sessions/one", &[], &[]);
        assert_eq!((erased.status, &erased.json()["code"]), (404, &"vault.off".into()));
    });
}

#[test]
fn an_erased_session_gives_nothing_back() {
    with_service(POLICY, Config::default(), |address| {
        let token = redacted(&prompt(address, OWN, MAIL));
        let erase = |caller: &str| {
            let headers = [("dlp-lineage", caller)];
            let answer = request(address, "DELETE", "/v1/sessions/one", &headers, &[]);
            assert_eq!(answer.status, 200);
            answer.json()["erased"].as_u64().unwrap()
        };
        assert_eq!(erase("tenant=other"), 0);
        assert_eq!(answer(address, OWN, &token), (MAIL.to_owned(), 1));
        assert_eq!((erase("tenant=acme"), erase("tenant=acme")), (1, 0));
        assert_eq!(answer(address, OWN, &token), (token.clone(), 0));
        assert_ne!(redacted(&prompt(address, OWN, MAIL)), token);
    });
}

#[test]
fn restoring_is_for_what_comes_from_a_model() {
    with_service(POLICY, Config::default(), |address| {
        for direction in ["input", "memory", "tool_result"] {
            let path = format!("/v1/inspect?direction={direction}&restore=true");
            let answer = post(address, &path, OWN, "text/plain", "x");
            assert_eq!((answer.status, &answer.json()["code"]), (422, &"vault.direction".into()));
        }
        let verdict = post(address, "/v1/inspect?direction=output", OWN, "text/plain", "x").json();
        assert_eq!(verdict.get("restored"), None);
    });
}

/// A document of an API, with `^` where the token is, inspected as an answer.
fn document(address: SocketAddr, caller: &str, token: &str, answer: &Value) -> Value {
    let body = answer.to_string().replace('^', token);
    let path = "/v1/inspect?direction=output&restore=true&body=document";
    let verdict = post(address, path, caller, "application/json", &body).json();
    match verdict.get("redacted") {
        Some(redacted) => redacted.clone(),
        None => serde_json::from_str(&body).unwrap(),
    }
}

#[test]
fn values_come_back_in_words_and_nowhere_else() {
    with_service(&format!("{POLICY}{FOR_TOOLS}"), Config::default(), |address| {
        let token = redacted(&prompt(address, OWN, MAIL));
        let arguments = json!({"to": "^", "see": "https://x.example/?q=^"}).to_string();
        let chat = json!({"object": "chat.completion", "choices": [{"index": 0, "message": {
            "role": "assistant", "content": "Dear ^, {\"a\":1}", "reasoning_content": "it is ^",
            "tool_calls": [{"id": "^", "type": "function", "function": {"name": "send", "arguments": arguments}}],
        }}]});
        let got = document(address, OWN, &token, &chat);
        let message = &got["choices"][0]["message"];
        assert_eq!(message["content"], format!("Dear {MAIL}, {{\"a\":1}}"));
        assert_eq!(message["reasoning_content"], format!("it is {token}"));
        let call = &message["tool_calls"][0];
        assert_eq!(call["id"], token);
        assert_eq!(call["function"]["arguments"], arguments.replace('^', &token));

        // A text that is a document is escaped once more.
        let inner = json!({"choices": [{"message": {"role": "assistant", "content": "{\"mail\": \"^\"}"}}]});
        let got = document(address, OWN, &token, &inner);
        let content = got["choices"][0]["message"]["content"].as_str().unwrap();
        assert_eq!(serde_json::from_str::<Value>(content).unwrap()["mail"], MAIL);

        // Whoever may have values in the arguments of tools gets them there, but for addresses.
        let mailer = "tenant=acme, session=m, agent=mailer";
        let token = redacted(&prompt(address, mailer, MAIL));
        let got = document(address, mailer, &token, &chat);
        let call = &got["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"];
        let arguments: Value = serde_json::from_str(call.as_str().unwrap()).unwrap();
        assert_eq!(arguments["to"], MAIL);
        assert_eq!(arguments["see"], format!("https://x.example/?q={token}"));
        let path = "/v1/inspect?direction=tool_call&restore=true";
        let call = |caller| post(address, path, caller, "text/plain", &token).json();
        assert_eq!(call(mailer)["redacted"], MAIL);
        assert_eq!(call(OWN)["restored"], 0);

        let thinking = json!({"type": "message", "role": "assistant", "content": [
            {"type": "thinking", "thinking": "for ^", "signature": "^"}, {"type": "text", "text": "for ^"}]});
        let token = redacted(&prompt(address, OWN, MAIL));
        let got = document(address, OWN, &token, &thinking);
        assert_eq!(got["content"][0]["thinking"], format!("for {token}"));
        assert_eq!(got["content"][0]["signature"], token);
        assert_eq!(got["content"][1]["text"], format!("for {MAIL}"));
    });
}

#[test]
fn snapshots_of_memory_and_batches_have_tokens() {
    with_service(POLICY, Config::default(), |address| {
        let token = redacted(&prompt(address, OWN, MAIL));
        let batch = format!(
            r#"{{"items":[{{"text":"{MAIL}"}},{{"text":"{token}","direction":"output","options":{{"restore":true}}}}]}}"#
        );
        let results = post(address, "/v1/inspect/batch", OWN, "application/json", &batch).json();
        assert_eq!(results["results"][0]["verdict"]["redacted"], token);
        assert_eq!(results["results"][1]["verdict"]["redacted"], MAIL);
        let memory = format!(r#"[{{"id":"1","memory":"from {MAIL}"}}]"#);
        let report = post(address, "/v1/memory/inspect", OWN, "application/json", &memory).json();
        assert!(report["redacted"].to_string().contains(&token), "{report}");
    });
}

/// An upstream that answers with the prompt that it got, in the way that the test wants.
fn echo(answer: fn(&str) -> String) -> Upstream {
    Upstream::start(move |request, stream| {
        let prompt: Value = serde_json::from_str(&request.body).unwrap();
        let text = prompt["messages"][0]["content"].as_str().unwrap();
        stream.write_all(answer(text).as_bytes()).unwrap();
    })
}

fn through(upstream: &Upstream, check: impl FnOnce(SocketAddr) + Send + 'static) {
    let config = Config { upstream: upstream.url(), ..Config::default() };
    with_service(POLICY, config, check);
}

fn chat(address: SocketAddr, caller: &str, text: &str) -> String {
    let body = json!({"model": "m", "messages": [{"role": "user", "content": text}]}).to_string();
    let answer = post(address, "/v1/chat/completions", caller, "application/json", &body);
    assert_eq!(answer.status, 200);
    String::from_utf8(answer.body).unwrap()
}

#[test]
fn the_model_behind_the_proxy_sees_tokens_and_the_user_values() {
    let upstream = echo(|prompt| {
        let content =
            format!("You said: {prompt} See [this](https://x.example/{prompt}) bob@contoso.com");
        let body = json!({"object": "chat.completion", "choices": [{"index": 0, "message": {"role": "assistant", "content": content}}]});
        let body = body.to_string();
        format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
    });
    let address = upstream.address;
    through(&upstream, move |proxy| {
        let _ = address;
        let got = chat(proxy, OWN, &format!("mail {MAIL}"));
        assert!(got.contains(&format!("You said: mail {MAIL} See")), "{got}");
        assert!(got.contains("https://x.example/mail [EMAIL_1~"), "{got}");
        assert!(!got.contains("bob@"), "{got}");
        // Nobody without a session has values back; they are redacted as before.
        let got = chat(proxy, "tenant=acme", &format!("mail {MAIL}"));
        assert!(got.contains("You said: mail [pii.email#1] See"), "{got}");
    });
    let sent = upstream.recorded().body;
    assert!(!sent.contains("contoso"), "{sent}");
}

#[test]
fn streams_through_the_proxy_are_restored() {
    let upstream = echo(|prompt| {
        let mut out = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n".to_owned();
        let text: Vec<char> =
            format!("So: {prompt}! Not <a href=\"{prompt}\"> and bob@contoso.com.")
                .chars()
                .collect();
        let mut events: Vec<String> = text
            .chunks(3)
            .map(|piece| {
                let piece: String = piece.iter().collect();
                json!({"choices": [{"index": 0, "delta": {"content": piece}}]}).to_string()
            })
            .collect();
        events.push(
            json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}).to_string(),
        );
        events.push("[DONE]".to_owned());
        for event in events {
            let event = format!("data: {event}\n\n");
            // Chunks are cut anywhere, also within an event.
            for part in event.as_bytes().chunks(7) {
                out += &format!("{:x}\r\n{}\r\n", part.len(), std::str::from_utf8(part).unwrap());
            }
        }
        out + "0\r\n\r\n"
    });
    through(&upstream, |proxy| {
        let got = said(&chat(proxy, OWN, MAIL));
        assert!(got.starts_with(&format!("So: {MAIL}! Not <a href=\"[EMAIL_1~")), "{got}");
        assert!(got.ends_with("\"> and [pii.email]."), "{got}");
    });
}

/// The text of the chat events of a stream.
fn said(stream: &str) -> String {
    let events = stream.lines().filter_map(|line| line.strip_prefix("data: {"));
    let events = events.map(|rest| serde_json::from_str::<Value>(&format!("{{{rest}")).unwrap());
    let pieces = events.map(|event| {
        event["choices"][0]["delta"]["content"].as_str().unwrap_or_default().to_owned()
    });
    pieces.collect()
}

#[test]
fn streams_are_restored_where_it_is_asked_for() {
    with_service(POLICY, Config::default(), |address| {
        let token = redacted(&prompt(address, OWN, MAIL));
        let text = format!("to {token}, not to bob@contoso.com.");
        let stream = |query: &str, caller: &str| {
            let path = format!("/v1/stream?format=text{query}");
            let answer = post(address, &path, caller, "text/plain", &text);
            String::from_utf8(answer.body).unwrap()
        };
        assert_eq!(stream("&restore=true", OWN), format!("to {MAIL}, not to [pii.email]."));
        assert_eq!(stream("", OWN), format!("to {token}, not to [pii.email]."));
        assert_eq!(
            stream("&restore=true", "session=x"),
            format!("to {token}, not to [pii.email].")
        );
    });
}

fn scope() -> Scope {
    let limits = VaultLimits { sessions: 9, values: 9999, bytes: 1 << 24, idle_ms: 1000 };
    Arc::new(Vault::new([3; 32], limits)).scope("acme", None, "s", 0)
}

/// The events of a stream, restored in pieces of these sizes.
fn restored(engine: &Engine, scope: &Scope, sinks: Sinks, stream: &[u8], cuts: &[usize]) -> String {
    let options = FrameOptions {
        text: StreamOptions { tokens: scope.session(), restore: sinks, ..StreamOptions::default() },
        format: StreamFormat::Auto,
        ..FrameOptions::default()
    };
    let mut frames = engine.frames(options).unwrap();
    let (mut out, mut at) = (Vec::new(), 0);
    for cut in cuts.iter().copied().chain([stream.len()]) {
        out.extend_from_slice(frames.push(&stream[at..cut]).bytes);
        at = cut;
    }
    out.extend_from_slice(frames.finish().bytes);
    assert_eq!(frames.ended(), None);
    String::from_utf8(out).unwrap()
}

#[test]
fn a_stream_is_restored_alike_wherever_it_is_cut() {
    let engine = Engine::new(Arc::clone(&RULES));
    let scope = scope();
    let token =
        |form, label: &str, value: &str| scope.token(form, label, value.as_bytes()).unwrap();
    let mail = token(TokenName::Placeholder, "pii.email", MAIL);
    let made = token(TokenName::Surrogate, "pii.email", MAIL);
    let text = format!("To {mail} and {made}, not https://x.example/?{mail} ok");
    // A token may be cut between two events as well.
    for at in 0..text.len() {
        let (one, two) = text.split_at(at);
        let events = [one, two].map(|piece| {
            let event = json!({"choices": [{"index": 0, "delta": {"content": piece}}]});
            format!("data: {event}\n\n")
        });
        let stream = format!("{}{}data: [DONE]\n\n", events[0], events[1]);
        let got = said(&restored(&engine, &scope, Sinks::TEXT, stream.as_bytes(), &[]));
        assert_eq!(got, format!("To {MAIL} and {MAIL}, not https://x.example/?{mail} ok"), "{at}");
    }
    let event = json!({"choices": [{"index": 0, "delta": {"content": text}}]});
    let stream = format!("data: {event}\n\ndata: [DONE]\n\n");
    let whole = restored(&engine, &scope, Sinks::TEXT, stream.as_bytes(), &[]);
    for at in 0..stream.len() {
        assert_eq!(restored(&engine, &scope, Sinks::TEXT, stream.as_bytes(), &[at]), whole, "{at}");
    }
    let bytes: Vec<usize> = (0..stream.len()).collect();
    assert_eq!(restored(&engine, &scope, Sinks::TEXT, stream.as_bytes(), &bytes), whole);
}

#[test]
fn arguments_and_thoughts_in_streams_keep_their_tokens() {
    let engine = Engine::new(Arc::clone(&RULES));
    let scope = scope();
    let quoted = "Jane \"JD\" <jane.doe@contoso.com>";
    let token = scope.token(TokenName::Placeholder, "pii.email", quoted.as_bytes()).unwrap();
    let delta = |index: u32, delta: Value| {
        let event = json!({"type": "content_block_delta", "index": index, "delta": delta});
        format!("event: content_block_delta\ndata: {event}\n\n")
    };
    let stop = |index: u32| {
        format!(
            "event: content_block_stop\ndata: {{\"type\":\"content_block_stop\",\"index\":{index}}}\n\n"
        )
    };
    let stream = [
        delta(0, json!({"type": "thinking_delta", "thinking": format!("it is {token}")})),
        delta(0, json!({"type": "signature_delta", "signature": token.to_string()})),
        stop(0),
        delta(1, json!({"type": "text_delta", "text": format!("for {token}")})),
        stop(1),
        delta(
            2,
            json!({"type": "input_json_delta", "partial_json": format!("{{\"to\": \"{token}\"}}")}),
        ),
        stop(2),
    ]
    .concat();
    let texts = |sinks| -> Vec<String> {
        let got = restored(&engine, &scope, sinks, stream.as_bytes(), &[]);
        let mut texts = vec![String::new(); 3];
        for event in got.lines().filter_map(|line| line.strip_prefix("data: ")) {
            let event: Value = serde_json::from_str(event).unwrap();
            for name in ["thinking", "signature", "text", "partial_json"] {
                let index = event["index"].as_u64().unwrap() as usize;
                texts[index] += event["delta"][name].as_str().unwrap_or_default();
            }
        }
        texts
    };
    let got = texts(Sinks::TEXT);
    assert_eq!(got[0], format!("it is {token}{token}"));
    assert_eq!(got[1], format!("for {quoted}"));
    assert_eq!(got[2], format!("{{\"to\": \"{token}\"}}"));
    let got = texts(Sinks { tool_arguments: true, ..Sinks::TEXT });
    assert_eq!(got[0], format!("it is {token}{token}"));
    assert_eq!(serde_json::from_str::<Value>(&got[2]).unwrap()["to"], quoted);
}

#[test]
fn the_end_of_a_response_says_what_its_pieces_said() {
    let engine = Engine::new(Arc::clone(&RULES));
    let scope = scope();
    let token = scope.token(TokenName::Placeholder, "pii.email", MAIL.as_bytes()).unwrap();
    let send = |event: Value| {
        let kind = event["type"].as_str().unwrap().to_owned();
        format!("event: {kind}\ndata: {event}\n\n")
    };
    let arguments = format!("{{\"to\":\"{token}\"}}");
    let stream = [
        send(json!({"type": "response.output_text.delta", "output_index": 0, "content_index": 0, "delta": format!("to {token}")})),
        send(json!({"type": "response.output_text.done", "output_index": 0, "content_index": 0, "text": format!("to {token}")})),
        send(json!({"type": "response.reasoning_summary_text.done", "output_index": 1, "summary_index": 0, "text": token.to_string()})),
        send(json!({"type": "response.function_call_arguments.done", "output_index": 2, "arguments": arguments})),
        send(json!({"type": "response.completed", "response": {"output": [
            {"type": "message", "content": [{"type": "output_text", "text": format!("to {token}")}]},
            {"type": "reasoning", "summary": [{"type": "summary_text", "text": token.to_string()}]},
            {"type": "function_call", "arguments": arguments},
        ]}})),
    ]
    .concat();
    let got = restored(&engine, &scope, Sinks::TEXT, stream.as_bytes(), &[]);
    assert_eq!(got.matches(MAIL).count(), 3, "{got}");
    assert_eq!(got.matches(&*token).count(), 4, "{got}");
}

#[test]
fn tokens_are_no_findings() {
    let engine = Engine::new(Arc::clone(&RULES));
    let scope = scope();
    let (mut text, mut credentials) = (String::new(), String::new());
    for label in RULES.labels() {
        for number in 0..6 {
            let value = format!("{MAIL} {number} of {}", label.id);
            let form = if number < 3 { TokenName::Placeholder } else { TokenName::Carrying };
            let token = scope.token(form, &label.id, value.as_bytes()).unwrap();
            if !label.id.starts_with("credential") {
                text += &format!("my {} is {token}.\n", label.id);
            }
            credentials += &format!("password: {token}\n");
        }
    }
    let redacts = |text: &str, tokens: Option<Arc<Scope>>| {
        let options = InspectOptions { tokens, ..InspectOptions::default() };
        engine.inspect(Content::Text(text.as_bytes()), &options).unwrap().edits.len()
    };
    // Even for somebody who does not know them as tokens, unless they are said to be passwords.
    assert_eq!(redacts(&text, None), 0);
    assert!(redacts(&credentials, None) > 0);
    assert_eq!(redacts(&credentials, Some(Arc::new(scope.clone()))), 0);
    let stream = |session, size: usize| {
        let options = StreamOptions { tokens: session, ..StreamOptions::default() };
        let (mut stream, mut out) = (engine.stream(options).unwrap(), Vec::new());
        for piece in credentials.as_bytes().chunks(size) {
            out.extend_from_slice(stream.push(piece).unwrap().bytes);
        }
        out.extend_from_slice(stream.finish().unwrap().bytes);
        String::from_utf8(out).unwrap()
    };
    for size in [1, 5, 7, 1000] {
        assert_eq!(stream(scope.session(), size), credentials, "{size}");
    }
    assert!(stream(None, 7).contains("[credential.password]"));
}
