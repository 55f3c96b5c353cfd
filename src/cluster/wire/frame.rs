//! Where one event of a watch ends and the next begins.

use bytes::{Buf, Bytes, BytesMut};
use thiserror::Error;

/// The longest frame, line or list item that is taken: far above what an API server stores (etcd's limit is 1.5 MiB).
pub const LONGEST: usize = 64 << 20;

/// The bytes cannot be what they should be. Completes "failed to …".
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum WireError {
    /// More than [`LONGEST`] bytes for one object.
    #[error("read a stream in which one object claims {0} bytes")]
    TooLong(u64),
    /// The stream ended within an object.
    #[error("read a stream that was cut {0} bytes into an object")]
    Cut(usize),
    /// Not what the content type promises.
    #[error("read a {0}")]
    Malformed(&'static str),
}

/// Splits the body of a protobuf watch: each frame is a 4-byte big-endian length, then so many bytes
/// (k8s.io/apimachinery/pkg/util/framer).
#[derive(Debug, Default)]
pub struct Frames {
    buffer: BytesMut,
}

impl Frames {
    /// Takes what came.
    pub fn feed(&mut self, chunk: &[u8]) {
        self.buffer.extend_from_slice(chunk);
    }

    /// The next whole frame; `None` until more has come.
    ///
    /// # Errors
    /// [`WireError::TooLong`]; the stream is of no more use then.
    pub fn pull(&mut self) -> Result<Option<Bytes>, WireError> {
        let Some(length) = self.buffer.first_chunk::<4>() else { return Ok(None) };
        let length = u32::from_be_bytes(*length) as usize;
        if length > LONGEST {
            return Err(WireError::TooLong(length as u64));
        }
        if self.buffer.len() < 4 + length {
            return Ok(None);
        }
        self.buffer.advance(4);
        Ok(Some(self.buffer.split_to(length).freeze()))
    }

    /// Whether the stream may end here.
    ///
    /// # Errors
    /// [`WireError::Cut`].
    pub fn end(&self) -> Result<(), WireError> {
        if self.buffer.is_empty() { Ok(()) } else { Err(WireError::Cut(self.buffer.len())) }
    }
}

/// Splits the body of a JSON watch: a line is an event.
#[derive(Debug, Default)]
pub struct Lines {
    buffer: BytesMut,
    searched: usize,
}

impl Lines {
    /// Takes what came.
    pub fn feed(&mut self, chunk: &[u8]) {
        self.buffer.extend_from_slice(chunk);
    }

    /// The next whole line that is not blank; `None` until more has come.
    ///
    /// # Errors
    /// [`WireError::TooLong`]; the stream is of no more use then.
    pub fn pull(&mut self) -> Result<Option<Bytes>, WireError> {
        loop {
            let Some(at) = self.buffer[self.searched..].iter().position(|&byte| byte == b'\n') else {
                self.searched = self.buffer.len();
                return if self.searched > LONGEST { Err(WireError::TooLong(self.searched as u64)) } else { Ok(None) };
            };
            let line = self.buffer.split_to(self.searched + at).freeze();
            self.buffer.advance(1);
            self.searched = 0;
            if !line.trim_ascii().is_empty() {
                return Ok(Some(line));
            }
        }
    }

    /// Whether the stream may end here.
    ///
    /// # Errors
    /// [`WireError::Cut`].
    pub fn end(&self) -> Result<(), WireError> {
        if self.buffer.trim_ascii().is_empty() { Ok(()) } else { Err(WireError::Cut(self.buffer.len())) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn framed(frames: &[Vec<u8>]) -> Vec<u8> {
        frames
            .iter()
            .flat_map(|frame| [&u32::try_from(frame.len()).unwrap().to_be_bytes()[..], frame].concat())
            .collect()
    }

    fn chunks<'a>(bytes: &'a [u8], cuts: &[prop::sample::Index]) -> Vec<&'a [u8]> {
        let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        at.extend([0, bytes.len()]);
        at.sort_unstable();
        at.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect()
    }

    proptest! {
        #[test]
        fn frames_are_the_same_however_the_bytes_arrive(
            frames in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 0..12),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
        ) {
            let (mut splitter, mut got) = (Frames::default(), Vec::new());
            for chunk in chunks(&framed(&frames), &cuts) {
                splitter.feed(chunk);
                while let Some(frame) = splitter.pull().unwrap() {
                    got.push(frame.to_vec());
                }
            }
            prop_assert_eq!(got, frames);
            prop_assert_eq!(splitter.end(), Ok(()));
        }

        #[test]
        fn lines_are_the_same_however_the_bytes_arrive(
            lines in prop::collection::vec("[a-z{}\"]{1,40}", 0..12),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
        ) {
            let whole: String = lines.iter().map(|line| format!("{line}\n")).collect();
            let (mut splitter, mut got) = (Lines::default(), Vec::new());
            for chunk in chunks(whole.as_bytes(), &cuts) {
                splitter.feed(chunk);
                while let Some(line) = splitter.pull().unwrap() {
                    got.push(String::from_utf8(line.to_vec()).unwrap());
                }
            }
            prop_assert_eq!(got, lines);
        }

        #[test]
        fn a_stream_that_is_cut_within_a_frame_says_so(frame in prop::collection::vec(any::<u8>(), 1..80), keep in any::<prop::sample::Index>()) {
            let bytes = framed(&[frame]);
            let kept = 1 + keep.index(bytes.len() - 1);
            let mut splitter = Frames::default();
            splitter.feed(&bytes[..kept]);
            prop_assert_eq!(splitter.pull(), Ok(None));
            prop_assert_eq!(splitter.end(), Err(WireError::Cut(kept)));
        }

        #[test]
        fn a_frame_beyond_the_bound_is_refused_before_it_is_buffered(length in (LONGEST as u32 + 1)..) {
            let mut splitter = Frames::default();
            splitter.feed(&length.to_be_bytes());
            prop_assert_eq!(splitter.pull(), Err(WireError::TooLong(u64::from(length))));
        }
    }
}
