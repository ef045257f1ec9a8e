//! National identifiers of persons and companies, by region.

pub(super) mod asia;
pub(super) mod balkans;
pub(super) mod baltics;
pub(super) mod brazil;
pub(super) mod canada;
pub(super) mod central_europe;
pub(super) mod china;
pub(super) mod france;
pub(super) mod germany;
pub(super) mod iberia;
pub(super) mod india;
pub(super) mod italy;
pub(super) mod japan_korea;
pub(super) mod latin_america;
pub(super) mod low_countries;
pub(super) mod mexico;
pub(super) mod middle_east_africa;
pub(super) mod nordics;
pub(super) mod oceania;
pub(super) mod russia_ukraine;
pub(super) mod uk_ireland;
pub(super) mod us;
pub(super) mod vat;

use super::date;
use super::digits;
