//! The whole service on one screen: routes, and what every request passes through.

use super::app::App;
use super::metrics::Route;
use super::problem::{self, Problem};
use super::{catalog, inspect, lineage, memory, sessions, socket, status, stream};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{MethodRouter, any, delete, get, post};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};
use tower_http::catch_panic::CatchPanicLayer;

/// Longest request id that is taken over from a client, in bytes.
const REQUEST_ID_BYTES_MAX: usize = 128;
const REQUEST_ID: &str = "x-request-id";

pub(super) fn router(app: &Arc<App>) -> Router {
    let at = |route: Route, methods: MethodRouter<Arc<App>>| {
        stack(app, route, methods.fallback(problem::method_not_allowed))
    };
    let nowhere = stack(app, Route::Unknown, any(problem::not_found));
    let router = Router::new();
    #[cfg(feature = "grpc")]
    let router = super::grpc::with_services(app, router);
    router
        .route("/v1/inspect", at(Route::Inspect, post(inspect::one)))
        .route("/v1/inspect/batch", at(Route::Batch, post(inspect::batch)))
        .route("/v1/memory/inspect", at(Route::Memory, post(memory::inspect)))
        .route("/v1/stream", at(Route::Stream, post(stream::stream)))
        .route("/v1/stream/ws", at(Route::Socket, get(socket::stream)))
        .route("/v1/rules", at(Route::Rules, get(catalog::rules)))
        .route("/v1/rules/{id}", at(Route::Rule, get(catalog::rule)))
        .route("/v1/labels", at(Route::Labels, get(catalog::labels)))
        .route("/v1/packs", at(Route::Packs, get(catalog::packs)))
        .route("/v1/lineage/artifacts/{id}", at(Route::Lineage, get(lineage::artifact)))
        .route("/v1/lineage/artifacts/{id}/closure", at(Route::Lineage, get(lineage::closure)))
        .route("/v1/lineage/tokens/{token}", at(Route::Lineage, get(lineage::token)))
        .route("/v1/lineage/values", at(Route::Lineage, post(lineage::values)))
        .route("/v1/lineage/sessions", at(Route::Lineage, get(lineage::session)))
        .route("/v1/lineage/actors", at(Route::Lineage, get(lineage::actor)))
        .route("/v1/lineage/why", at(Route::Lineage, get(lineage::why)))
        .route("/v1/sessions/{id}", at(Route::Sessions, delete(sessions::erase)))
        .route("/healthz", at(Route::Health, get(status::healthz)))
        .route("/readyz", at(Route::Ready, get(status::readyz)))
        .route("/metrics", at(Route::Metrics, get(status::metrics)))
        .route("/openapi.json", at(Route::OpenApi, get(status::openapi)))
        .fallback_service(nowhere.with_state(Arc::clone(app)))
        .with_state(Arc::clone(app))
}

/// What a request passes through, from the handler outwards. The limits on the body, on time and on concurrency are in the handlers
/// that read bodies, where they cost one atomic and no allocation.
pub(super) fn stack(
    app: &Arc<App>,
    route: Route,
    methods: MethodRouter<Arc<App>>,
) -> MethodRouter<Arc<App>> {
    methods
        // A panic ends one request, and the edge tells the client.
        .layer(CatchPanicLayer::custom(problem::panicked))
        // Request id, error bodies, metrics, log.
        .layer(middleware::from_fn_with_state(Edge { app: Arc::clone(app), route }, edge))
}

/// What the edge of one route needs.
#[derive(Clone)]
struct Edge {
    app: Arc<App>,
    route: Route,
}

async fn edge(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = request_id(&request);
    let mut response = next.run(request).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        edge.app.metrics.problem(problem.0.code);
        let headers = std::mem::take(response.headers_mut());
        response = problem.render(id.to_str().unwrap_or_default());
        // The list of allowed methods, which the router adds, must survive.
        for (name, value) in headers.iter().filter(|(name, _)| *name == axum::http::header::ALLOW) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    // An answer of another service keeps the id that it has there.
    response.headers_mut().entry(REQUEST_ID).or_insert(id);
    let (status, took) = (response.status(), started.elapsed());
    edge.app.metrics.request(edge.route, status.as_u16(), took);
    log(edge.route, status, took.as_micros());
    response
}

fn log(route: Route, status: StatusCode, took_us: u128) {
    let (route, status) = (route.path(), status.as_u16());
    tracing::debug!(route, status, took_us, "request");
}

/// The id that the client sent, if it is short and printable, or a new one.
fn request_id(request: &Request) -> HeaderValue {
    match request.headers().get(REQUEST_ID) {
        Some(id) if is_plain(id.as_bytes()) => id.clone(),
        _ => new_request_id(),
    }
}

fn is_plain(id: &[u8]) -> bool {
    (1..=REQUEST_ID_BYTES_MAX).contains(&id.len()) && id.iter().all(u8::is_ascii_graphic)
}

/// Start time of the process and a counter: unique among the requests of one service, and cheap.
fn new_request_id() -> HeaderValue {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    static START_US: std::sync::LazyLock<u64> = std::sync::LazyLock::new(|| {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_micros()).unwrap_or_default()
    });
    let id = format!("{:x}-{:x}", *START_US, COUNTER.fetch_add(1, Ordering::Relaxed));
    HeaderValue::try_from(id).expect("hexadecimal digits are a header value")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Compiler;
    use crate::server::Attached;
    use crate::server::Config;
    use crate::syntax::Source;
    use axum::body::Body;
    use http_body_util::BodyExt;
    use hyper::service::Service;
    use hyper_util::service::TowerToHyperService;

    fn app() -> Arc<App> {
        let pack = "id = 'default'\ntitle = 'Nothing'\ninclude = ['*']";
        let mut compiler = Compiler::new();
        compiler.add_pack(Source::new("default.toml", pack));
        let (rules, _) = compiler.build().unwrap();
        App::new(Config::default(), Arc::new(rules), Attached::default()).unwrap()
    }

    #[test]
    fn a_panic_ends_one_request_and_says_nothing() {
        async fn broken() {
            panic!("s3cret");
        }
        let app = app();
        let methods = stack(&app, Route::Health, get(broken)).with_state(Arc::clone(&app));
        let service = TowerToHyperService::new(Router::new().route("/", methods));
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (status, body) = runtime.block_on(async {
            let response = service.call(Request::new(Body::empty())).await.unwrap();
            (response.status(), response.into_body().collect().await.unwrap().to_bytes())
        });
        let body = String::from_utf8(body.to_vec()).unwrap();
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(body.contains("request.internal") && !body.contains("s3cret"), "{body}");
        let text = crate::server::metrics::encode(&app).unwrap();
        assert!(text.contains(r#"route="/healthz",status="500"} 1"#), "{text}");
    }
}
