//! A list in protobuf, item by item as its bytes arrive.

use bytes::{Buf, Bytes, BytesMut};

use super::{
    envelope::{Encoding, MAGIC, object},
    frame::{LONGEST, WireError},
    json_list::JsonList,
    meta::ListMeta,
};

/// A part of a list.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Its metadata: in protobuf it comes first.
    Meta(ListMeta),
    /// An item, without an envelope.
    Item(Bytes),
}

/// Reads a list in either encoding.
#[derive(Debug)]
pub enum List {
    /// Protobuf.
    Protobuf(ProtoList),
    /// JSON.
    Json(JsonList),
}

impl List {
    /// A reader at the start of a body.
    pub fn new(encoding: Encoding) -> Self {
        match encoding {
            Encoding::Protobuf => Self::Protobuf(ProtoList::default()),
            Encoding::Json => Self::Json(JsonList::default()),
        }
    }

    /// Takes what came.
    pub fn feed(&mut self, chunk: &[u8]) {
        match self {
            Self::Protobuf(list) => list.buffer.extend_from_slice(chunk),
            Self::Json(list) => list.feed(chunk),
        }
    }

    /// The next part; `None` until more has come.
    ///
    /// # Errors
    /// [`WireError`]; the body is of no more use then.
    pub fn pull(&mut self) -> Result<Option<Part>, WireError> {
        match self {
            Self::Protobuf(list) => list.pull(),
            Self::Json(list) => list.pull(),
        }
    }

    /// Whether the body may end here.
    ///
    /// # Errors
    /// [`WireError::Cut`].
    pub fn end(&self) -> Result<(), WireError> {
        match self {
            Self::Protobuf(list) => list.end(),
            Self::Json(list) => list.end(),
        }
    }
}

/// Reads `k8s\0`, `Unknown { 2: raw }` and in it `{ 1: ListMeta, 2: repeated items }`, holding one item at a time.
#[derive(Debug, Default)]
pub struct ProtoList {
    buffer: BytesMut,
    /// Bytes still to be passed over.
    skip: u64,
    /// Within `raw`: bytes of it still to come.
    within: Option<u64>,
    begun: bool,
    /// `raw` has come to its end.
    done: bool,
}

/// A field's number, and where its value lies within the buffer.
struct Field {
    number: u64,
    header: usize,
    length: u64,
}

impl ProtoList {
    fn pull(&mut self) -> Result<Option<Part>, WireError> {
        loop {
            self.pass_over();
            if self.skip > 0 {
                return Ok(None);
            }
            if !self.begun {
                if self.buffer.len() < MAGIC.len() {
                    return Ok(None);
                }
                if !self.buffer.starts_with(MAGIC) {
                    return Err(WireError::Malformed("list that does not begin with k8s\\0"));
                }
                self.buffer.advance(MAGIC.len());
                self.begun = true;
            }
            if self.within == Some(0) {
                (self.within, self.done) = (None, true);
            }
            let Some(field) = header(&self.buffer)? else { return Ok(None) };
            match self.take(&field)? {
                Taken::Part(part) => return Ok(Some(part)),
                Taken::NotYet => return Ok(None),
                Taken::Passed => {}
            }
        }
    }

    fn take(&mut self, field: &Field) -> Result<Taken, WireError> {
        let Some(within) = self.within else {
            self.buffer.advance(field.header);
            if field.number == 2 && !self.done {
                self.within = Some(field.length);
            } else {
                self.skip = field.length;
            }
            return Ok(Taken::Passed);
        };
        let whole = field.length.saturating_add(field.header as u64);
        let left = within.checked_sub(whole).ok_or(WireError::Malformed("list whose item is longer than the list"))?;
        if !matches!(field.number, 1 | 2) {
            self.within = Some(left);
            self.skip = whole;
            return Ok(Taken::Passed);
        }
        let length = usize::try_from(field.length).unwrap_or(usize::MAX);
        if length > LONGEST {
            return Err(WireError::TooLong(field.length));
        }
        if self.buffer.len() < field.header + length {
            return Ok(Taken::NotYet);
        }
        self.within = Some(left);
        self.buffer.advance(field.header);
        let value = self.buffer.split_to(length).freeze();
        Ok(Taken::Part(match field.number {
            1 => Part::Meta(object(Encoding::Protobuf, &value)?),
            _ => Part::Item(value),
        }))
    }

    fn pass_over(&mut self) {
        let now = usize::try_from(self.skip).unwrap_or(usize::MAX).min(self.buffer.len());
        self.buffer.advance(now);
        self.skip -= now as u64;
    }

    fn end(&self) -> Result<(), WireError> {
        let read = self.done || self.within == Some(0);
        let whole = read && self.skip == 0 && self.buffer.is_empty();
        if whole { Ok(()) } else { Err(WireError::Cut(self.buffer.len())) }
    }
}

enum Taken {
    Part(Part),
    Passed,
    NotYet,
}

/// Reads a field's key, and its length if it has one; a number's own bytes count as its length.
fn header(bytes: &[u8]) -> Result<Option<Field>, WireError> {
    let Some((key, at)) = varint(bytes)? else { return Ok(None) };
    let number = key >> 3;
    let field = |header, length| Ok(Some(Field { number, header, length }));
    match key & 7 {
        0 => match varint(&bytes[at..])? {
            Some((_, length)) => field(at, length as u64),
            None => Ok(None),
        },
        1 => field(at, 8),
        2 => match varint(&bytes[at..])? {
            Some((length, more)) => field(at + more, length),
            None => Ok(None),
        },
        5 => field(at, 4),
        _ => Err(WireError::Malformed("list with a field of an unknown wire type")),
    }
}

/// A base-128 number and how many bytes it takes.
fn varint(bytes: &[u8]) -> Result<Option<(u64, usize)>, WireError> {
    let mut value = 0u64;
    for (at, &byte) in bytes.iter().take(10).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * at);
        if byte < 0x80 {
            return Ok(Some((value, at + 1)));
        }
    }
    if bytes.len() >= 10 { Err(WireError::Malformed("number of more than ten bytes")) } else { Ok(None) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn field(number: u8, value: &[u8]) -> Vec<u8> {
        let mut bytes = vec![number << 3 | 2];
        prost::encoding::encode_varint(value.len() as u64, &mut bytes);
        [bytes, value.to_vec()].concat()
    }

    fn body(version: &[u8], items: &[Vec<u8>]) -> Vec<u8> {
        let mut list = field(1, &field(2, version));
        for item in items {
            list.extend(field(2, item));
            list.extend(field(9, b"something newer"));
        }
        let type_meta = field(1, &[field(1, b"v1"), field(2, b"PodList")].concat());
        [MAGIC.to_vec(), type_meta, field(2, &list), field(3, b""), field(4, b"")].concat()
    }

    fn read(chunks: &[&[u8]]) -> Result<Vec<Part>, WireError> {
        let (mut list, mut parts) = (List::new(Encoding::Protobuf), Vec::new());
        for chunk in chunks {
            list.feed(chunk);
            while let Some(part) = list.pull()? {
                parts.push(part);
            }
        }
        list.end().map(|()| parts)
    }

    proptest! {
        #[test]
        fn items_come_as_their_bytes_do(
            items in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..10),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
        ) {
            let body = body(b"42", &items);
            let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(body.len() + 1)).chain([0, body.len()]).collect();
            at.sort_unstable();
            let chunks: Vec<&[u8]> = at.windows(2).map(|pair| &body[pair[0]..pair[1]]).collect();
            let meta = Part::Meta(ListMeta { resource_version: Bytes::from("42"), ..ListMeta::default() });
            let wanted: Vec<Part> = [meta].into_iter().chain(items.into_iter().map(|item| Part::Item(item.into()))).collect();
            prop_assert_eq!(read(&chunks), Ok(wanted));
        }

        #[test]
        fn a_list_that_is_cut_says_so(items in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..40), 1..4), keep in any::<prop::sample::Index>()) {
            let body = body(b"1", &items);
            // The last four bytes are the two empty fields after the list, without which the list is still whole.
            let kept = keep.index(body.len() - 4);
            prop_assert!(read(&[&body[..kept]]).is_err());
        }

        #[test]
        fn garbage_is_an_error_and_no_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = read(&[MAGIC, &bytes]);
            let _ = read(&[&bytes]);
        }
    }

    #[test]
    fn an_item_beyond_the_bound_is_refused_before_it_is_buffered() {
        let mut list = List::new(Encoding::Protobuf);
        let mut bytes = MAGIC.to_vec();
        bytes.push(2 << 3 | 2);
        prost::encoding::encode_varint(1 << 40, &mut bytes);
        bytes.push(2 << 3 | 2);
        prost::encoding::encode_varint(1 << 39, &mut bytes);
        list.feed(&bytes);
        assert_eq!(list.pull(), Err(WireError::TooLong(1 << 39)));
    }
}
