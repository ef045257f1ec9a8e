//! `Inspect.Stream` over loopback, with tonic's own client.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "grpc/cases.rs"]
mod cases;
#[path = "grpc/flow.rs"]
mod flow;
#[path = "http/service.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod service;

use futures_util::stream::{Stream, iter};
use lockgate::server::Config;
use lockgate::server::grpc::v1;
use service::Service;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Status};
use v1::inspect_client::InspectClient;
use v1::stream_request::Part;

/// A value of the kind that the strict pack blocks, in two parts.
const KEY: (&str, &str) = ("lgtest_0123456", "789abcdef");

/// All that a call is answered with.
#[derive(Debug, Default)]
struct Heard {
    data: Vec<u8>,
    findings: Vec<v1::Finding>,
    verdict: Option<v1::Verdict>,
    status: Option<Status>,
}

impl Heard {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.data).unwrap()
    }

    /// The kind of the status, and the stable code that it has in its metadata.
    fn wrong(&self) -> (Code, &str) {
        let status = self.status.as_ref().unwrap_or_else(|| panic!("all went well: {self:?}"));
        let code = status.metadata().get("lockgate-code").unwrap();
        (status.code(), code.to_str().unwrap())
    }
}

fn settings() -> Config {
    Config { stream_idle_ms: 700, stream_bytes_max: 4 << 20, ..Config::default() }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(future)
}

async fn channel(service: &Service) -> Channel {
    Endpoint::from_shared(format!("http://{}", service.address)).unwrap().connect().await.unwrap()
}

fn open(open: v1::StreamOpen) -> v1::StreamRequest {
    v1::StreamRequest { part: Some(Part::Open(open)) }
}

fn text() -> v1::StreamRequest {
    open(v1::StreamOpen { format: "text".to_owned(), ..v1::StreamOpen::default() })
}

fn data(bytes: &[u8]) -> v1::StreamRequest {
    v1::StreamRequest { part: Some(Part::Data(bytes.to_vec().into())) }
}

/// Sends all messages and hears the answer to its end.
async fn call(
    channel: &Channel,
    messages: impl Stream<Item = v1::StreamRequest> + Send + 'static,
) -> Heard {
    let mut heard = Heard::default();
    let mut client = InspectClient::new(channel.clone());
    let mut answers = match client.stream(messages).await {
        Ok(answers) => answers.into_inner(),
        Err(status) => return Heard { status: Some(status), ..heard },
    };
    loop {
        match answers.message().await {
            Ok(Some(answer)) => {
                assert!(heard.verdict.is_none(), "the verdict is the last message");
                heard.data.extend_from_slice(&answer.data);
                heard.findings.extend(answer.findings);
                heard.verdict = answer.verdict;
            }
            Ok(None) => return heard,
            Err(status) => return Heard { status: Some(status), ..heard },
        }
    }
}

fn run(config: Config, messages: Vec<v1::StreamRequest>) -> Heard {
    let service = Service::start(config);
    block_on(async { call(&channel(&service).await, iter(messages)).await })
}
