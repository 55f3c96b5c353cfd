//! A document of YAML, as lines of a widget.

use rolldeck_core::text::{Clean, yaml::Yaml};

use crate::{Scope, widgets::Line};

/// The lines. A tab is shown as four blanks; nothing else differs from the text.
pub(super) fn lines(yaml: &Yaml) -> Vec<Line> {
    let one = |(n, line): (usize, &rolldeck_core::text::yaml::YamlLine)| {
        let text = yaml.line(n);
        let text = if text.contains('\t') { text.replace('\t', "    ").into() } else { Clean::new(text) };
        let key = line.key as usize;
        Line {
            key: line.path,
            end: line.end as usize,
            section: line.key > 0 && line.end as usize > n + 1 && !text.starts_with([' ', '-']),
            tints: if key > 0 { [(Scope::Key, key)].into() } else { Box::default() },
            text,
            about: None,
        }
    };
    yaml.lines.iter().enumerate().map(one).collect()
}
