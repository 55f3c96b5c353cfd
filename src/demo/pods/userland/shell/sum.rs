//! Sums: whole numbers as `$((…))` has them.

/// How deep parentheses are nested at most.
const DEEPEST: usize = 40;

/// The value of a sum; `value` gives that of a variable.
///
/// # Errors
/// Why it has none.
pub(super) fn sum(text: &str, value: &dyn Fn(&str) -> String) -> Result<i64, String> {
    let mut sum = Sum { rest: text, value, depth: 0 };
    let number = sum.level(0)?;
    match sum.rest.trim_start().chars().next() {
        None => Ok(number),
        Some(c) => Err(format!("unexpected \"{c}\"")),
    }
}

struct Sum<'a> {
    rest: &'a str,
    value: &'a dyn Fn(&str) -> String,
    depth: usize,
}

/// Operators, those that bind least first.
const LEVELS: [&[&str]; 6] = [&["||"], &["&&"], &["==", "!="], &["<=", ">=", "<", ">"], &["+", "-"], &["*", "/", "%"]];

impl Sum<'_> {
    fn level(&mut self, level: usize) -> Result<i64, String> {
        let Some(operators) = LEVELS.get(level) else { return self.single() };
        let mut left = self.level(level + 1)?;
        loop {
            self.rest = self.rest.trim_start();
            let Some(operator) = operators.iter().find(|operator| self.rest.starts_with(**operator)) else {
                return Ok(left);
            };
            self.rest = &self.rest[operator.len()..];
            let right = self.level(level + 1)?;
            left = match *operator {
                "||" => i64::from(left != 0 || right != 0),
                "&&" => i64::from(left != 0 && right != 0),
                "==" => i64::from(left == right),
                "!=" => i64::from(left != right),
                "<=" => i64::from(left <= right),
                ">=" => i64::from(left >= right),
                "<" => i64::from(left < right),
                ">" => i64::from(left > right),
                "+" => left.wrapping_add(right),
                "-" => left.wrapping_sub(right),
                "*" => left.wrapping_mul(right),
                "/" => left.checked_div(right).ok_or("divide by zero")?,
                _ => left.checked_rem(right).ok_or("divide by zero")?,
            };
        }
    }

    fn single(&mut self) -> Result<i64, String> {
        self.rest = self.rest.trim_start();
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("nested too deep".to_owned());
        }
        let number = match self.rest.chars().next() {
            Some('(') => {
                self.rest = &self.rest[1..];
                let inside = self.level(0)?;
                self.rest = self.rest.trim_start().strip_prefix(')').ok_or("missing \")\"")?;
                Ok(inside)
            }
            Some(sign @ ('-' | '+' | '!')) => {
                self.rest = &self.rest[1..];
                let number = self.single()?;
                Ok(match sign {
                    '-' => number.wrapping_neg(),
                    '!' => i64::from(number == 0),
                    _ => number,
                })
            }
            _ => self.operand(),
        };
        self.depth -= 1;
        number
    }

    fn operand(&mut self) -> Result<i64, String> {
        let end = self.rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        if word.is_empty() {
            return Err("expecting a number".to_owned());
        }
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            return number(word);
        }
        match (self.value)(word).trim() {
            "" => Ok(0),
            text => number(text),
        }
    }
}

fn number(text: &str) -> Result<i64, String> {
    text.parse().map_err(|_| format!("\"{text}\" is no number"))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("1 + 2 * 3", Ok(7))]
    #[case("(1 + 2) * -x", Ok(-15))]
    #[case("x > 4 && unset == 0", Ok(1))]
    #[case("7 / 0", Err("divide by zero"))]
    #[case("1 +", Err("expecting a number"))]
    #[case("1 2", Err("unexpected \"2\""))]
    fn sums_are_what_a_shell_says(#[case] text: &str, #[case] result: Result<i64, &str>) {
        let value = |name: &str| if name == "x" { "5".to_owned() } else { String::new() };
        assert_eq!(sum(text, &value), result.map_err(str::to_owned));
    }
}
