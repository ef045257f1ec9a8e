//! Regions: from a begin marker to an end marker.

use crate::matcher::verify::{Match, VerifierCache};
use crate::rules::pattern::Region;

/// The region that begins with `begin`. It ends with the end marker if that comes before the greatest length and before `next`, the start
/// of the next begin marker; otherwise, if the region has a body class, where bytes of the body end.
pub(super) fn extend(
    region: &Region,
    cache: &mut VerifierCache,
    text: &[u8],
    begin: Match,
    next: Option<usize>,
) -> Option<Match> {
    let limit = text.len().min(begin.start + region.len_max).min(next.unwrap_or(usize::MAX));
    let whole = |end| Match { start: begin.start, end, value_start: begin.start, value_end: end };
    if begin.end < limit
        && let Some(end) = region.end.find(cache, text, begin.end, limit - 1)
        && end.end <= limit
    {
        return Some(whole(end.end));
    }
    let body = region.body.as_ref()?;
    let rest = text.get(begin.end..limit).unwrap_or_default();
    let len = rest.iter().take_while(|byte| body.contains(**byte)).count();
    let trailing = rest[..len].iter().rev().take_while(|byte| byte.is_ascii_whitespace()).count();
    Some(whole(begin.end + len - trailing))
}
