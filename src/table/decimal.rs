//! Decimal numbers without rounding, and rates to convert them with.

use crate::money::{Currency, Money};
use crate::{Error, ErrorKind};
use serde::{Deserialize, Serialize};

/// A decimal number without rounding: `mantissa`·10^−`scale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decimal {
    pub(crate) mantissa: i128,
    pub(crate) scale: i32,
}

impl Decimal {
    /// The nearest f64; the same on every platform.
    pub(crate) fn to_f64(self) -> f64 {
        const EXACT: i128 = 1 << 53;
        const POWERS: [f64; 23] = [
            1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
            1e19, 1e20, 1e21, 1e22,
        ];
        // Both operands exact, so one division or multiplication rounds once (Clinger's fast path).
        if self.mantissa.abs() < EXACT {
            let mantissa = self.mantissa as f64;
            match (usize::try_from(self.scale), usize::try_from(-self.scale)) {
                (Ok(down), _) if down < POWERS.len() => return mantissa / POWERS[down],
                (_, Ok(up)) if up < POWERS.len() => return mantissa * POWERS[up],
                _ => {}
            }
        }
        format!("{}e{}", self.mantissa, -self.scale).parse().unwrap_or(0.0)
    }

    /// The value in units of 10^−`digits`, ties to even; `None` beyond the range of i64.
    pub(crate) fn in_units(self, digits: u32) -> Option<i64> {
        let shift = i32::try_from(digits).ok()?.checked_sub(self.scale)?;
        let power = |n: i32| 10_i128.checked_pow(u32::try_from(n).ok()?);
        if self.mantissa == 0 {
            return Some(0);
        }
        if shift >= 0 {
            return i64::try_from(self.mantissa.checked_mul(power(shift)?)?).ok();
        }
        let Some(divisor) = power(-shift) else { return Some(0) };
        let (quotient, rest) = (self.mantissa / divisor, (self.mantissa % divisor).abs());
        let half = rest.cmp(&(divisor - rest));
        let away = half.is_gt() || (half.is_eq() && quotient % 2 != 0);
        i64::try_from(quotient + if away { self.mantissa.signum() } else { 0 }).ok()
    }

    /// The value in full with a decimal point, so that it reads the same under no other convention; with an exponent
    /// if it has more than 30 digits.
    pub(crate) fn to_plain(self) -> String {
        let Decimal { mantissa, scale } = self;
        if mantissa == 0 {
            return "0".to_owned();
        }
        if !(-24..=24).contains(&scale) {
            return format!("{mantissa}e{}", -i64::from(scale));
        }
        let sign = if mantissa < 0 { "-" } else { "" };
        let mut digits = mantissa.unsigned_abs().to_string();
        if scale <= 0 {
            digits.extend(std::iter::repeat_n('0', scale.unsigned_abs() as usize));
            return format!("{sign}{digits}");
        }
        let places = scale as usize;
        if digits.len() <= places {
            digits.insert_str(0, &"0".repeat(places + 1 - digits.len()));
        }
        let (whole, fraction) = digits.split_at(digits.len() - places);
        let fraction = fraction.trim_end_matches('0');
        // `1.234` could be read as a thousand and more: a fourth digit settles it.
        match fraction.len() {
            0 => format!("{sign}{whole}"),
            3 => format!("{sign}{whole}.{fraction}0"),
            _ => format!("{sign}{whole}.{fraction}"),
        }
    }

    /// The value times a rate, in units of 10^−`digits`, ties to even; `None` beyond the range of i64.
    pub(crate) fn converted(self, rate: Rate, digits: u32) -> Option<i64> {
        let rate = rate.decimal();
        let mantissa = self.mantissa.checked_mul(rate.mantissa)?;
        Decimal { mantissa, scale: self.scale + rate.scale }.in_units(digits)
    }
}

/// What one unit of a currency is worth in another: a finite number above 0.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Rate(f64);

impl Eq for Rate {}

impl Rate {
    /// A rate.
    ///
    /// # Errors
    /// `out-of-range` unless the value is above 0 and below 10¹².
    pub fn new(value: f64) -> Result<Self, Error> {
        if value > 1e-12 && value < 1e12 {
            return Ok(Self(value));
        }
        let message = format!("expected a rate above 0, found {value} (say what one unit is worth)");
        Err(Error::new(ErrorKind::Run, "out-of-range", message))
    }

    /// The number.
    #[must_use]
    pub fn value(self) -> f64 {
        self.0
    }

    /// An amount in another currency of which one unit is worth this much, to the nearest minor unit, ties to even; `None` if it is too
    /// large.
    pub(crate) fn converted(self, money: Money, to: Currency) -> Option<i64> {
        let written = Decimal { mantissa: money.minor.into(), scale: money.currency.minor_digits() as i32 };
        written.converted(self, to.minor_digits())
    }

    /// The shortest decimal that is this number: what was written, as a rule.
    fn decimal(self) -> Decimal {
        let text = format!("{}", self.0);
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let mantissa = format!("{whole}{fraction}").parse().unwrap_or(0);
        Decimal { mantissa, scale: fraction.len() as i32 }
    }
}

impl TryFrom<f64> for Rate {
    type Error = Error;
    fn try_from(value: f64) -> Result<Self, Error> {
        Self::new(value)
    }
}

impl From<Rate> for f64 {
    fn from(rate: Rate) -> Self {
        rate.0
    }
}

#[cfg(test)]
mod tests {
    use super::super::number::scan;
    use super::*;

    #[test]
    fn values_are_written_in_full() {
        for (mantissa, scale, text) in [
            (123_450, 2, "1234.5"),
            (-5, 1, "-0.5"),
            (5, -3, "5000"),
            (1234, 3, "1.2340"),
            (12, 4, "0.0012"),
            (100, 2, "1"),
            (0, 2, "0"),
            (1, -300, "1e300"),
        ] {
            let value = Decimal { mantissa, scale };
            assert_eq!(value.to_plain(), text);
            assert_eq!(scan(text).unwrap().point.unwrap().to_f64().to_bits(), value.to_f64().to_bits());
        }
    }

    #[test]
    fn conversion_is_exact() {
        let rate = Rate::new(1.08).unwrap();
        assert_eq!(Decimal { mantissa: 10_000, scale: 2 }.converted(rate, 2), Some(10_800));
        assert_eq!(Decimal { mantissa: 1, scale: 0 }.converted(Rate::new(0.006_25).unwrap(), 2), Some(1));
        assert_eq!(Decimal { mantissa: 2, scale: 0 }.converted(Rate::new(0.006_25).unwrap(), 2), Some(1));
        assert!(Rate::new(0.0).is_err() && Rate::new(f64::NAN).is_err() && Rate::new(-1.0).is_err());
    }

    #[test]
    fn money_is_exact() {
        let read = |text| scan(text).unwrap().point.unwrap();
        assert_eq!(read("90071992547409.93").in_units(2), Some(9_007_199_254_740_993));
        assert_eq!(read("0.125").in_units(2), Some(12));
        assert_eq!(read("0.135").in_units(2), Some(14));
        assert_eq!(read("-0.125").in_units(2), Some(-12));
        assert_eq!(read("-0.126").in_units(2), Some(-13));
        assert_eq!(read("1e30").in_units(2), None);
        assert_eq!(read("1e-300").in_units(2), Some(0));
        assert_eq!(read("12").in_units(0), Some(12));
        assert_eq!(read("0.1").to_f64().to_bits(), 0.1_f64.to_bits());
        assert_eq!(read("123456789012345678901234567890").to_f64(), 1.234_567_890_123_456_8e29);
    }
}
