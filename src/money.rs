//! Amounts of money in minor units of one currency: exact, never added across currencies.

use crate::{Error, ErrorKind};
use std::fmt;

/// The whole number nearest to an amount, halves away from 0; the ends of the range for what is beyond it.
///
/// As `round` and a cast, without a call: the largest number below ½ takes no amount below a half up.
#[inline]
pub(crate) fn nearest(amount: f64) -> i64 {
    (amount + 0.499_999_999_999_999_94_f64.copysign(amount)) as i64
}

/// An ISO 4217 currency code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    /// The United States dollar.
    pub const USD: Self = Self(*b"USD");

    /// Three ASCII letters, such as `EUR`; lower case is accepted.
    ///
    /// # Errors
    /// `bad-currency` for anything else.
    pub fn new(code: &str) -> Result<Self, Error> {
        let bytes: Option<[u8; 3]> = code.trim().as_bytes().try_into().ok();
        match bytes {
            Some(b) if b.iter().all(u8::is_ascii_alphabetic) => Ok(Self(b.map(|c| c.to_ascii_uppercase()))),
            _ => Err(Error::new(
                ErrorKind::Input,
                "bad-currency",
                format!("expected a three-letter currency code, found `{code}` (write EUR, USD, …)"),
            )),
        }
    }

    /// The code, such as `EUR`.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }

    /// Number of decimal places of the minor unit: 0 for JPY, 3 for KWD, else 2. Source: ISO 4217.
    #[must_use]
    pub fn minor_digits(self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG" | b"RWF" | b"UGX"
            | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            _ => 2,
        }
    }

    /// Minor units in one major unit: 100 for most currencies.
    #[must_use]
    pub fn minor_per_major(self) -> i64 {
        [1, 10, 100, 1000][self.minor_digits() as usize]
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl TryFrom<String> for Currency {
    type Error = Error;
    fn try_from(code: String) -> Result<Self, Error> {
        Self::new(&code)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

/// An amount in minor units (cents) of one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    /// Minor units; negative for credits.
    pub minor: i64,
    /// The currency.
    pub currency: Currency,
}

impl Money {
    /// `minor` minor units of `currency`.
    #[must_use]
    pub fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// The nearest amount to `major` major units, ties to even.
    ///
    /// # Errors
    /// `amount-out-of-range` if not finite or beyond 9·10¹⁵ minor units, where an f64 no longer holds every cent.
    pub fn from_major(major: f64, currency: Currency) -> Result<Self, Error> {
        let minor = (major * currency.minor_per_major() as f64).round_ties_even();
        if minor.abs() <= 9.0e15 {
            Ok(Self::new(minor as i64, currency))
        } else {
            Err(Error::new(
                ErrorKind::Input,
                "amount-out-of-range",
                format!("expected an amount below 9·10¹⁵ minor units, found {major}"),
            ))
        }
    }

    /// The amount in major units, for display and reports.
    #[must_use]
    pub fn major(self) -> f64 {
        self.minor as f64 / self.currency.minor_per_major() as f64
    }

    /// The sum, or an error that names both currencies; saturates never: an overflow is an error.
    ///
    /// # Errors
    /// `mixed-currency` for two currencies, `amount-out-of-range` beyond the range of i64.
    pub fn plus(self, other: Self) -> Result<Self, Error> {
        if self.currency != other.currency {
            return Err(Error::new(
                ErrorKind::Input,
                "mixed-currency",
                format!("{} and {} cannot be added (give a rate table)", self.currency, other.currency),
            ));
        }
        self.minor.checked_add(other.minor).map(|minor| Self::new(minor, self.currency)).ok_or_else(|| {
            Error::new(ErrorKind::Input, "amount-out-of-range", "the sum passes 9.2·10¹⁸ minor units".to_owned())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_rounded_as_they_are_said_to_be() {
        let half = 4_503_599_627_370_495.5;
        for amount in [0.0, 0.5, 1.5, 2.5, 0.499_999_999_999_999_94, 1e15 + 0.5, half, half + 0.5, 9e18, 1e300] {
            for amount in [amount, -amount] {
                assert_eq!(nearest(amount), amount.round() as i64, "{amount}");
            }
        }
    }

    #[test]
    fn minor_units_are_those_of_the_currency() {
        for (code, minor, major) in [("JPY", 1234, 1234.0), ("USD", 1234, 12.34), ("KWD", 1234, 1.234)] {
            let money = Money::new(minor, Currency::new(code).unwrap());
            assert_eq!(money.major().to_bits(), f64::to_bits(major), "{code}");
            assert_eq!(Money::from_major(major, money.currency).unwrap(), money);
            assert_eq!(format!("{:?} {}", money.currency, money.currency), format!("{code} {code}"));
        }
    }

    #[test]
    fn currencies_never_mix() {
        let eur = Money::new(1, Currency::new("eur").unwrap());
        let error = Money::new(1, Currency::USD).plus(eur).unwrap_err();
        assert_eq!(error.to_string(), "USD and EUR cannot be added (give a rate table)");
    }

    #[test]
    fn major_units_round_half_to_even() {
        assert_eq!(Money::from_major(0.125, Currency::USD).unwrap().minor, 12);
        assert_eq!(Money::from_major(1234.5, Currency::new("JPY").unwrap()).unwrap().minor, 1234);
        assert_eq!(Money::from_major(f64::NAN, Currency::USD).unwrap_err().code(), "amount-out-of-range");
    }

    #[test]
    fn an_overflowing_sum_is_an_error() {
        let most = Money::new(i64::MAX, Currency::USD);
        assert_eq!(most.plus(Money::new(1, Currency::USD)).unwrap_err().code(), "amount-out-of-range");
    }
}
