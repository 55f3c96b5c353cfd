//! A file that is written, packed where that is asked for, with the sum of what is on disk.

use std::{
    io,
    path::{Path, PathBuf},
    pin::Pin,
    task::{Context, Poll},
};

use async_compression::tokio::write::{GzipEncoder, ZstdEncoder};
use aws_lc_rs::digest::{self, SHA256};
use rolldeck_core::logs::download::Compress;
use tokio::{
    fs::{File, OpenOptions},
    io::{AsyncReadExt, AsyncWrite, AsyncWriteExt, BufWriter},
};

/// Written at once.
const BYTES: usize = 256 << 10;

/// What follows a file's name when it is packed.
pub(super) fn suffix(compress: Compress) -> &'static str {
    match compress {
        Compress::No => "",
        Compress::Gzip => ".gz",
        Compress::Zstd => ".zst",
    }
}

/// A file under its sum.
struct Summed {
    file: File,
    sum: digest::Context,
    bytes: u64,
}

impl AsyncWrite for Summed {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.file).poll_write(cx, bytes);
        if let Poll::Ready(Ok(count)) = written {
            self.sum.update(&bytes[..count]);
            self.bytes += count as u64;
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.file).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.file).poll_shutdown(cx)
    }
}

enum Way {
    Plain(Box<BufWriter<Summed>>),
    Gzip(Box<GzipEncoder<BufWriter<Summed>>>),
    Zstd(Box<ZstdEncoder<BufWriter<Summed>>>),
}

/// A file that is written.
pub(super) struct Pack {
    path: PathBuf,
    way: Way,
}

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Written {
    /// Its bytes on disk.
    pub(super) bytes: u64,
    /// SHA-256 of them, in hexadecimal.
    pub(super) sha256: String,
}

impl Pack {
    /// A new file: one that is there already is an error.
    pub(super) async fn create(path: &Path, compress: Compress) -> io::Result<Self> {
        let file = OpenOptions::new().write(true).create_new(true).open(path).await?;
        Ok(Self::over(path, Summed { file, sum: digest::Context::new(&SHA256), bytes: 0 }, compress))
    }

    /// Goes on with a file that was ended after `bytes`; what lies behind is cut off. A packed one gets another member, which
    /// every unpacker reads on with.
    pub(super) async fn append(path: &Path, bytes: u64, compress: Compress) -> io::Result<Self> {
        let mut file = OpenOptions::new().read(true).write(true).open(path).await?;
        if file.metadata().await?.len() < bytes {
            return Err(io::Error::other("it is shorter than it was left: remove it to begin anew"));
        }
        file.set_len(bytes).await?;
        let mut sum = digest::Context::new(&SHA256);
        let mut buffer = vec![0; BYTES];
        loop {
            match file.read(&mut buffer).await? {
                0 => break,
                count => sum.update(&buffer[..count]),
            }
        }
        Ok(Self::over(path, Summed { file, sum, bytes }, compress))
    }

    fn over(path: &Path, file: Summed, compress: Compress) -> Self {
        let file = BufWriter::with_capacity(BYTES, file);
        let way = match compress {
            Compress::No => Way::Plain(Box::new(file)),
            Compress::Gzip => Way::Gzip(Box::new(GzipEncoder::new(file))),
            Compress::Zstd => Way::Zstd(Box::new(ZstdEncoder::new(file))),
        };
        Self { path: path.to_owned(), way }
    }

    /// Its path.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.way {
            Way::Plain(file) => file.write_all(bytes).await,
            Way::Gzip(file) => file.write_all(bytes).await,
            Way::Zstd(file) => file.write_all(bytes).await,
        }
    }

    /// Everything is on disk.
    pub(super) async fn end(self) -> io::Result<Written> {
        let summed = match self.way {
            Way::Plain(mut file) => {
                file.flush().await?;
                file.into_inner()
            }
            Way::Gzip(mut file) => {
                file.shutdown().await?;
                file.into_inner().into_inner()
            }
            Way::Zstd(mut file) => {
                file.shutdown().await?;
                file.into_inner().into_inner()
            }
        };
        summed.file.sync_all().await?;
        let sha256 = summed.sum.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Written { bytes: summed.bytes, sha256 })
    }
}
