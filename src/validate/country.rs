//! ISO 3166-1 country codes.

/// All assigned alpha-2 codes and Kosovo's user-assigned one, sorted, without a separator.
const COUNTRIES: &[u8] = b"ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZ\
CACCCDCFCGCHCICKCLCMCNCOCRCUCVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQ\
GRGSGTGUGWGYHKHMHNHRHTHUIDIEILIMINIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDME\
MFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURW\
SASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWS\
XKYEYTZAZMZW";

/// Whether this is an upper-case alpha-2 code.
pub(super) fn is_country(code: &[u8]) -> bool {
    let (codes, _) = COUNTRIES.as_chunks::<2>();
    codes.binary_search_by(|known| known.as_slice().cmp(code)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_and_complete() {
        let (codes, rest) = COUNTRIES.as_chunks::<2>();
        assert!(rest.is_empty() && codes.is_sorted());
        assert_eq!(codes.len(), 250);
        assert!(is_country(b"FR") && !is_country(b"XX"));
    }
}
