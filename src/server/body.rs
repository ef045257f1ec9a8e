//! Request bodies, read once, with the limits applied while reading: on the size of one, and on the memory of all together, which the
//! answers share.

use super::problem::Problem;
use crate::base::code;
use axum::body::{Body, Bytes, HttpBody};
use http_body_util::BodyExt;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Memory reserved for a body of several frames before its size is known, in bytes. Content-Length alone earns no more.
const RESERVE_BYTES_MAX: usize = 64 << 10;

/// Bytes of bodies and answers that are in memory, over all requests.
#[derive(Debug)]
pub(super) struct Budget {
    used: AtomicU64,
    max: u64,
}

impl Budget {
    pub(super) fn new(bytes_max: u64) -> Arc<Self> {
        Arc::new(Self { used: AtomicU64::new(0), max: bytes_max })
    }

    /// Bytes in use now.
    pub(super) fn used(&self) -> u64 {
        self.used.load(Relaxed)
    }
}

/// A part of a [`Budget`], given back when it is dropped.
#[derive(Debug)]
struct Share {
    budget: Arc<Budget>,
    bytes: u64,
}

impl Share {
    fn of(budget: &Arc<Budget>) -> Self {
        Self { budget: Arc::clone(budget), bytes: 0 }
    }

    /// # Errors
    /// The budget does not have so many more bytes.
    fn grow(&mut self, bytes: usize) -> Result<(), Problem> {
        let bytes = bytes as u64;
        let max = self.budget.max;
        let added = |used: u64| used.checked_add(bytes).filter(|used| *used <= max);
        // The counter guards no other memory, so no ordering is needed.
        match self.budget.used.fetch_update(Relaxed, Relaxed, added) {
            Ok(_) => {
                self.bytes += bytes;
                Ok(())
            }
            Err(_) => Err(Problem::new(
                code::REQUEST_MEMORY,
                format!("limit {max} bytes, {bytes} more are needed"),
            )),
        }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.budget.used.fetch_sub(self.bytes, Relaxed);
    }
}

/// A whole body, counted in the budget for as long as it lives.
#[derive(Debug)]
pub(super) struct Held {
    bytes: Bytes,
    _share: Share,
}

impl Deref for Held {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

/// Reads a body of at most `limit` bytes. A body that comes in one frame is not copied.
///
/// # Errors
/// The body is empty, larger than the limit, more than the budget has left, or breaks off.
pub(super) async fn read(
    mut body: Body,
    limit: usize,
    budget: &Arc<Budget>,
) -> Result<Held, Problem> {
    let read = fill(&mut body, limit, budget).await;
    if read.as_ref().is_err_and(|problem| problem.0.code != code::REQUEST_BROKEN) {
        discard(body, limit).await;
    }
    read
}

async fn fill(body: &mut Body, limit: usize, budget: &Arc<Budget>) -> Result<Held, Problem> {
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > limit {
        return Err(too_large(limit));
    }
    let first = next(body).await?.unwrap_or_default();
    let mut share = Share::of(budget);
    let whole = body.is_end_stream() || (announced > 0 && first.len() == announced);
    if first.len() <= limit && whole {
        share.grow(first.len())?;
        return held(first, share);
    }
    let mut all = Vec::new();
    let mut frame = Some(first);
    while let Some(bytes) = frame {
        let size = all.len() + bytes.len();
        if size > limit {
            return Err(too_large(limit));
        }
        if size > all.capacity() {
            // What is announced is expected at first, up to a bound; after that the size doubles, to no more than will come.
            let guess = if all.is_empty() { announced.min(RESERVE_BYTES_MAX) } else { 2 * size };
            let end = if announced > 0 { announced } else { limit };
            let capacity = guess.min(end).max(size);
            share.grow(capacity - all.capacity())?;
            all.reserve_exact(capacity - all.len());
        }
        all.extend_from_slice(&bytes);
        frame = next(body).await?;
    }
    held(Bytes::from(all), share)
}

fn held(bytes: Bytes, share: Share) -> Result<Held, Problem> {
    if bytes.is_empty() {
        Err(code::REQUEST_EMPTY.into())
    } else {
        Ok(Held { bytes, _share: share })
    }
}

/// An answer, counted in the budget until it is sent.
///
/// # Errors
/// The budget does not have so many more bytes.
pub(super) fn answer(json: Vec<u8>, budget: &Arc<Budget>) -> Result<Body, Problem> {
    struct Counted(Vec<u8>, #[expect(dead_code, reason = "gives back when it is dropped")] Share);
    impl AsRef<[u8]> for Counted {
        fn as_ref(&self) -> &[u8] {
            &self.0
        }
    }
    let mut share = Share::of(budget);
    share.grow(json.len())?;
    Ok(Body::from(Bytes::from_owner(Counted(json, share))))
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
        let budget = Budget::new(8);
        let held = runtime.block_on(read(body, 8, &budget));
        let read = held.as_ref().map(|bytes| &bytes[..]).map_err(|problem| problem.0.code.id);
        assert_eq!(read, expect.map(str::as_bytes));
        assert!(budget.used() >= read.map_or(0, <[u8]>::len) as u64);
        drop(held);
        assert_eq!(budget.used(), 0);
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

    #[test]
    fn bodies_share_a_budget() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let budget = Budget::new(10);
        let read = |body| runtime.block_on(read(body, 8, &budget));
        let first = read(Body::from("123456")).unwrap();
        for body in [Body::from("12345"), chunked(&["1", "2345"])] {
            assert_eq!(read(body).unwrap_err().0.code.id, "request.memory");
            assert_eq!(budget.used(), 6);
        }
        let second = read(Body::from("1234")).unwrap();
        assert_eq!((budget.used(), &first[..], &second[..]), (10, &b"123456"[..], &b"1234"[..]));
        assert_eq!(answer(vec![b'x'], &budget).unwrap_err().0.code.id, "request.memory");
        drop(first);
        assert_eq!(read(chunked(&["1", "2"])).unwrap().deref(), b"12");
        assert_eq!(budget.used(), 4);
        let answer = answer(vec![b'x'; 6], &budget).unwrap();
        assert_eq!(budget.used(), 10);
        drop(answer);
        assert_eq!(budget.used(), 4);
    }
}
