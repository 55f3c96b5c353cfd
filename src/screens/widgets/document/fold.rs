//! What is folded, and which lines are shown for it.

use super::Document;

impl Document {
    pub(super) fn is_folded(&self, line: usize) -> bool {
        self.lines.get(line).is_some_and(|head| head.end > line + 1 && self.folded.contains(&head.key))
    }

    /// Folds the parts of these keys, whether they are there yet or not.
    pub fn fold(&mut self, keys: impl IntoIterator<Item = u64>) {
        self.folded.extend(keys);
        let at = self.shown.get(self.scroll.cursor).copied().unwrap_or(0);
        self.unfold_none(at);
    }

    /// Folds or unfolds the part that the line under the cursor heads, else the one that it stands in.
    pub(super) fn toggle(&mut self) {
        let Some(&at) = self.shown.get(self.scroll.cursor) else { return };
        let Some(head) = self.head_of(at) else { return };
        let key = self.lines[head].key;
        let opened = self.folded.remove(&key);
        if !opened {
            self.folded.insert(key);
        }
        self.unfold_none(head);
        if opened {
            self.bring_in(self.lines[head].end);
        }
    }

    /// Moves the window down, so that what is before this line is in sight as far as the cursor's line stays so.
    fn bring_in(&mut self, end: usize) {
        let last = self.shown.partition_point(|&shown| shown < end);
        let top = last.saturating_sub(self.scroll.height).min(self.scroll.cursor);
        self.scroll.top = self.scroll.top.max(top);
    }

    /// Folds all sections, or unfolds everything where anything is folded.
    pub(super) fn toggle_all(&mut self) {
        let at = self.shown.get(self.scroll.cursor).copied().unwrap_or(0);
        let any = (0..self.lines.len()).any(|n| self.is_folded(n));
        if any {
            self.folded.clear();
        } else {
            let heads = self.lines.iter().enumerate().filter(|(n, line)| line.section && line.end > n + 1);
            self.folded = heads.map(|(_, line)| line.key).collect();
        }
        self.unfold_none(at);
    }

    /// The innermost part that the line heads or stands in.
    fn head_of(&self, line: usize) -> Option<usize> {
        (0..=line).rev().find(|&n| self.lines[n].end > (line).max(n + 1))
    }

    /// Opens every fold that hides the line, and puts the cursor on it.
    pub(super) fn reveal(&mut self, line: usize) {
        let hiding: Vec<u64> =
            (0..line).filter(|&n| self.is_folded(n) && self.lines[n].end > line).map(|n| self.lines[n].key).collect();
        for key in hiding {
            self.folded.remove(&key);
        }
        self.unfold_none(line);
    }

    /// Finds the lines that are shown now, and puts the cursor on `line`, or on the last one before it that is shown.
    pub(super) fn unfold_none(&mut self, line: usize) {
        self.shown.clear();
        let mut n = 0;
        while n < self.lines.len() {
            self.shown.push(n);
            n = if self.is_folded(n) { self.lines[n].end.max(n + 1) } else { n + 1 };
        }
        self.scroll.cursor = self.shown.partition_point(|&shown| shown <= line).saturating_sub(1);
        self.fit();
    }

    /// To the next section, or to the one before (the head of this one first).
    pub(super) fn section(&mut self, forward: bool) {
        let Some(&at) = self.shown.get(self.scroll.cursor) else { return };
        let is_section = |&(_, &n): &(usize, &usize)| self.lines[n].section;
        let mut sections = self.shown.iter().enumerate().filter(is_section);
        let to = match forward {
            true => sections.find(|&(_, &n)| n > at),
            false => sections.rfind(|&(_, &n)| n < at),
        };
        if let Some((place, _)) = to {
            self.scroll.cursor = place;
            // A section is read from its head: it stands at the top where there is text enough.
            self.scroll.top = place;
        }
    }
}
