//! From the bytes of a body to inputs of the machine.

use std::time::Instant;

use bytes::Bytes;
use rolldeck_core::{fleet::Object, text::Clean};

use super::{answer::refusal_of, machine::Input};
use crate::wire::{
    Decoder, Encoding, EventKind, Frames, Lines, List, Part, Seen, WireError, event, meta::ListMeta, meta_of,
    status_object,
};

/// The annotation of the bookmark that ends a watch list (KEP-3157).
const END: &str = "k8s.io/initial-events-end";

/// Makes of an object's bytes what is kept of it.
pub(crate) trait Decode {
    /// What that is.
    type Object;

    /// Reads an object without its envelope; the error is its name as far as it can be read.
    fn object(&mut self, encoding: Encoding, bytes: &Bytes) -> Result<Seen<Self::Object>, Clean>;
}

impl Decode for Decoder {
    type Object = Object;

    fn object(&mut self, encoding: Encoding, bytes: &Bytes) -> Result<Seen, Clean> {
        Self::object(self, encoding, bytes)
    }
}

/// Reads one body after another.
#[derive(Debug)]
pub(super) struct Reader<D> {
    decoder: D,
    encoding: Encoding,
    body: Splitter,
    meta: Option<ListMeta>,
    first_byte: Option<Instant>,
}

#[derive(Debug)]
enum Splitter {
    List(List),
    Frames(Frames),
    Lines(Lines),
}

impl<D: Decode> Reader<D> {
    pub(super) fn new(decoder: D) -> Self {
        Self {
            decoder,
            encoding: Encoding::Json,
            body: Splitter::Lines(Lines::default()),
            meta: None,
            first_byte: None,
        }
    }

    /// A new body begins.
    pub(super) fn begin(&mut self, encoding: Encoding, list: bool) {
        self.encoding = encoding;
        (self.meta, self.first_byte) = (None, None);
        self.body = match (list, encoding) {
            (true, _) => Splitter::List(List::new(encoding)),
            (false, Encoding::Protobuf) => Splitter::Frames(Frames::default()),
            (false, Encoding::Json) => Splitter::Lines(Lines::default()),
        };
    }

    pub(super) fn feed(&mut self, bytes: &Bytes) {
        self.first_byte.get_or_insert_with(Instant::now);
        match &mut self.body {
            Splitter::List(list) => list.feed(bytes),
            Splitter::Frames(frames) => frames.feed(bytes),
            Splitter::Lines(lines) => lines.feed(bytes),
        }
    }

    /// The next input that the bytes so far hold.
    pub(super) fn pull(&mut self) -> Result<Option<Input<D::Object>>, WireError> {
        let frame = match &mut self.body {
            Splitter::List(list) => loop {
                match list.pull()? {
                    Some(Part::Meta(meta)) => self.meta = Some(meta),
                    Some(Part::Item(item)) => return Ok(Some(self.applied(&item))),
                    None => return Ok(None),
                }
            },
            Splitter::Frames(frames) => frames.pull()?,
            Splitter::Lines(lines) => lines.pull()?,
        };
        let Some(frame) = frame else { return Ok(None) };
        let (kind, object) = event(self.encoding, &frame)?;
        Ok(Some(match kind {
            EventKind::Applied => self.applied(&object),
            EventKind::Deleted => {
                let meta = meta_of(self.encoding, &object)?;
                Input::Gone {
                    namespace: Clean::from_bytes(&meta.namespace),
                    name: Clean::from_bytes(&meta.name),
                    version: Bytes::copy_from_slice(&meta.resource_version),
                }
            }
            EventKind::Bookmark => {
                let meta = meta_of(self.encoding, &object)?;
                let end = meta.annotation(END).is_some_and(|value| value == "true");
                Input::Bookmark { version: Bytes::copy_from_slice(&meta.resource_version), end }
            }
            EventKind::Error => Input::Error(refusal_of(&status_object(self.encoding, &object)?)),
        }))
    }

    /// What the end of the body means.
    pub(super) fn end(&mut self) -> Input<D::Object> {
        let whole = match &self.body {
            Splitter::List(list) => list.end(),
            Splitter::Frames(frames) => frames.end(),
            Splitter::Lines(lines) => lines.end(),
        };
        let list = matches!(self.body, Splitter::List(_));
        match (whole, self.meta.take()) {
            (Err(error), _) => Input::Lost(format!("failed to {error}").into()),
            (Ok(()), _) if !list => Input::Ended,
            (Ok(()), Some(meta)) => {
                Input::PageEnd { meta, took: self.first_byte.map(|at| at.elapsed()).unwrap_or_default() }
            }
            (Ok(()), None) => Input::Lost(Clean::new("the list has no metadata")),
        }
    }

    fn applied(&mut self, object: &Bytes) -> Input<D::Object> {
        match self.decoder.object(self.encoding, object) {
            Ok(seen) => Input::Object(seen),
            Err(name) => Input::Unreadable(name),
        }
    }
}
