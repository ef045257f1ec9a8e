//! The time from a request to the first token of its answer, through nothing, through a bare proxy and through Lockgate.

use super::{Shared, event, shares};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::routing::any;
use http_body_util::BodyExt;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use lockgate::server::{Config, Server, Services};
use std::net::SocketAddr;
use std::time::Instant;
use tokio::net::TcpListener;

/// Requests of each kind.
const REQUESTS: usize = 1_500;

type Http = Client<HttpConnector, Body>;

pub(super) fn token(rules: &Shared) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let model = listen(Router::new().fallback(any(|| async {
            let text =
                [event("Hello\\u0021日"), event("more"), "data: [DONE]\n\n".to_owned()].concat();
            ([("content-type", "text/event-stream")], text)
        })))
        .await;
        let client: Http = Client::builder(TokioExecutor::new()).build_http();
        let inner = client.clone();
        let bare = listen(Router::new().fallback(any(move |request: Request| {
            let client = inner.clone();
            async move {
                let (mut parts, body) = request.into_parts();
                parts.uri = format!("http://{model}{}", parts.uri.path()).parse().unwrap();
                parts.headers.remove("host");
                let answer = client.request(Request::from_parts(parts, body)).await.unwrap();
                answer.map(Body::new)
            }
        })))
        .await;
        let config = Config {
            upstream: format!("http://{model}"),
            proxy_listen: "127.0.0.1:0".parse().unwrap(),
            ..Config::default()
        };
        let server = Server::bind_services(config, rules.clone(), Services::Proxy).await.unwrap();
        let ours = server.local_addr();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let running = tokio::spawn(server.run(async { drop(stopped.await) }));
        let (mut of_model, mut of_bare, mut of_ours) = (Vec::new(), Vec::new(), Vec::new());
        for turn in 0..REQUESTS + 100 {
            for (address, times) in
                [(model, &mut of_model), (bare, &mut of_bare), (ours, &mut of_ours)]
            {
                let took = first(&client, address).await;
                if turn >= 100 {
                    times.push(took);
                }
            }
        }
        println!("first token of the model: {}", shares(&mut of_model, "ns"));
        println!("through a bare proxy: {}", shares(&mut of_bare, "ns"));
        println!("through Lockgate: {}", shares(&mut of_ours, "ns"));
        let at = |times: &[u64], share: f64| {
            times[((times.len() - 1) as f64 * share) as usize] as f64 / 1e6
        };
        for share in [0.5, 0.99] {
            let added = at(&of_ours, share) - at(&of_bare, share);
            println!("added to the first token, {share}: {added:.3} ms");
        }
        drop(stop);
        let _ = running.await;
    });
}

async fn listen(service: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, service).await });
    address
}

/// Nanoseconds to the first bytes of the body.
async fn first(client: &Http, address: SocketAddr) -> u64 {
    let body = r#"{"model":"m","stream":true,"messages":[{"role":"user","content":"Say hello, please."}]}"#;
    let request = Request::post(format!("http://{address}/v1/chat/completions"))
        .header("content-type", "application/json")
        .body(Body::from(body))
        .unwrap();
    let before = Instant::now();
    let mut answer = client.request(request).await.unwrap();
    answer.body_mut().frame().await.unwrap().unwrap();
    let took = before.elapsed();
    // The rest, so that the connection can be used again.
    answer.into_body().collect().await.unwrap();
    took.as_nanos() as u64
}
