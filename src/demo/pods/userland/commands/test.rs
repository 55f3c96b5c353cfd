//! `test`: questions about files and texts.

use super::{Done, View};

/// Whether it is so, as an exit code.
pub(super) fn test(view: &View, args: &[&str]) -> Done {
    match holds(view, args) {
        Ok(true) => Done::default(),
        Ok(false) => Done { code: 1, ..Done::default() },
        Err(why) => Done::failed(2, why),
    }
}

fn holds(view: &View, args: &[&str]) -> Result<bool, String> {
    let stat = |path: &str| view.disk.stat(&view.path(path));
    let number = |text: &str| text.parse::<i64>().map_err(|_| format!("sh: {text}: bad number"));
    Ok(match args {
        [] => false,
        ["!", rest @ ..] => !holds(view, rest)?,
        [text] => !text.is_empty(),
        ["-n", text] => !text.is_empty(),
        ["-z", text] => text.is_empty(),
        ["-e" | "-r", path] => stat(path).is_some(),
        ["-f", path] => stat(path).is_some_and(|stat| !stat.folder),
        ["-d", path] => stat(path).is_some_and(|stat| stat.folder),
        ["-x", path] => stat(path).is_some_and(|stat| stat.program || stat.folder),
        ["-s", path] => stat(path).is_some_and(|stat| stat.size > 0),
        // There are no links here.
        ["-h" | "-L", _] => false,
        [one, "=" | "==", other] => one == other,
        [one, "!=", other] => one != other,
        [one, "-eq", other] => number(one)? == number(other)?,
        [one, "-ne", other] => number(one)? != number(other)?,
        [one, "-lt", other] => number(one)? < number(other)?,
        [one, "-gt", other] => number(one)? > number(other)?,
        [one, "-le", other] => number(one)? <= number(other)?,
        [one, "-ge", other] => number(one)? >= number(other)?,
        _ => return Err("sh: test: unknown operand".to_owned()),
    })
}
