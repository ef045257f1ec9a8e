//! What comes back for which messages.

use super::{Heard, KEY, block_on, call, channel, data, open, run, settings, text};
use futures_util::stream::iter;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use lockgate::server::Config;
use lockgate::server::config::TurnScope;
use lockgate::server::grpc::v1;
use std::net::SocketAddr;
use tonic::codegen::Bytes;
use tonic::codegen::http::Request;
use tonic::{Code, Status};
use v1::{Action, Confidence, Direction, OnBlock, StreamOpen, StreamRequest, Style};

/// A text with values, characters and bytes that can be cut in the middle.
fn sample() -> Vec<u8> {
    let mut sample = Vec::new();
    for number in 0..40 {
        let line = format!(
            "{number}: write to jane{number}@example.com or to bob%40example.org – “now”, \
             amFuZUBleGFtcGxlLmNvbSB3cml0ZXM= and {}{}\n",
            KEY.0, KEY.1
        );
        sample.extend_from_slice(line.as_bytes());
        sample.extend_from_slice(b"\xff\xc3(");
    }
    sample
}

/// The same over HTTP.
async fn over_http(address: SocketAddr, path: &str, kind: &str, body: Vec<u8>) -> Vec<u8> {
    let client = Client::builder(TokioExecutor::new()).build_http();
    let request = Request::post(format!("http://{address}{path}"))
        .header("content-type", kind)
        .body(Full::new(Bytes::from(body)))
        .unwrap();
    let answer = client.request(request).await.unwrap();
    assert!(answer.status().is_success(), "{answer:?}");
    answer.into_body().collect().await.unwrap().to_bytes().to_vec()
}

async fn cut(
    channel: &tonic::transport::Channel,
    first: StreamRequest,
    body: &[u8],
    len: usize,
) -> Heard {
    let pieces: Vec<_> = std::iter::once(first).chain(body.chunks(len).map(data)).collect();
    call(channel, iter(pieces)).await
}

#[test]
fn however_a_text_is_cut_the_same_leaves_as_over_http() {
    let service = super::Service::start(settings());
    let body = sample();
    block_on(async {
        let expect =
            over_http(service.address, "/v1/stream?format=text", "text/plain", body.clone()).await;
        assert!(expect.windows(11).any(|window| window == b"[pii.email]"));
        assert!(!expect.windows(4).any(|window| window == b"jane"));
        let channel = channel(&service).await;
        let mut findings = None;
        for len in [1, 3, 7, 64, 1000, body.len()] {
            let heard = cut(&channel, text(), &body, len).await;
            assert!(heard.status.is_none(), "{heard:?}");
            assert!(
                heard.data == expect,
                "in pieces of {len}: {}",
                String::from_utf8_lossy(&heard.data)
            );
            let verdict = heard.verdict.unwrap();
            assert_eq!((verdict.action(), verdict.code.as_str()), (Action::Redact, ""));
            assert_eq!(verdict.findings.values().sum::<u64>(), heard.findings.len() as u64);
            assert_eq!(*findings.get_or_insert(heard.findings.clone()), heard.findings);
        }
    });
}

#[test]
fn the_same_leaves_as_from_an_inspection_of_the_whole_text() {
    let service = super::Service::start(settings());
    // An inspection of a whole text takes UTF-8 only.
    let body = String::from_utf8_lossy(&sample()).into_owned().into_bytes();
    block_on(async {
        let whole = over_http(service.address, "/v1/inspect", "text/plain", body.clone()).await;
        let whole: serde_json::Value = serde_json::from_slice(&whole).unwrap();
        let channel = channel(&service).await;
        for len in [5, 500] {
            assert_eq!(
                cut(&channel, text(), &body, len).await.text(),
                whole["redacted"].as_str().unwrap()
            );
        }
    });
}

#[test]
fn however_events_are_cut_the_same_leaves_as_over_http() {
    let service = super::Service::start(settings());
    let event = |text: &str| {
        format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n")
    };
    let body: String =
        ["I am jane", "@exam", "ple.com, or b", "ob@example.org"].map(event).concat();
    let body = body
        + "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
    block_on(async {
        let path = "/v1/stream?format=openai.chat";
        let expect =
            over_http(service.address, path, "text/event-stream", body.clone().into()).await;
        let channel = channel(&service).await;
        for len in [1, 9, body.len()] {
            let format = "openai.chat".to_owned();
            let first = open(StreamOpen { format, ..StreamOpen::default() });
            let heard = cut(&channel, first, body.as_bytes(), len).await;
            assert_eq!(heard.data, expect, "{len}");
            assert!(heard.text().contains("[pii.email]") && !heard.text().contains("jane"));
        }
    });
}

#[test]
fn findings_say_where_what_and_what_is_done() {
    let heard = run(settings(), vec![text(), data(b"write to jane@exa"), data(b"mple.com now")]);
    assert_eq!(heard.text(), "write to [pii.email] now");
    let [finding] = &heard.findings[..] else { panic!("{heard:?}") };
    assert_eq!((finding.start, finding.end), (9, 25));
    assert_eq!((finding.label.as_str(), finding.action()), ("pii.email", Action::Redact));
    assert!(finding.score >= 0.8 && finding.confidence() == Confidence::High, "{finding:?}");
    let verdict = heard.verdict.unwrap();
    assert_eq!(verdict.findings.into_iter().collect::<Vec<_>>(), [("pii.email".to_owned(), 1)]);
    assert!(!verdict.rules.is_empty());
}

#[test]
fn the_first_message_says_how() {
    let check = |open: StreamOpen, expect: &str| {
        let heard = run(settings(), vec![super::open(open), data(b"to jane@example.com now")]);
        assert_eq!(heard.text(), expect, "{heard:?}");
    };
    let with = || StreamOpen { format: "text".to_owned(), ..StreamOpen::default() };
    check(with(), "to [pii.email] now");
    check(StreamOpen { style: Style::Numbered.into(), ..with() }, "to [pii.email#1] now");
    check(StreamOpen { style: Style::Remove.into(), ..with() }, "to  now");
    check(StreamOpen { pack: "strict".to_owned(), ..with() }, "to jane@example.com now");
    check(StreamOpen { direction: Direction::Input.into(), ..with() }, "to [pii.email] now");
}

#[test]
fn what_is_blocked_ends_the_stream() {
    let strict = |on_block: OnBlock| {
        open(StreamOpen {
            format: "text".to_owned(),
            pack: "strict".to_owned(),
            on_block: on_block.into(),
            ..StreamOpen::default()
        })
    };
    let messages = |on_block| {
        vec![
            strict(on_block),
            data(b"a "),
            data(KEY.0.as_bytes()),
            data(KEY.1.as_bytes()),
            data(b" b"),
        ]
    };
    for on_block in [OnBlock::Unspecified, OnBlock::End] {
        let heard = run(settings(), messages(on_block));
        assert_eq!(heard.wrong(), (Code::PermissionDenied, "request.stream.blocked"));
        assert_eq!(heard.text(), "a ");
        let verdict = heard.verdict.unwrap();
        assert_eq!(
            (verdict.action(), verdict.code.as_str()),
            (Action::Block, "request.stream.blocked")
        );
    }
    let heard = run(settings(), messages(OnBlock::Redact));
    assert_eq!((heard.text(), heard.status.is_none()), ("a [credential.test] b", true));
    assert_eq!(heard.verdict.unwrap().action(), Action::Block);
}

#[test]
fn mistakes_have_a_status_and_a_code() {
    let check = |messages: Vec<StreamRequest>, code: Code, id: &str| {
        let heard = run(settings(), messages);
        assert_eq!(heard.wrong(), (code, id), "{heard:?}");
        let message = heard.status.as_ref().map(Status::message).unwrap_or_default();
        assert!(!message.contains("secret"), "{message}");
        assert!(heard.data.is_empty(), "{heard:?}");
    };
    let field = (Code::InvalidArgument, "request.field");
    let with = |format: &str, pack: &str| {
        let (format, pack) = (format.to_owned(), pack.to_owned());
        open(StreamOpen { format, pack, ..StreamOpen::default() })
    };
    check(vec![], Code::InvalidArgument, "request.empty");
    check(vec![data(b"secret")], field.0, field.1);
    check(vec![StreamRequest { part: None }], field.0, field.1);
    check(vec![with("secret", "")], field.0, field.1);
    check(vec![with("", "secret")], Code::InvalidArgument, "request.pack.unknown");
    check(vec![text(), text()], field.0, field.1);
    check(vec![text(), StreamRequest { part: None }], field.0, field.1);
    check(vec![open(StreamOpen { style: 77, ..StreamOpen::default() })], field.0, field.1);
    check(
        vec![text(), data(b"\xff\xfes\0e\0c\0r\0e\0t\0")],
        Code::InvalidArgument,
        "payload.encoding.unsupported",
    );
}

#[test]
fn limits_are_those_of_other_streams() {
    let piece = |len: usize| data(&vec![b'a'; len]);
    let whole = run(settings(), vec![text(), piece(1 << 20)]);
    assert!(whole.status.is_none(), "{whole:?}");
    let long = run(settings(), vec![text(), piece((1 << 20) + 64)]);
    assert_eq!(long.wrong(), (Code::ResourceExhausted, "payload.too-large"));
    assert!(long.verdict.is_some_and(|verdict| verdict.code == "payload.too-large"));

    let small = Config { stream_bytes_max: 100, ..settings() };
    let many = run(small, vec![text(), piece(60), piece(60)]);
    assert_eq!(many.wrong(), (Code::ResourceExhausted, "payload.too-large"));

    let none = Config { streams_max: 0, ..settings() };
    let refused = run(none, vec![text()]);
    assert_eq!(refused.wrong(), (Code::Unavailable, "request.overload"));
}

#[test]
fn facts_are_metadata() {
    // Somebody must want to know.
    let service = super::Service::start(Config { turns: TurnScope::Session, ..settings() });
    block_on(async {
        let mut client = super::InspectClient::new(channel(&service).await);
        let mut request = tonic::Request::new(iter([text(), data(b"x")]));
        request.metadata_mut().insert("dlp-lineage", "parents=(secret".parse().unwrap());
        let mut answers = client.stream(request).await.unwrap().into_inner();
        let status = loop {
            match answers.message().await {
                Ok(Some(_)) => {}
                Ok(None) => panic!("the header is damaged"),
                Err(status) => break status,
            }
        };
        assert_eq!(status.metadata().get("lockgate-code").unwrap(), "lineage.header");
        assert!(!status.message().contains("secret"), "{}", status.message());
    });
}
