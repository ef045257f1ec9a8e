//! L2: checksums and structure. One registry line per validator; rule files name validators by these names.
//!
//! A validator reads the bytes that a rule would report, skips the separators of its format, and says whether they
//! can be what the rule claims. It knows nothing of rules, context or confidence.
//!
//! ```
//! let luhn = lockgate::validate::find("luhn").expect("registered");
//! assert!((luhn.check)(b"4111 1111 1111 1111"));
//! assert!(!(luhn.check)(b"4111 1111 1111 1112"));
//! ```

mod bank;
mod card;
mod country;
mod crypto;
mod date;
mod device;
mod digits;
mod national;
mod network;
mod person;
mod phone;
mod placeholder;
mod tld;
mod token;
mod words;

pub use date::written_date;
use national::{
    asia, balkans, baltics, brazil, canada, central_europe, china, france, germany, iberia, india,
    italy, japan_korea, latin_america, low_countries, mexico, middle_east_africa, nordics, oceania,
    russia_ukraine, uk_ireland, us, vat,
};

/// Accepts or rejects the bytes that a rule would report.
#[derive(Clone, Copy, Debug)]
pub struct Validator {
    /// Name in rule files: `luhn`, `us-ssn`.
    pub name: &'static str,
    /// What it checks, one sentence.
    pub doc: &'static str,
    /// Where the algorithm is described.
    pub reference: &'static str,
    /// Share of random values of the right shape that pass, 0 to 1; measured.
    pub pass_rate: f32,
    /// The check. Total: any bytes, no panic, time linear in the length.
    pub check: fn(&[u8]) -> bool,
}

/// The validator of this name.
pub fn find(name: &str) -> Option<&'static Validator> {
    let index = ALL.binary_search_by(|validator| validator.name.cmp(name)).ok()?;
    ALL.get(index)
}

const fn entry(
    name: &'static str,
    doc: &'static str,
    reference: &'static str,
    pass_rate: f32,
    check: fn(&[u8]) -> bool,
) -> Validator {
    Validator { name, doc, reference, pass_rate, check }
}

/// All validators, sorted by name.
#[rustfmt::skip]
pub static ALL: &[Validator] = &[
    entry("aba", "American bank routing number: weights 3-7-1 and an assigned prefix.", "ABA Routing Number Policy", 0.03, bank::aba),
    entry("ar-cuit", "Argentine tax number (CUIT, CUIL): holder type and modulo 11.", "AFIP", 0.101, latin_america::ar_cuit),
    entry("at-svnr", "Austrian social security number: weights modulo 11 and the birth date.", "Austrian Social Insurance", 0.0038, central_europe::at_svnr),
    entry("au-abn", "Australian business number: modulo 89.", "Australian Business Register", 0.01, oceania::au_abn),
    entry("au-acn", "Australian company number: modulo 10.", "ASIC", 0.102, oceania::au_acn),
    entry("au-medicare", "Australian Medicare card: weights 1-3-7-9 modulo 10.", "METeOR 270101", 0.09, oceania::au_medicare),
    entry("au-tfn", "Australian tax file number: modulo 11.", "Wikipedia, Tax file number", 0.092, oceania::au_tfn),
    entry("aws-access-key-id", "AWS key identifier: kind, base32 and an account number inside.", "AWS IAM identifiers", 0.138, token::aws_access_key_id),
    entry("azure-storage-key", "Azure storage account key: base64 of 64 bytes.", "Azure storage documentation", 0.0, token::azure_storage_key),
    entry("base64", "Canonical base64 of either alphabet.", "RFC 4648", 0.065, token::base64),
    entry("basic-auth", "Base64 of a printable user name, a colon and a password.", "RFC 7617", 1e-05, token::basic_auth),
    entry("be-nn", "Belgian national number: birth date and modulo 97.", "Belgian National Register", 0.0025, low_countries::be_nn),
    entry("bg-egn", "Bulgarian personal number: birth date and modulo 11.", "Wikipedia, Unique citizenship number", 0.011, balkans::bg_egn),
    entry("bic", "Bank identifier code: structure and an ISO 3166 country.", "ISO 9362", 0.356, bank::bic),
    entry("birth-date", "Calendar date from 1900 to 2026.", "Gregorian calendar", 0.00042, date::birth_date),
    entry("br-cnpj", "Brazilian company number, also alphanumeric: two check digits modulo 11.", "Receita Federal IN 2229/2024", 0.01, brazil::cnpj),
    entry("br-cpf", "Brazilian taxpayer number: two check digits modulo 11.", "Receita Federal", 0.01, brazil::cpf),
    entry("btc-address", "Bitcoin address: base58check, bech32 or bech32m.", "BIP-13, BIP-173, BIP-350", 0.0, crypto::btc_address),
    entry("btc-wif", "Bitcoin private key in import format: base58check.", "Bitcoin wiki, WIF", 0.0, crypto::btc_wif),
    entry("ca-bc-phn", "British Columbia health number: modulo 11.", "BC Ministry of Health", 0.082, canada::bc_phn),
    entry("ca-bn", "Canadian business number: Luhn and a program account.", "Canada Revenue Agency", 0.099, bank::ca_bn),
    entry("ca-sin", "Canadian social insurance number: Luhn, not from 0 or 8.", "Wikipedia, Social Insurance Number", 0.079, canada::sin),
    entry("card", "Payment card: Luhn, issuer prefix with its lengths, not one digit repeated.", "ISO/IEC 7812-1", 0.1, card::card),
    entry("cbu", "Argentine account number: two blocks with check digits.", "BCRA", 0.01, bank::cbu),
    entry("ch-ahv", "Swiss social security number: 756 and the GS1 check digit.", "Swiss ZAS", 0.1, central_europe::ch_ahv),
    entry("ch-uid", "Swiss company number: modulo 11.", "eCH-0097", 0.091, central_europe::ch_uid),
    entry("cl-rut", "Chilean tax and identity number: modulo 11 with K.", "Wikipedia, Rol Único Tributario", 0.091, latin_america::cl_rut),
    entry("clabe", "Mexican account number: weights 3-7-1 modulo 10.", "Banxico", 0.1, bank::clabe),
    entry("cn-ric", "Chinese resident identity: region, birth date, ISO 7064 mod 11-2.", "GB 11643-1999", 9.5e-05, china::ric),
    entry("cn-uscc", "Chinese unified social credit code: base 31 modulo 31.", "GB 32100-2015", 0.031, china::uscc),
    entry("co-nit", "Colombian tax number: prime weights modulo 11.", "DIAN", 0.099, latin_america::co_nit),
    entry("cusip", "North American security number: double-add-double.", "ANSI X9.6", 0.027, bank::cusip),
    entry("cz-rc", "Czech and Slovak birth number: birth date, divisible by 11.", "Czech law 133/2000", 0.014, central_europe::cz_rc),
    entry("date", "Calendar date in numeric or written form.", "Gregorian calendar", 0.037, date::calendar),
    entry("de-id-card", "German identity card or passport number, ICAO check digit where written.", "ICAO 9303", 0.0063, germany::id_card),
    entry("de-kvnr", "German health insurance number: weights 1-2 with cross sums.", "GKV-Spitzenverband", 0.1, germany::kvnr),
    entry("de-rvnr", "German pension insurance number: birth date and cross sums.", "VKVV section 2", 0.0036, germany::rvnr),
    entry("de-tax-id", "German tax number: ISO 7064 mod 11,10 and the repetition rule.", "Bundeszentralamt für Steuern", 0.0034, germany::tax_id),
    entry("dk-cpr", "Danish personal number: birth date with century.", "CPR-kontoret", 0.073, nordics::dk_cpr),
    entry("do-cedula", "Dominican identity card: Luhn.", "Junta Central Electoral", 0.1, latin_america::do_cedula),
    entry("domain-tld", "Domain name under a real top-level domain.", "RFC 1035, IANA root zone", 0.013, network::domain_tld),
    entry("ean", "GS1 trade item number: weights 3 and 1 modulo 10.", "GS1 General Specifications", 0.1, device::ean),
    entry("ec-ci", "Ecuadorian identity card: province and Luhn.", "Registro Civil", 0.018, latin_america::ec_ci),
    entry("ee-ik", "Estonian personal code: birth date and two passes modulo 11.", "EVS 585", 0.0029, baltics::ee_ik),
    entry("email", "Mail address under a real top-level domain.", "RFC 5321", 0.013, network::email),
    entry("es-cif", "Spanish company number: Luhn-like digit or letter.", "Agencia Tributaria", 0.1, iberia::es_cif),
    entry("es-dni", "Spanish identity number: letter modulo 23.", "Ministerio del Interior", 0.039, iberia::es_dni),
    entry("es-nie", "Spanish foreigner number: letter modulo 23.", "Ministerio del Interior", 0.038, iberia::es_nie),
    entry("es-nuss", "Spanish social security number: modulo 97.", "Seguridad Social", 0.0055, iberia::es_nuss),
    entry("eth-address", "Ethereum address: one case, or mixed case by EIP-55.", "EIP-55", 1.0, crypto::eth_address),
    entry("eu-vat", "European Union VAT number: country prefix and that country's check.", "European Commission VIES", 0.091, vat::eu),
    entry("fi-hetu", "Finnish personal code: birth date and modulo 31.", "Digital and Population Data Services Agency", 0.00082, nordics::fi_hetu),
    entry("fi-ytunnus", "Finnish company number: modulo 11.", "Finnish Patent and Registration Office", 0.091, nordics::fi_ytunnus),
    entry("fr-nif", "French tax number: modulo 511.", "European Commission TIN", 0.00049, france::nif),
    entry("fr-nir", "French social security number: 97 minus the number modulo 97.", "INSEE", 0.005, france::nir),
    entry("fr-siren", "French company number: Luhn.", "INSEE", 0.1, france::siren),
    entry("fr-siret", "French establishment number: Luhn on both parts.", "INSEE", 0.01, france::siret),
    entry("github-crc32", "GitHub token: CRC-32 in base 62 at its end.", "GitHub blog, token formats", 0.0, token::github_crc32),
    entry("gr-afm", "Greek tax number: powers of two modulo 11.", "European Commission VIES", 0.101, balkans::gr_afm),
    entry("gr-amka", "Greek social security number: birth date and Luhn.", "AMKA", 0.0036, balkans::gr_amka),
    entry("hk-id", "Hong Kong identity card: modulo 11.", "Wikipedia, Hong Kong identity card", 0.09, china::hk_id),
    entry("hr-oib", "Croatian personal number: ISO 7064 mod 11,10.", "Croatian Tax Administration", 0.1, balkans::hr_oib),
    entry("hu-taj", "Hungarian social security number: weights 3-7 modulo 10.", "Hungarian law XX of 1996", 0.1, central_europe::hu_taj),
    entry("hu-tax", "Hungarian tax number of a person: weights 1 to 9 modulo 11.", "European Commission TIN", 0.091, central_europe::hu_tax),
    entry("iban", "Account number: country structure and ISO 7064 mod 97-10.", "ISO 13616 IBAN registry", 0.01, bank::iban),
    entry("iccid", "SIM card number: 89 and Luhn.", "ITU-T E.118", 0.101, device::iccid),
    entry("id-nik", "Indonesian identity number: region, birth date, serial.", "Dukcapil", 0.029, asia::id_nik),
    entry("ie-pps", "Irish personal number: letter modulo 23.", "Revenue Commissioners", 0.037, uk_ireland::ie_pps),
    entry("il-id", "Israeli identity number: Luhn.", "Population Authority", 0.099, middle_east_africa::il_id),
    entry("imei", "Mobile equipment identity: Luhn.", "3GPP TS 23.003", 0.099, device::imei),
    entry("in-aadhaar", "Indian identity number: Verhoeff, first digit from 2, no palindrome.", "UIDAI", 0.079, india::aadhaar),
    entry("in-epic", "Indian voter card: Luhn.", "Election Commission of India", 0.1, india::epic),
    entry("in-gstin", "Indian goods and services tax number: state, account number, base-36 Luhn.", "GSTN", 0.027, india::gstin),
    entry("in-pan", "Indian permanent account number: structure in upper case.", "Income Tax Department", 0.462, india::pan),
    entry("ip-public", "Address that is routed on the public internet.", "RFC 6890", 0.112, network::ip_public),
    entry("ipv4", "Four octets without leading zeros.", "RFC 791", 0.02, network::ipv4),
    entry("ipv6", "IPv6 address.", "RFC 4291", 1.0, network::ipv6),
    entry("is-kennitala", "Icelandic number: birth date and modulo 11.", "Registers Iceland", 0.002, nordics::is_kennitala),
    entry("isbn", "Book number of ten or thirteen digits.", "ISO 2108", 0.00024, device::isbn),
    entry("isin", "Security number: country and Luhn over letters as numbers.", "ISO 6166", 0.028, bank::isin),
    entry("it-codice-fiscale", "Italian fiscal code: structure, birth date, control letter.", "DM 23/12/1976", 0.011, italy::codice_fiscale),
    entry("it-vat", "Italian VAT number: office and Luhn.", "Agenzia delle Entrate", 0.01, italy::vat),
    entry("jp-corporate", "Japanese corporate number: modulo 9.", "National Tax Agency", 0.1, japan_korea::jp_corporate),
    entry("jp-my-number", "Japanese individual number: modulo 11.", "Ministry ordinance 85 of 2014", 0.1, japan_korea::jp_my_number),
    entry("jwt", "JSON web token: header decodes to an object with alg.", "RFC 7519", 0.0, token::jwt),
    entry("kr-brn", "South Korean business number: weights modulo 10.", "National Tax Service", 0.088, japan_korea::kr_brn),
    entry("kr-rrn", "South Korean resident number: birth date and modulo 11.", "Wikipedia, Resident registration number", 0.0042, japan_korea::kr_rrn),
    entry("lei", "Legal entity identifier: ISO 7064 mod 97-10.", "ISO 17442", 0.011, bank::lei),
    entry("lt-asmens", "Lithuanian personal code: birth date and two passes modulo 11.", "Lithuanian law I-2237", 0.013, baltics::lt_asmens),
    entry("ltc-doge-address", "Litecoin or Dogecoin address.", "Chain parameters of both projects", 0.0, crypto::ltc_doge_address),
    entry("lu-nin", "Luxembourg personal number: birth date, Luhn and Verhoeff.", "Luxembourg law of 19 June 2013", 0.00039, low_countries::lu_nin),
    entry("luhn", "Luhn check of 2 to 32 digits.", "ISO/IEC 7812-1", 0.1, card::luhn),
    entry("lv-pk", "Latvian personal code: birth date and modulo 11, or the new form.", "Latvian PMLP", 0.08, baltics::lv_pk),
    entry("mac", "Hardware address: consistent separators, not zero, not broadcast.", "IEEE 802", 1.0, network::mac),
    entry("mrz", "Machine readable zone: check digits of its fields.", "ICAO 9303", 9.5e-05, device::mrz),
    entry("mx-curp", "Mexican registry code: birth date, state, modulo 10.", "RENAPO", 9e-05, mexico::curp),
    entry("mx-rfc", "Mexican taxpayer code: structure and date.", "SAT", 0.011, mexico::rfc),
    entry("my-nric", "Malaysian identity card: birth date and place.", "JPN", 0.032, asia::my_nric),
    entry("ng-nin", "Nigerian identity number: Verhoeff.", "NIMC", 0.101, middle_east_africa::ng_nin),
    entry("nl-bsn", "Dutch citizen number: the eleven test.", "Wikipedia, Burgerservicenummer", 0.09, low_countries::nl_bsn),
    entry("no-fodselsnummer", "Norwegian birth number: birth date and two check digits.", "Skatteetaten", 0.0017, nordics::no_fodselsnummer),
    entry("no-orgnr", "Norwegian organisation number: modulo 11.", "Brønnøysund Register Centre", 0.09, nordics::no_orgnr),
    entry("not-placeholder", "Not a template, stand-in word, repetition or keyboard run.", "Lockgate", 1.0, placeholder::not_placeholder),
    entry("npm-crc32", "npm token: CRC-32 in base 62 at its end.", "GitHub blog, npm token format", 0.0, token::npm_crc32),
    entry("nz-ird", "New Zealand revenue number: two passes modulo 11.", "Inland Revenue", 0.09, oceania::nz_ird),
    entry("nz-nhi", "New Zealand health index, old and new form.", "HISO 10046", 0.072, oceania::nz_nhi),
    entry("pe-ruc", "Peruvian taxpayer number: holder type and modulo 11.", "SUNAT", 0.1, latin_america::pe_ruc),
    entry("person-name", "Up to six words, none of which rules out the name of a person.", "Lockgate", 0.97, person::person_name),
    entry("ph-tin", "Philippine tax number: shape.", "BIR", 1.0, asia::ph_tin),
    entry("phone", "Telephone number that a country's plan could have issued.", "ITU-T E.164, NANP", 0.718, phone::phone),
    entry("pl-id-card", "Polish identity card: weights 7-3-1.", "Wikipedia, Polish identity card", 0.101, central_europe::pl_id_card),
    entry("pl-nip", "Polish tax number: modulo 11.", "Polish Ministry of Finance", 0.091, central_europe::pl_nip),
    entry("pl-pesel", "Polish personal number: birth date and weights 1-3-7-9.", "Polish Ministry of Digital Affairs", 0.019, central_europe::pl_pesel),
    entry("pl-regon", "Polish company number: modulo 11.", "Statistics Poland", 0.1, central_europe::pl_regon),
    entry("pt-cc", "Portuguese citizen card: base-36 Luhn.", "Autenticação.gov", 0.1, iberia::pt_cc),
    entry("pt-nif", "Portuguese tax number: modulo 11.", "Autoridade Tributária", 0.08, iberia::pt_nif),
    entry("pt-niss", "Portuguese social security number: prime weights modulo 10.", "Segurança Social", 0.1, iberia::pt_niss),
    entry("ro-cnp", "Romanian personal code: birth date, county, modulo 11.", "Romanian DEPABD", 0.0019, balkans::ro_cnp),
    entry("ru-inn", "Russian tax number: modulo 11.", "Federal Tax Service", 0.1, russia_ukraine::ru_inn),
    entry("ru-ogrn", "Russian registration number: modulo 11 or 13.", "Federal Tax Service", 0.1, russia_ukraine::ru_ogrn),
    entry("ru-snils", "Russian pension number: modulo 101.", "Pension Fund of Russia", 0.01, russia_ukraine::ru_snils),
    entry("se-orgnr", "Swedish organisation number: Luhn.", "Bolagsverket", 0.071, nordics::se_orgnr),
    entry("se-personnummer", "Swedish personal number: birth date and Luhn.", "Skatteverket", 0.0074, nordics::se_personnummer),
    entry("sedol", "London security number: weights modulo 10.", "London Stock Exchange", 0.028, bank::sedol),
    entry("sg-nric", "Singaporean identity number: letter modulo 11.", "Wikipedia, National Registration Identity Card", 0.039, asia::sg_nric),
    entry("si-emso", "Yugoslav personal number: birth date and modulo 11.", "Wikipedia, Unique Master Citizen Number", 0.0036, balkans::si_emso),
    entry("th-id", "Thai identity number: modulo 11.", "Wikipedia, Thai identity card", 0.079, asia::th_id),
    entry("tr-tckn", "Turkish identity number: two check digits modulo 10.", "Wikipedia, Turkish Identification Number", 0.0085, middle_east_africa::tr_tckn),
    entry("tw-id", "Taiwanese identity card or resident certificate: modulo 10.", "Wikipedia, National identification card (Taiwan)", 0.1, china::tw_id),
    entry("ua-rntrc", "Ukrainian taxpayer number: modulo 11.", "State Tax Service of Ukraine", 0.1, russia_ukraine::ua_rntrc),
    entry("uk-chi", "Scottish health index: birth date and modulo 11.", "NHS Scotland", 0.0034, uk_ireland::chi),
    entry("uk-driving-licence", "British driver number: surname, birth date, initials.", "DVLA", 0.073, uk_ireland::driving_licence),
    entry("uk-nhs", "British health service number: modulo 11.", "NHS Data Dictionary", 0.09, uk_ireland::nhs),
    entry("uk-nino", "British national insurance number: prefix and suffix rules.", "HMRC NIM39110", 0.552, uk_ireland::nino),
    entry("uk-utr", "British taxpayer reference: modulo 11.", "HMRC", 0.1, uk_ireland::utr),
    entry("uk-vat", "British VAT number: modulo 97.", "HMRC", 0.029, uk_ireland::vat),
    entry("url-userinfo", "Address with a user and password before the host.", "RFC 3986", 1.0, network::url_userinfo),
    entry("us-dea", "American controlled substances registration: checksum.", "DEA", 0.099, us::dea),
    entry("us-ein", "American employer number: assigned prefix.", "IRS", 0.83, us::ein),
    entry("us-itin", "American individual taxpayer number: group in use.", "IRS", 0.44, us::itin),
    entry("us-mbi", "American Medicare beneficiary identifier: class of each position.", "CMS", 0.315, us::mbi),
    entry("us-npi", "American provider identifier: Luhn behind 80840.", "CMS", 0.101, us::npi),
    entry("us-passport", "American passport: shape.", "US Department of State", 1.0, us::passport),
    entry("us-ssn", "American social security number: area, group and serial in use.", "SSA", 0.888, us::ssn),
    entry("uy-ci", "Uruguayan identity card: weights modulo 10.", "DNIC", 0.1, latin_america::uy_ci),
    entry("uy-rut", "Uruguayan taxpayer number: modulo 11.", "DGI", 0.091, latin_america::uy_rut),
    entry("ve-rif", "Venezuelan fiscal number: modulo 11.", "SENIAT", 0.1, latin_america::ve_rif),
    entry("vin", "Vehicle identification number: check digit in position 9.", "49 CFR 565", 0.0072, device::vin),
    entry("vn-mst", "Vietnamese tax number: modulo 11.", "General Department of Taxation", 0.092, asia::vn_mst),
    entry("xprv", "Extended private key of a wallet: base58check.", "BIP-32", 0.0, crypto::xprv),
    entry("za-id", "South African identity number: birth date and Luhn.", "Department of Home Affairs", 0.0013, middle_east_africa::za_id),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_unique_and_found() {
        assert!(ALL.is_sorted_by(|left, right| left.name < right.name));
        assert!(ALL.iter().all(|validator| {
            find(validator.name).is_some_and(|found| found.name == validator.name)
        }));
        assert!(find("no-such-validator").is_none());
    }

    #[test]
    fn entries_are_documented_and_rates_are_shares() {
        for validator in ALL {
            assert!(
                validator.doc.ends_with('.') && !validator.reference.is_empty(),
                "{}",
                validator.name
            );
            assert!((0.0..=1.0).contains(&validator.pass_rate), "{}", validator.name);
        }
    }
}
