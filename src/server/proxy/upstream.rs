//! The way to the upstream: its address, a pool of connections, and the headers that travel.

use crate::base::Fault;
use crate::base::code::{CONFIG_VALUE, PROXY_TIMEOUT, PROXY_UPSTREAM};
use crate::server::config::Config;
use axum::body::Body;
use axum::http::uri::{Authority, PathAndQuery, Scheme};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, Response, Uri, header};
use hyper::body::Incoming;
use hyper_rustls::{ConfigBuilderExt, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;
use std::time::Duration;

/// How long a connection is kept that nobody uses.
const POOL_IDLE: Duration = Duration::from_secs(60);

/// Headers that are about one connection.
const HOP_BY_HOP: [HeaderName; 8] = [
    header::CONNECTION,
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    HeaderName::from_static("keep-alive"),
];

#[derive(Debug)]
pub(super) struct Upstream {
    scheme: Scheme,
    authority: Authority,
    /// The path below which everything is, without a slash at its end.
    path: String,
    client: Client<HttpsConnector<HttpConnector>, Body>,
    answer_timeout: Duration,
}

impl Upstream {
    /// The host that requests go to.
    pub(super) fn host(&self) -> &str {
        self.authority.host()
    }

    /// # Errors
    /// The address of the settings is none, or TLS is asked for and the machine trusts no certificates.
    pub(super) fn new(config: &Config) -> Result<Self, Fault> {
        let wrong = |why: &str| Fault::new(CONFIG_VALUE, format!("proxy.upstream: {why}"));
        let uri: Uri = config.upstream.parse().map_err(|_| wrong("it is no URL"))?;
        let parts = uri.into_parts();
        let is_web = |scheme: &Scheme| *scheme == Scheme::HTTP || *scheme == Scheme::HTTPS;
        let scheme = parts
            .scheme
            .filter(is_web)
            .ok_or_else(|| wrong("it begins with http:// or https://"))?;
        let authority = parts.authority.ok_or_else(|| wrong("it names no host"))?;
        let path = parts.path_and_query.unwrap_or(PathAndQuery::from_static("/"));
        if path.query().is_some() {
            return Err(wrong("it has a query"));
        }
        let tls = tls(&scheme).ok_or_else(|| wrong("this machine trusts no certificates"))?;
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_connect_timeout(Some(Duration::from_millis(config.connect_timeout_ms)));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_all_versions()
            .wrap_connector(http);
        let client = Client::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(POOL_IDLE)
            .build(connector);
        Ok(Self {
            scheme,
            authority,
            path: path.path().trim_end_matches('/').to_owned(),
            client,
            answer_timeout: Duration::from_millis(config.answer_timeout_ms),
        })
    }

    /// Sends a request, and waits for the headers of the answer.
    ///
    /// # Errors
    /// There is none, or not in time.
    pub(super) async fn send(
        &self,
        mut request: Request<Body>,
    ) -> Result<Response<Incoming>, Fault> {
        let rest = request.uri().path_and_query().map_or("/", PathAndQuery::as_str);
        let target = format!("{}{rest}", self.path);
        let uri = Uri::builder()
            .scheme(self.scheme.clone())
            .authority(self.authority.clone())
            .path_and_query(target)
            .build();
        *request.uri_mut() = uri.map_err(|_| Fault::from(PROXY_UPSTREAM))?;
        // The version is that of the connection, which is not the one that the request came over.
        *request.version_mut() = axum::http::Version::HTTP_11;
        let headers = request.headers_mut();
        strip(headers);
        headers.remove(header::HOST);
        headers.remove(header::CONTENT_LENGTH);
        headers.remove(header::EXPECT);
        // What is compressed would have to be inflated here.
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        let answer = tokio::time::timeout(self.answer_timeout, self.client.request(request));
        match answer.await {
            Ok(Ok(answer)) => Ok(answer),
            // What the library says may quote addresses and what the upstream sent.
            Ok(Err(_)) => Err(PROXY_UPSTREAM.into()),
            Err(_) => Err(PROXY_TIMEOUT.into()),
        }
    }
}

/// How TLS is done; without TLS nobody is trusted.
fn tls(scheme: &Scheme) -> Option<ClientConfig> {
    let provider = rustls::crypto::ring::default_provider();
    let builder = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()
        .ok()?;
    let builder = if *scheme == Scheme::HTTPS {
        builder.with_native_roots().ok()?
    } else {
        builder.with_root_certificates(RootCertStore::empty())
    };
    Some(builder.with_no_client_auth())
}

/// Takes out what is about one connection, the headers among it that `Connection` names.
pub(super) fn strip(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named.iter().chain(&HOP_BY_HOP) {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_connection_names_goes_too() {
        let mut headers = HeaderMap::new();
        headers.insert("connection", HeaderValue::from_static("close, X-Hop"));
        headers.insert("x-hop", HeaderValue::from_static("1"));
        headers.insert("te", HeaderValue::from_static("trailers"));
        headers.insert("x-kept", HeaderValue::from_static("1"));
        strip(&mut headers);
        assert_eq!(headers.keys().map(HeaderName::as_str).collect::<Vec<_>>(), ["x-kept"]);
    }

    #[test]
    fn an_upstream_is_a_url() {
        let check = |upstream: &str, expect: bool| {
            let config = Config { upstream: upstream.to_owned(), ..Config::default() };
            assert_eq!(Upstream::new(&config).is_ok(), expect, "{upstream}");
        };
        check("http://127.0.0.1:1", true);
        check("http://localhost/base/", true);
        check("localhost:80", false);
        check("ftp://localhost", false);
        check("http://localhost/?x=1", false);
        check("", false);
    }
}
