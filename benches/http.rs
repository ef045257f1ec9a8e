//! `POST /v1/inspect` of 1 KiB beside an axum route that only reads the same body.
//!
//! Both answer on loopback, in this process, to the same client, which keeps its connections, never pipelines, and asks the two routes
//! in alternating rounds, so that what else the machine does hits both. What counts is the ratio of requests per second.
//!
//! `cargo bench --bench http [-- --min-ratio 0.6]`: with a minimum, a lower ratio ends with exit code 1.

use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use lockgate::rules::Compiler;
use lockgate::server::{Config, Server};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const CONNECTIONS: usize = 16;
const ROUNDS: usize = 12;
const ROUND: Duration = Duration::from_millis(500);
const BODY_BYTES: usize = 1024;
const PROSE: &str = "The committee met on a rainy afternoon to talk about the new library, its roof, \
    and the long list of books that nobody had brought back. Somebody proposed a party instead. ";

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let ratio = runtime.block_on(measure())?;
    let mut arguments = std::env::args().skip_while(|argument| argument != "--min-ratio").skip(1);
    let minimum: f64 = arguments.next().map_or(Ok(0.0), |minimum| minimum.parse())?;
    Ok(if ratio < minimum { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn measure() -> Outcome<f64> {
    let (rules, _) = Compiler::with_builtin().build().map_err(|wrong| wrong.render(false))?;
    let rules = Arc::new(rules);
    println!("rules {} connections {CONNECTIONS} body {BODY_BYTES} bytes", rules.rules().len());
    let inspect = Route { address: inspecting(rules).await?, path: "/v1/inspect" };
    let bare = Route { address: reading().await?, path: "/read" };
    let body: String = PROSE.chars().cycle().take(BODY_BYTES).collect();
    let mut inspect = Clients::connect(&inspect, &body).await?;
    let mut bare = Clients::connect(&bare, &body).await?;
    let (inspected, read) = (inspect.once().await?, bare.once().await?);
    assert!(inspected.contains(r#""action":"allow""#), "wrong answer: {inspected}");
    assert!(inspected.contains(r#""complete":true"#), "not scanned whole: {inspected}");
    assert_eq!(read, BODY_BYTES.to_string(), "the bare route read another body");
    let mut rates = Vec::new();
    for round in 0..=ROUNDS {
        let pair = (inspect.round().await?, bare.round().await?);
        // The first round warms up.
        if round > 0 {
            rates.push(pair);
        }
    }
    let middle = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let inspect = middle(rates.iter().map(|pair| pair.0).collect());
    let bare = middle(rates.iter().map(|pair| pair.1).collect());
    let ratio = middle(rates.iter().map(|pair| pair.0 / pair.1).collect());
    println!("inspect {inspect:.0} requests/s, bare {bare:.0} requests/s, ratio {ratio:.2}");
    Ok(ratio)
}

/// The service itself.
async fn inspecting(rules: Arc<lockgate::rules::Rules>) -> Outcome<SocketAddr> {
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let server = Server::bind(Config { listen, ..Config::default() }, rules).await?;
    let address = server.local_addr();
    tokio::spawn(server.run(std::future::pending()));
    Ok(address)
}

/// A route that reads the body and says how long it was.
async fn reading() -> Outcome<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let router =
        Router::new().route("/read", post(|body: Bytes| async move { body.len().to_string() }));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

struct Route {
    address: SocketAddr,
    path: &'static str,
}

/// Connections to one route, each with one request under way at a time.
struct Clients {
    connections: Vec<TcpStream>,
    request: Arc<[u8]>,
}

impl Clients {
    async fn connect(route: &Route, body: &str) -> Outcome<Self> {
        let mut connections = Vec::new();
        for _ in 0..CONNECTIONS {
            let stream = TcpStream::connect(route.address).await?;
            stream.set_nodelay(true)?;
            connections.push(stream);
        }
        let (path, length) = (route.path, body.len());
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: text/plain\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        Ok(Self { connections, request: request.into_bytes().into() })
    }

    /// The body of one answer.
    async fn once(&mut self) -> Outcome<String> {
        let mut buffer = Vec::new();
        let head = exchange(&mut self.connections[0], &self.request, &mut buffer).await?;
        Ok(String::from_utf8(buffer[head..].to_vec())?)
    }

    /// Requests per second over one round.
    async fn round(&mut self) -> Outcome<f64> {
        let started = Instant::now();
        let mut tasks = Vec::new();
        for mut stream in self.connections.drain(..) {
            let request = Arc::clone(&self.request);
            tasks.push(tokio::spawn(async move {
                let (mut count, mut buffer) = (0_u64, Vec::new());
                while started.elapsed() < ROUND {
                    exchange(&mut stream, &request, &mut buffer).await?;
                    count += 1;
                }
                std::io::Result::Ok((stream, count))
            }));
        }
        let mut total = 0;
        for task in tasks {
            let (stream, count) = task.await??;
            self.connections.push(stream);
            total += count;
        }
        Ok(total as f64 / started.elapsed().as_secs_f64())
    }
}

/// Sends one request and reads its whole answer into `buffer`. Returns where the body begins.
async fn exchange(
    stream: &mut TcpStream,
    request: &[u8],
    buffer: &mut Vec<u8>,
) -> std::io::Result<usize> {
    stream.write_all(request).await?;
    buffer.clear();
    loop {
        if stream.read_buf(buffer).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if let Some((head, length)) = answer(buffer)
            && buffer.len() >= head + length
        {
            return Ok(head);
        }
    }
}

/// Length of the head and of the body, once the head is there.
fn answer(buffer: &[u8]) -> Option<(usize, usize)> {
    let head = buffer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let text = std::str::from_utf8(&buffer[..head]).ok()?;
    let length = text.split("\r\n").find_map(|line| line.strip_prefix("content-length: "))?;
    Some((head + 4, length.parse().ok()?))
}
