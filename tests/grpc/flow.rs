//! Time and memory: who waits for whom, and what remains of a call that ends early.

use super::{Heard, block_on, call, channel, data, settings, text};
use crate::service::Service;
use futures_util::stream::{iter, pending, unfold};
use futures_util::{Stream, StreamExt};
use lockgate::server::grpc::v1;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tonic::Code;
use tonic::codegen::http::uri::PathAndQuery;
use v1::inspect_client::InspectClient;
use v1::{StreamRequest, StreamResponse};

/// Bytes of one message that a slow reader is sent.
const PIECE_BYTES: usize = 16 << 10;
/// Windows and buffers on both sides: what may be on the way while nobody reads.
const UNREAD_BYTES_MAX: usize = 16 << 20;

fn metric(service: &Service, line: &str) -> bool {
    let mut stream = TcpStream::connect(service.address).unwrap();
    stream.write_all(b"GET /metrics HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text.lines().any(|found| found == line)
}

/// Asks again until it is so.
async fn until(what: impl Fn() -> bool) {
    for _ in 0..1000 {
        if what() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it did not come about");
}

/// A writer that never ends, and the number of bytes that were taken from it.
fn endless() -> (impl Stream<Item = StreamRequest> + Send + 'static, Arc<AtomicUsize>) {
    let taken = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&taken);
    let pieces = iter([text()]).chain(unfold((), move |()| {
        counted.fetch_add(PIECE_BYTES, Ordering::Relaxed);
        async { Some((data(&[b' '; PIECE_BYTES]), ())) }
    }));
    (pieces, taken)
}

#[test]
fn text_leaves_before_the_call_has_ended() {
    let service = Service::start(settings());
    block_on(async {
        let mut client = InspectClient::new(channel(&service).await);
        let messages = iter([text(), data(b"write to jane@exa")]).chain(pending());
        let mut answers = client.stream(messages).await.unwrap().into_inner();
        assert_eq!(&answers.message().await.unwrap().unwrap().data[..], b"write to ");
        // Nothing follows: what is held back never leaves.
        let last = answers.message().await.unwrap().unwrap();
        assert!(last.data.is_empty());
        assert_eq!(last.verdict.unwrap().code, "request.stream.stalled");
        let status = answers.message().await.unwrap_err();
        assert_eq!(status.code(), Code::DeadlineExceeded);
    });
}

#[test]
fn who_says_nothing_at_all_is_not_waited_for() {
    let service = Service::start(settings());
    let heard = block_on(async { call(&channel(&service).await, pending()).await });
    assert_eq!(heard.wrong(), (Code::DeadlineExceeded, "request.stream.stalled"));
}

#[test]
fn a_call_that_is_cancelled_ends() {
    let service = Service::start(settings());
    let begin = async |messages| {
        let mut client = InspectClient::new(channel(&service).await);
        let mut answers = client.stream(messages).await.unwrap().into_inner();
        answers.message().await.unwrap().unwrap();
        assert!(metric(&service, "lockgate_open_streams 1"));
    };
    let first = || iter([text(), data(b"a word and jane@exa")]);
    // The client goes away with its runtime.
    block_on(begin(first().chain(pending())));
    block_on(until(|| metric(&service, "lockgate_streams_total{outcome=\"left\"} 1")));
    assert!(metric(&service, "lockgate_open_streams 0"));
}

#[test]
fn who_reads_slowly_slows_the_writer_and_nobody_else() {
    let service = Service::start(settings_without_limits());
    block_on(async {
        let channel = channel(&service).await;
        let mut client = InspectClient::new(channel.clone());
        let (messages, taken) = endless();
        let answers = client.stream(messages).await.unwrap().into_inner();
        // Nobody reads the answers: the writer comes to rest.
        let mut last = usize::MAX;
        until_quiet(&taken, &mut last).await;
        assert!(last < UNREAD_BYTES_MAX, "{last} bytes were taken");
        // On the same connection, others are not slowed.
        let Heard { data, status, .. } =
            call(&channel, iter([text(), data(&[b'x'; 300 << 10])])).await;
        assert!(status.is_none() && data.len() == 300 << 10, "{status:?}");
        // Read again, it goes on.
        let mut answers = answers;
        while taken.load(Ordering::Relaxed) < 2 * last + UNREAD_BYTES_MAX {
            answers.message().await.unwrap().unwrap();
        }
    });
}

/// Waits until nothing was taken for a while.
async fn until_quiet(taken: &AtomicUsize, last: &mut usize) {
    loop {
        tokio::time::sleep(Duration::from_millis(400)).await;
        let now = taken.load(Ordering::Relaxed);
        if now == *last {
            return;
        }
        *last = now;
    }
}

fn settings_without_limits() -> lockgate::server::Config {
    lockgate::server::Config { stream_idle_ms: 60_000, ..lockgate::server::Config::default() }
}

#[test]
fn bytes_that_are_no_message_are_refused() {
    let service = Service::start(settings());
    block_on(async {
        let mut client = tonic::client::Grpc::new(channel(&service).await);
        client.ready().await.unwrap();
        // Its first field is a string where a stream is opened by a message.
        let wrong = v1::Finding { rule: "secret".to_owned(), ..v1::Finding::default() };
        let request = tonic::Request::new(iter([wrong]));
        let codec = tonic_prost::ProstCodec::<v1::Finding, StreamResponse>::default();
        let path = PathAndQuery::from_static("/lockgate.v1.Inspect/Stream");
        let mut answers = client.streaming(request, path, codec).await.unwrap().into_inner();
        let status = answers.message().await.unwrap_err();
        assert_eq!(status.metadata().get("lockgate-code").unwrap(), "request.broken");
        assert!(!status.message().contains("secret"), "{}", status.message());
    });
}

#[test]
fn probes_are_told_when_the_service_drains() {
    use lockgate::server::grpc::health::health_client::HealthClient;
    use lockgate::server::grpc::health::{
        HealthCheckRequest, health_check_response::ServingStatus,
    };
    let config = lockgate::server::Config { drain_delay_ms: 1_000, ..settings() };
    let mut service = Service::start(config);
    block_on(async {
        let mut client = HealthClient::new(channel(&service).await);
        let ask = |service: &str| HealthCheckRequest { service: service.to_owned() };
        let check = async |client: &mut HealthClient<_>, name: &str| {
            client.check(ask(name)).await.map(|answer| answer.get_ref().status())
        };
        for name in ["", "lockgate.v1.Inspect"] {
            assert_eq!(check(&mut client, name).await.unwrap(), ServingStatus::Serving, "{name}");
        }
        assert_eq!(check(&mut client, "acme.Secret").await.unwrap_err().code(), Code::NotFound);
        let mut watched = client.watch(ask("")).await.unwrap().into_inner();
        assert_eq!(watched.message().await.unwrap().unwrap().status(), ServingStatus::Serving);
        service.stop();
        assert_eq!(watched.message().await.unwrap().unwrap().status(), ServingStatus::NotServing);
        assert_eq!(check(&mut client, "").await.unwrap(), ServingStatus::NotServing);
        assert!(watched.message().await.unwrap().is_none());
    });
    service.join();
}
