//! A list in JSON, item by item as its bytes arrive.

use bytes::{Buf, Bytes, BytesMut};

use super::{
    envelope::{Encoding, object},
    frame::{LONGEST, WireError},
    list::Part,
};

/// Finds `metadata` and the elements of `items` in the object that is the body, holding one of them at a time.
///
/// It only counts brackets outside of texts: whether an item is JSON, its decoder finds out.
#[derive(Debug, Default)]
pub struct JsonList {
    buffer: BytesMut,
    /// How far the buffer has been looked at.
    at: usize,
    depth: usize,
    text: Text,
    /// Where the text or value begins that is being read.
    from: Option<usize>,
    /// The field of the body that is being read.
    field: Field,
    /// The body's own bracket has closed.
    done: bool,
}

#[derive(Debug, Default, PartialEq)]
enum Text {
    #[default]
    Outside,
    Inside,
    /// After a backslash.
    Escaped,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Field {
    /// Between fields: the next text is a name.
    #[default]
    Name,
    Metadata,
    Items,
    Other,
}

impl JsonList {
    pub(super) fn feed(&mut self, chunk: &[u8]) {
        self.buffer.extend_from_slice(chunk);
    }

    pub(super) fn pull(&mut self) -> Result<Option<Part>, WireError> {
        while self.at < self.buffer.len() {
            let byte = self.buffer[self.at];
            self.at += 1;
            if let Some(part) = self.step(byte)? {
                return Ok(Some(part));
            }
        }
        match self.from {
            Some(_) if self.buffer.len() > LONGEST => return Err(WireError::TooLong(self.buffer.len() as u64)),
            Some(_) => {}
            None => self.forget(),
        }
        Ok(None)
    }

    pub(super) fn end(&self) -> Result<(), WireError> {
        if self.done { Ok(()) } else { Err(WireError::Cut(self.buffer.len())) }
    }

    /// Drops what has been looked at.
    fn forget(&mut self) {
        self.buffer.advance(self.at);
        self.at = 0;
    }

    fn step(&mut self, byte: u8) -> Result<Option<Part>, WireError> {
        match (&self.text, byte) {
            (Text::Escaped, _) => self.text = Text::Inside,
            (Text::Inside, b'\\') => self.text = Text::Escaped,
            (Text::Inside, b'"') => {
                self.text = Text::Outside;
                self.name_ends();
            }
            (Text::Inside, _) => {}
            (Text::Outside, b'"') => {
                self.text = Text::Inside;
                if self.depth == 1 && self.field == Field::Name {
                    self.from = Some(self.at);
                }
            }
            (Text::Outside, b'{' | b'[') => self.opens(byte)?,
            (Text::Outside, b'}' | b']') => return self.closes(),
            (Text::Outside, b',') if self.depth == 1 => self.field = Field::Name,
            (Text::Outside, _) => {}
        }
        Ok(None)
    }

    fn name_ends(&mut self) {
        if self.depth == 1
            && self.field == Field::Name
            && let Some(from) = self.from.take()
        {
            self.field = match &self.buffer[from..self.at - 1] {
                b"metadata" => Field::Metadata,
                b"items" => Field::Items,
                _ => Field::Other,
            };
        }
    }

    fn opens(&mut self, byte: u8) -> Result<(), WireError> {
        if self.depth == 0 && (byte != b'{' || self.done) {
            return Err(WireError::Malformed("list that is no JSON object"));
        }
        let begins = matches!((self.depth, self.field), (1, Field::Metadata) | (2, Field::Items));
        if begins && self.from.is_none() {
            self.from = Some(self.at - 1);
        }
        self.depth += 1;
        Ok(())
    }

    fn closes(&mut self) -> Result<Option<Part>, WireError> {
        self.depth = self.depth.checked_sub(1).ok_or(WireError::Malformed("list with a bracket too many"))?;
        self.done = self.depth == 0;
        let ends = matches!((self.depth, self.field), (1, Field::Metadata) | (2, Field::Items));
        let Some(from) = self.from.filter(|_| ends) else { return Ok(None) };
        self.buffer.advance(from);
        let value: Bytes = self.buffer.split_to(self.at - from).freeze();
        (self.at, self.from) = (0, None);
        Ok(Some(match self.field {
            Field::Metadata => Part::Meta(object(Encoding::Json, &value)?),
            _ => Part::Item(value),
        }))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::wire::{list::List, meta::ListMeta};

    fn read(chunks: &[&[u8]]) -> Result<(Option<ListMeta>, Vec<Value>), WireError> {
        let (mut list, mut meta, mut items) = (List::new(Encoding::Json), None, Vec::new());
        for chunk in chunks {
            list.feed(chunk);
            while let Some(part) = list.pull()? {
                match part {
                    Part::Meta(found) => meta = Some(found),
                    Part::Item(item) => items.push(serde_json::from_slice(&item).unwrap()),
                }
            }
        }
        list.end().map(|()| (meta, items))
    }

    proptest! {
        #[test]
        fn items_come_as_their_bytes_do(
            texts in prop::collection::vec("[a-z\"\\\\{}\\[\\],é]{0,30}", 0..8),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
            pretty in any::<bool>(),
        ) {
            let items: Vec<Value> = texts.iter().map(|text| json!({"metadata": {"name": text, "items": [text]}})).collect();
            let body = json!({"kind": "PodList", "items": items, "metadata": {"resourceVersion": "7", "continue": "]}"}});
            let body = if pretty { serde_json::to_vec_pretty(&body).unwrap() } else { serde_json::to_vec(&body).unwrap() };
            let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(body.len() + 1)).chain([0, body.len()]).collect();
            at.sort_unstable();
            let chunks: Vec<&[u8]> = at.windows(2).map(|pair| &body[pair[0]..pair[1]]).collect();
            let (meta, got) = read(&chunks).unwrap();
            prop_assert_eq!(got, items);
            prop_assert_eq!(meta.unwrap().next, Bytes::from("]}"));
        }

        #[test]
        fn garbage_is_an_error_and_no_panic(bytes in "[\\[\\]{}\",:a-z\\\\]{0,60}") {
            let (mut list, mut budget) = (List::new(Encoding::Json), 100);
            list.feed(bytes.as_bytes());
            while let Ok(Some(_)) = list.pull() {
                budget -= 1;
                prop_assert!(budget > 0);
            }
        }
    }

    #[test]
    fn a_null_list_is_empty() {
        assert_eq!(read(&[b"{\"items\":null,\"metadata\":{}}"]), Ok((Some(ListMeta::default()), Vec::new())));
    }

    #[test]
    fn a_list_that_is_cut_says_so() {
        assert!(matches!(read(&[b"{\"items\":[{\"a\":1},{\"b\""]), Err(WireError::Cut(_))));
    }
}
