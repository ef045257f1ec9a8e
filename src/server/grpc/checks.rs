//! `grpc.health.v1`: what probes ask. It says what `/readyz` says.

use super::super::app::App;
use super::generated::grpc_health_v1::health_check_response::ServingStatus;
use super::generated::grpc_health_v1::health_server::Health;
use super::generated::grpc_health_v1::{HealthCheckRequest, HealthCheckResponse};
use super::status;
use crate::base::Fault;
use crate::base::code::REQUEST_NOT_FOUND;
use futures_util::future::ready;
use futures_util::stream::{StreamExt, once};
use std::sync::Arc;
use tonic::codegen::BoxStream;
use tonic::{Request, Response, Status};

pub(super) struct Service {
    app: Arc<App>,
}

impl Service {
    pub(super) fn new(app: &Arc<App>) -> Self {
        Self { app: Arc::clone(app) }
    }

    fn status(&self, service: &str) -> ServingStatus {
        match service {
            "" | "lockgate.v1.Inspect" | "grpc.health.v1.Health" => match self.app.draining() {
                true => ServingStatus::NotServing,
                false => ServingStatus::Serving,
            },
            _ => ServingStatus::ServiceUnknown,
        }
    }
}

#[tonic::async_trait]
impl Health for Service {
    async fn check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        match self.status(&request.get_ref().service) {
            ServingStatus::ServiceUnknown => {
                Err(status::refused(&self.app, &Fault::from(REQUEST_NOT_FOUND)))
            }
            status => Ok(Response::new(response(status))),
        }
    }

    type WatchStream = BoxStream<HealthCheckResponse>;

    async fn watch(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let mut draining = self.app.until_draining();
        let status = self.status(&request.get_ref().service);
        let now = once(ready(Ok(response(status))));
        // A state changes once: when the service is asked to stop. The end of the answer lets the connection drain.
        let later = once(async move {
            // An error says that the service has gone, which is as good.
            let _ = draining.wait_for(|draining| *draining).await;
            Ok(response(ServingStatus::NotServing))
        });
        let changes = usize::from(status != ServingStatus::NotServing);
        Ok(Response::new(Box::pin(now.chain(later.take(changes)))))
    }
}

fn response(status: ServingStatus) -> HealthCheckResponse {
    HealthCheckResponse { status: status.into() }
}
