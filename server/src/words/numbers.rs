//! Numbers in a person's language, halves rounded up as browsers do; the marks between digits are the
//! catalogue's.

use super::Lang;

impl Lang {
    /// A whole number: "31,204". What is not whole is rounded.
    pub fn whole(&self, number: f64) -> String {
        self.number(number.round(), 0)
    }

    /// A number to one decimal: "108.1".
    pub fn tenths(&self, number: f64) -> String {
        self.number((number * 10.0).round() / 10.0, 1)
    }

    fn number(&self, number: f64, decimals: usize) -> String {
        let plain = format!("{:.decimals$}", number.abs());
        let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
        let group = self.say("number-group").to_string();
        let mut text = String::new();
        if number < 0.0 && plain.bytes().any(|digit| (b'1'..=b'9').contains(&digit)) {
            text.push('−');
        }
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at).is_multiple_of(3) {
                text.push_str(&group);
            }
            text.push(digit);
        }
        if !fraction.is_empty() {
            text.push_str(&self.say("number-decimal").to_string());
            text.push_str(fraction);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use crate::words::Words;

    #[test]
    fn numbers_are_grouped_and_rounded() {
        let lang = Words::embedded().unwrap().english();
        let told = [0.5, 999.6, 31_204.4, 1_234_567.0, -0.2, -1_250.0].map(|n| lang.whole(n));
        assert_eq!(told, ["1", "1,000", "31,204", "1,234,567", "0", "−1,250"]);
        assert_eq!(
            [108.14, 1_000.0].map(|n| lang.tenths(n)),
            ["108.1", "1,000.0"]
        );
    }
}
