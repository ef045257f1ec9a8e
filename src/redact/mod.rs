//! L5: findings to edits, edits to bytes.
//!
//! [`plan()`] turns findings into [`Edit`](crate::base::Edit)s on the original bytes, [`apply()`] carries them out. Between the two, edits
//! can travel: a gateway that holds the original applies them itself.

mod apply;
mod carrier;
mod plan;
mod style;

pub use apply::apply;
pub use plan::{Naming, Numbers, Surface, plan, plan_on};
pub use style::{Redaction, Style};
