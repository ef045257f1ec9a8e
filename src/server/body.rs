//! Request bodies, read once, with the limit applied while reading.

use super::problem::Problem;
use crate::base::code;
use axum::body::{Body, Bytes, HttpBody};
use http_body_util::BodyExt;

/// Memory reserved for a body of several frames before its size is known, in bytes. Content-Length alone earns no more.
const RESERVE_BYTES_MAX: usize = 64 << 10;

/// Reads a body of at most `limit` bytes. A body that comes in one frame is not copied.
///
/// # Errors
/// The body is empty, larger than the limit, or breaks off.
pub(super) async fn read(mut body: Body, limit: usize) -> Result<Bytes, Problem> {
    let hint = body.size_hint();
    let announced = usize::try_from(hint.lower()).unwrap_or(usize::MAX);
    if announced > limit {
        discard(body, limit).await;
        return Err(too_large(limit));
    }
    let first = next(&mut body).await?.unwrap_or_default();
    if first.len() <= limit && (body.is_end_stream() || (announced > 0 && first.len() == announced))
    {
        return if first.is_empty() { Err(code::REQUEST_EMPTY.into()) } else { Ok(first) };
    }
    let mut all =
        Vec::with_capacity(announced.clamp(first.len(), RESERVE_BYTES_MAX.max(first.len())));
    let mut frame = Some(first);
    while let Some(bytes) = frame {
        if bytes.len() > limit - all.len() {
            discard(body, limit).await;
            return Err(too_large(limit));
        }
        all.extend_from_slice(&bytes);
        frame = next(&mut body).await?;
    }
    if all.is_empty() { Err(code::REQUEST_EMPTY.into()) } else { Ok(Bytes::from(all)) }
}

/// The next frame of data, `None` at the end.
async fn next(body: &mut Body) -> Result<Option<Bytes>, Problem> {
    while let Some(frame) = body.frame().await {
        // What hyper says about a broken body may quote it.
        let frame = frame.map_err(|_| Problem::from(code::REQUEST_BROKEN))?;
        if let Ok(data) = frame.into_data() {
            return Ok(Some(data));
        }
    }
    Ok(None)
}

/// Reads on for up to `limit` bytes and drops them: many clients look at the answer only after they have sent everything, and see a
/// reset connection instead if nobody reads.
async fn discard(mut body: Body, limit: usize) {
    let mut left = limit;
    while let Ok(Some(bytes)) = next(&mut body).await {
        let Some(rest) = left.checked_sub(bytes.len()) else { return };
        left = rest;
    }
}

fn too_large(limit: usize) -> Problem {
    Problem::new(code::INPUT_TOO_LARGE, format!("limit {limit} bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A body of several frames, with no announced size.
    fn chunked(frames: &'static [&'static str]) -> Body {
        struct Frames(std::slice::Iter<'static, &'static str>);
        impl HttpBody for Frames {
            type Data = Bytes;
            type Error = std::convert::Infallible;
            fn poll_frame(
                mut self: std::pin::Pin<&mut Self>,
                _: &mut std::task::Context<'_>,
            ) -> std::task::Poll<Option<Result<hyper::body::Frame<Bytes>, Self::Error>>>
            {
                let frame =
                    self.0.next().map(|text| Ok(hyper::body::Frame::data(Bytes::from(*text))));
                std::task::Poll::Ready(frame)
            }
        }
        Body::new(Frames(frames.iter()))
    }

    #[track_caller]
    fn check(body: Body, expect: Result<&str, &str>) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let read = runtime.block_on(read(body, 8));
        let read = read.as_ref().map(|bytes| &bytes[..]).map_err(|problem| problem.0.code.id);
        assert_eq!(read, expect.map(str::as_bytes));
    }

    #[test]
    fn whole_bodies() {
        check(Body::from("12345678"), Ok("12345678"));
        check(Body::from("123456789"), Err("payload.too-large"));
        check(Body::empty(), Err("request.empty"));
    }

    #[test]
    fn bodies_in_frames() {
        check(chunked(&["1234", "5678"]), Ok("12345678"));
        check(chunked(&["1234", "5678", "9"]), Err("payload.too-large"));
        check(chunked(&["123456789"]), Err("payload.too-large"));
        check(chunked(&["", "1", ""]), Ok("1"));
        check(chunked(&["", ""]), Err("request.empty"));
    }
}
