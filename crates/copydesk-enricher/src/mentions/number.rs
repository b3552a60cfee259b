//! Numbers as people write them: `4,200.5`, `4.200,5`, `4 200`.

/// An exact decimal: `digits` divided by ten to the power of `n_decimals`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number {
    digits: u128,
    n_decimals: u32,
}

impl Number {
    /// Reads digits with commas, full stops and apostrophes between them. `comma` tells that the language writes `0,5`.
    pub(super) fn read(text: &str, comma: bool) -> Option<Number> {
        let last_mark = text.rfind(['.', ',', '\'']);
        let n_marks = text.matches(['.', ',', '\'']).count();
        let decimal_at = last_mark.filter(|at| {
            let mark = text.get(*at..).and_then(|rest| rest.chars().next());
            let group =
                text.len() - at - 1 == 3 && text.get(..*at).is_some_and(|head| !head.starts_with('0'));
            let kinds = text.contains('.') && text.contains(',');
            match mark {
                Some('\'') => false,
                // Two kinds of marks: the last one is decimal. The same mark twice parts thousands.
                _ if kinds => text.matches(mark.unwrap_or('.')).count() == 1,
                _ if n_marks > 1 => false,
                Some(',') => comma || !group,
                _ => !comma || !group,
            }
        });
        let mut number = Number { digits: 0, n_decimals: 0 };
        for (at, c) in text.char_indices() {
            let Some(digit) = c.to_digit(10) else { continue };
            number.digits = number.digits.checked_mul(10)?.checked_add(u128::from(digit))?;
            number.n_decimals += u32::from(decimal_at.is_some_and(|point| at > point));
        }
        (text.starts_with(|c: char| c.is_ascii_digit()) && text.len() <= 24).then_some(number)
    }

    /// Three more digits behind a space: `4 200`.
    pub(super) fn followed_by(self, group: &str) -> Option<Number> {
        let digits = self.digits.checked_mul(1000)?.checked_add(group.parse().ok()?)?;
        Some(Number { digits, ..self })
    }

    /// The number times ten to the power of `power`.
    pub(super) fn times_ten_to(self, power: u32) -> Option<Number> {
        let shift = power.min(self.n_decimals);
        let digits = self.digits.checked_mul(10_u128.checked_pow(power - shift)?)?;
        Some(Number { digits, n_decimals: self.n_decimals - shift })
    }

    /// As a decimal number with a point, without zeros that say nothing.
    pub(super) fn text(self) -> String {
        let digits = format!("{:0width$}", self.digits, width = self.n_decimals as usize + 1);
        let (whole, decimals) = digits.split_at(digits.len() - self.n_decimals as usize);
        let decimals = decimals.trim_end_matches('0');
        if decimals.is_empty() { whole.to_owned() } else { format!("{whole}.{decimals}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_habits() {
        let read = |text: &str, comma| Number::read(text, comma).map(Number::text).unwrap_or_default();
        for (text, point, comma) in [
            ("5", "5", "5"),
            ("1,500", "1500", "1.5"),
            ("1.500", "1.5", "1500"),
            ("1,5", "1.5", "1.5"),
            ("1.5", "1.5", "1.5"),
            ("0,125", "0.125", "0.125"),
            ("1,234,567", "1234567", "1234567"),
            ("1,234.56", "1234.56", "1234.56"),
            ("1.234,56", "1234.56", "1234.56"),
            ("1'234", "1234", "1234"),
            ("10.50", "10.5", "10.5"),
        ] {
            assert_eq!((read(text, false).as_str(), read(text, true).as_str()), (point, comma), "{text}");
        }
        let times = |text: &str, power| {
            Number::read(text, false).and_then(|one| one.times_ten_to(power)).map(Number::text)
        };
        assert_eq!(times("1.1", 9).as_deref(), Some("1100000000"));
        assert_eq!(times("0.25", 1).as_deref(), Some("2.5"));
        assert_eq!(
            Number::read("4", true).and_then(|one| one.followed_by("050")).map(Number::text).as_deref(),
            Some("4050")
        );
        assert_eq!(
            Number::read("99999999999999999999999", false),
            Some(Number { digits: 99_999_999_999_999_999_999_999, n_decimals: 0 })
        );
        assert_eq!(times("99999999999999999999999", 30), None);
    }
}
