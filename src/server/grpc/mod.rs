//! The stream over gRPC, on the port of the API: `proto/lockgate/v1/inspect.proto` describes it, `docs/GRPC.md` shows it.
//!
//! tonic reads and writes the messages; connections, limits and metrics are those of the rest of the service.

mod call;
mod checks;
#[rustfmt::skip]
mod generated;
mod names;
mod status;

pub use generated::grpc_health_v1 as health;
pub use generated::lockgate_v1 as v1;

use super::app::App;
use super::metrics::Route;
use super::router::stack;
use super::stream::{self, MESSAGE_BYTES_MAX};
use axum::Router;
use axum::routing::any_service;
use call::Call;
use generated::grpc_health_v1::health_server::HealthServer;
use std::sync::Arc;
use tonic::codegen::BoxStream;
use tonic::{Request, Response, Status, Streaming};
use v1::inspect_server::{Inspect, InspectServer};

/// What stands around the bytes of a message, in bytes: two tags and two lengths at most.
const MESSAGE_HEAD_BYTES_MAX: usize = 16;

/// Adds the services to the routes of the API.
pub(super) fn with_services(app: &Arc<App>, router: Router<Arc<App>>) -> Router<Arc<App>> {
    let inspect = InspectServer::new(Service { app: Arc::clone(app) })
        .max_decoding_message_size(MESSAGE_BYTES_MAX + MESSAGE_HEAD_BYTES_MAX);
    let health = HealthServer::new(checks::Service::new(app));
    let inspect = stack(app, Route::Grpc, any_service(inspect));
    let health = stack(app, Route::GrpcHealth, any_service(health));
    router
        .route("/lockgate.v1.Inspect/{method}", inspect)
        .route("/grpc.health.v1.Health/{method}", health)
}

struct Service {
    app: Arc<App>,
}

#[tonic::async_trait]
impl Inspect for Service {
    type StreamStream = BoxStream<v1::StreamResponse>;

    async fn stream(
        &self,
        request: Request<Streaming<v1::StreamRequest>>,
    ) -> Result<Response<Self::StreamStream>, Status> {
        let permit = stream::permit(&self.app);
        let permit = permit.map_err(|problem| status::refused(&self.app, &problem.0))?;
        let (metadata, _, messages) = request.into_parts();
        let call = Call::new(&self.app, metadata.into_headers(), messages, permit);
        Ok(Response::new(Box::pin(call.answers())))
    }
}
