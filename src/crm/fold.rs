//! Folds headers and values to the form in which synonyms are compared.

/// Lower-case letters and digits only, accents removed: `No. of Employees*` and `no_of_employees` become
/// `noofemployees`.
pub(crate) fn fold(text: &str) -> String {
    let text = text.trim().trim_start_matches('\u{feff}');
    let mut folded = String::with_capacity(text.len());
    if text.is_ascii() {
        folded.extend(text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()));
        return folded;
    }
    for c in text.chars() {
        // Combining marks (decomposed accents) are no letters and fall away with the punctuation.
        match plain(c) {
            Some(letters) => folded.push_str(letters),
            None => folded.extend(c.to_lowercase().filter(|c| c.is_alphanumeric())),
        }
    }
    folded
}

/// Letters with marks, as plain ones. Source: Unicode canonical decompositions of Latin-1 and Latin Extended-A.
pub(crate) fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' | 'À' | 'Á' | 'Â' | 'Ã' | 'Ä' | 'Å' | 'Ą' => {
            "a"
        }
        'ç' | 'ć' | 'č' | 'Ç' | 'Ć' | 'Č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' | 'È' | 'É' | 'Ê' | 'Ë' | 'Ę' => "e",
        'ğ' | 'Ğ' => "g",
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'ı' | 'Ì' | 'Í' | 'Î' | 'Ï' | 'İ' => "i",
        'ł' | 'Ł' => "l",
        'ñ' | 'ń' | 'ň' | 'Ñ' | 'Ń' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ő' | 'Ò' | 'Ó' | 'Ô' | 'Õ' | 'Ö' | 'Ø' => "o",
        'ř' | 'Ř' => "r",
        'ś' | 'š' | 'ş' | 'Ś' | 'Š' | 'Ş' => "s",
        'ť' => "t",
        'ù' | 'ú' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' | 'Ù' | 'Ú' | 'Û' | 'Ü' => "u",
        'ý' | 'ÿ' | 'Ý' => "y",
        'ź' | 'ż' | 'ž' | 'Ź' | 'Ż' | 'Ž' => "z",
        'ß' => "ss",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_fold_to_one() {
        for text in ["No. of Employees", "no_of_employees", "NO OF EMPLOYEES*", "\u{feff} No. of Employees "] {
            assert_eq!(fold(text), "noofemployees");
        }
        assert_eq!(fold("Montant\u{0301} prévu"), "montantprevu");
        assert_eq!(fold("Größe"), "grosse");
        assert_eq!(fold("(%)"), "");
        assert_eq!(fold("顧客名"), "顧客名");
    }
}
