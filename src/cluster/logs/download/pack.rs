//! A file that is written, packed where that is asked for, with the sums of what is on disk and of what was put in.

use std::{
    io,
    path::{Path, PathBuf},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
};

use async_compression::tokio::{
    bufread::{GzipDecoder, ZstdDecoder},
    write::{GzipEncoder, ZstdEncoder},
};
use aws_lc_rs::digest::{self, SHA256};
use rolldeck_core::logs::download::Compress;
use tokio::{
    fs::{File, OpenOptions},
    io::{AsyncRead, AsyncReadExt, AsyncSeekExt, AsyncWrite, AsyncWriteExt, BufReader, BufWriter},
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

/// The disk. Tests give it a bound, behind which it is full.
#[derive(Clone, Debug, Default)]
pub(super) struct Disk(Option<Arc<AtomicU64>>);

impl Disk {
    #[cfg(test)]
    pub(super) fn of(bytes: u64) -> Self {
        Self(Some(Arc::new(AtomicU64::new(bytes))))
    }

    /// Whether so many bytes more fit.
    fn takes(&self, bytes: usize) -> io::Result<()> {
        let Some(left) = &self.0 else { return Ok(()) };
        let less = |left: u64| left.checked_sub(bytes as u64);
        left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less)
            .map(drop)
            .map_err(|_| io::ErrorKind::StorageFull.into())
    }
}

/// A sum that has begun.
fn sum() -> digest::Context {
    digest::Context::new(&SHA256)
}

fn hex(sum: digest::Context) -> String {
    sum.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A file under its sum.
struct Summed {
    file: File,
    disk: Disk,
    sum: digest::Context,
    bytes: u64,
}

impl AsyncWrite for Summed {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.file).poll_write(cx, bytes);
        if let Poll::Ready(Ok(count)) = written {
            self.disk.takes(count)?;
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

/// What packers write to.
type Buffered = BufWriter<Summed>;

enum Way {
    /// As it is; or between two packed members.
    Plain(Box<Buffered>),
    Gzip(Box<GzipEncoder<Buffered>>),
    Zstd(Box<ZstdEncoder<Buffered>>),
}

impl Way {
    /// Packs what follows.
    fn within(self, compress: Compress) -> Self {
        match (self, compress) {
            (Self::Plain(file), Compress::Gzip) => Self::Gzip(Box::new(GzipEncoder::new(*file))),
            (Self::Plain(file), Compress::Zstd) => Self::Zstd(Box::new(ZstdEncoder::new(*file))),
            (other, _) => other,
        }
    }

    /// Ends a packed member, and has everything with the system.
    async fn between(self) -> io::Result<Box<Buffered>> {
        let mut file = match self {
            Self::Plain(file) => file,
            Self::Gzip(mut file) => {
                file.shutdown().await?;
                Box::new(file.into_inner())
            }
            Self::Zstd(mut file) => {
                file.shutdown().await?;
                Box::new(file.into_inner())
            }
        };
        file.flush().await?;
        Ok(file)
    }

    async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(file) => file.write_all(bytes).await,
            Self::Gzip(file) => file.write_all(bytes).await,
            Self::Zstd(file) => file.write_all(bytes).await,
        }
    }
}

/// A file that is written.
pub(super) struct Pack {
    path: PathBuf,
    compress: Compress,
    /// None after an error: nothing more can be written.
    way: Option<Way>,
    content: digest::Context,
}

/// A file as far as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Written {
    /// Its bytes on disk.
    pub(super) bytes: u64,
    /// SHA-256 of them, in hexadecimal.
    pub(super) sha256: String,
    /// SHA-256 of what was put in, in hexadecimal.
    pub(super) content: String,
}

impl Pack {
    /// A new file. One that is there already is an error, or is begun anew where it is known to be ours.
    pub(super) async fn create(path: &Path, compress: Compress, disk: &Disk, ours: bool) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true);
        let file = match ours {
            true => options.create(true).truncate(true).open(path).await?,
            false => options.create_new(true).open(path).await?,
        };
        Ok(Self::over(path, Summed { file, disk: disk.clone(), sum: sum(), bytes: 0 }, sum(), compress))
    }

    /// Goes on with a file that was left after `bytes` with this sum; what lies behind is cut off. A packed one gets another
    /// member, which every unpacker reads on with. `None`: it is not what was left.
    pub(super) async fn append(
        path: &Path,
        (bytes, sha256): (u64, &str),
        compress: Compress,
        disk: &Disk,
    ) -> io::Result<Option<Self>> {
        let mut file = match OpenOptions::new().read(true).write(true).open(path).await {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            file => file?,
        };
        if file.metadata().await?.len() < bytes {
            return Ok(None);
        }
        file.set_len(bytes).await?;
        let mut on_disk = sum();
        read_into(&mut file, &mut on_disk).await?;
        if hex(on_disk.clone()) != sha256 {
            return Ok(None);
        }
        let content = match compress {
            Compress::No => on_disk.clone(),
            packed => {
                file.rewind().await?;
                unpacked(&mut file, packed).await?
            }
        };
        file.seek(io::SeekFrom::Start(bytes)).await?;
        Ok(Some(Self::over(path, Summed { file, disk: disk.clone(), sum: on_disk, bytes }, content, compress)))
    }

    fn over(path: &Path, file: Summed, content: digest::Context, compress: Compress) -> Self {
        let file = BufWriter::with_capacity(BYTES, file);
        Self { path: path.to_owned(), compress, way: Some(Way::Plain(Box::new(file))), content }
    }

    /// Its path.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Puts bytes in.
    pub(super) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        let mut way = self.taken()?.within(self.compress);
        way.write(bytes).await?;
        self.content.update(bytes);
        self.way = Some(way);
        Ok(())
    }

    /// The way, which is put back where nothing failed.
    fn taken(&mut self) -> io::Result<Way> {
        self.way.take().ok_or_else(|| io::Error::other("it could not be written to before"))
    }

    /// Everything is with the system: whoever goes on after this program was killed goes on from here.
    pub(super) async fn checkpoint(&mut self) -> io::Result<Written> {
        let file = self.taken()?.between().await?;
        let summed = file.get_ref();
        let written =
            Written { bytes: summed.bytes, sha256: hex(summed.sum.clone()), content: hex(self.content.clone()) };
        self.way = Some(Way::Plain(file));
        Ok(written)
    }

    /// Everything is on disk.
    pub(super) async fn end(mut self) -> io::Result<Written> {
        if let Some(Way::Plain(file)) = &self.way
            && file.get_ref().bytes == 0
            && file.buffer().is_empty()
        {
            // A packed file without a member is none.
            self.way = self.way.take().map(|way| way.within(self.compress));
        }
        let written = self.checkpoint().await?;
        if let Some(Way::Plain(file)) = self.way {
            file.into_inner().file.sync_all().await?;
        }
        Ok(written)
    }
}

/// The sum of a file on disk, and its bytes.
///
/// # Errors
/// Of the disk; that it is not there is one of them.
pub(super) async fn summed(path: &Path) -> io::Result<(u64, String)> {
    let mut file = File::open(path).await?;
    let mut sum = sum();
    let bytes = read_into(&mut file, &mut sum).await?;
    Ok((bytes, hex(sum)))
}

async fn read_into(file: &mut (impl AsyncRead + Unpin), sum: &mut digest::Context) -> io::Result<u64> {
    let mut buffer = vec![0; BYTES];
    let mut bytes = 0;
    loop {
        match file.read(&mut buffer).await? {
            0 => return Ok(bytes),
            count => {
                sum.update(&buffer[..count]);
                bytes += count as u64;
            }
        }
    }
}

/// The sum of what is packed in a file.
async fn unpacked(file: &mut File, compress: Compress) -> io::Result<digest::Context> {
    let mut content = sum();
    let file = BufReader::with_capacity(BYTES, file);
    match compress {
        Compress::Zstd => {
            let mut unpack = ZstdDecoder::new(file);
            unpack.multiple_members(true);
            read_into(&mut unpack, &mut content).await?;
        }
        _ => {
            let mut unpack = GzipDecoder::new(file);
            unpack.multiple_members(true);
            read_into(&mut unpack, &mut content).await?;
        }
    }
    Ok(content)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    async fn read(path: &Path, compress: Compress) -> Vec<u8> {
        let mut text = Vec::new();
        let file = BufReader::new(File::open(path).await.unwrap());
        match compress {
            Compress::No => drop(BufReader::new(file).read_to_end(&mut text).await.unwrap()),
            Compress::Gzip => {
                let mut unpack = GzipDecoder::new(file);
                unpack.multiple_members(true);
                unpack.read_to_end(&mut text).await.unwrap();
            }
            Compress::Zstd => {
                let mut unpack = ZstdDecoder::new(file);
                unpack.multiple_members(true);
                unpack.read_to_end(&mut text).await.unwrap();
            }
        }
        text
    }

    fn sha(bytes: &[u8]) -> String {
        let mut sum = sum();
        sum.update(bytes);
        hex(sum)
    }

    #[rstest]
    #[tokio::test]
    async fn what_was_left_at_a_checkpoint_is_gone_on_with_and_what_lies_behind_is_cut_off(
        #[values(Compress::No, Compress::Gzip, Compress::Zstd)] compress: Compress,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        let mut pack = Pack::create(&path, compress, &Disk::default(), false).await.unwrap();
        pack.write(b"one ").await.unwrap();
        let left = pack.checkpoint().await.unwrap();
        assert_eq!(left.content, sha(b"one "));
        pack.write(b"lost").await.unwrap();
        pack.checkpoint().await.unwrap();
        drop(pack);
        let mut pack =
            Pack::append(&path, (left.bytes, &left.sha256), compress, &Disk::default()).await.unwrap().unwrap();
        pack.write(b"two").await.unwrap();
        let written = pack.end().await.unwrap();
        assert_eq!(read(&path, compress).await, b"one two");
        let on_disk = std::fs::read(&path).unwrap();
        assert_eq!(written, Written { bytes: on_disk.len() as u64, sha256: sha(&on_disk), content: sha(b"one two") });
        assert_eq!(summed(&path).await.unwrap(), (written.bytes, written.sha256));
        let other = Pack::append(&path, (left.bytes, "0"), compress, &Disk::default()).await.unwrap();
        assert!(other.is_none(), "what is not what was left is not gone on with");
    }

    #[rstest]
    #[tokio::test]
    async fn a_packed_file_without_a_byte_can_be_unpacked(
        #[values(Compress::No, Compress::Gzip, Compress::Zstd)] compress: Compress,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        let written = Pack::create(&path, compress, &Disk::default(), false).await.unwrap().end().await.unwrap();
        assert_eq!(read(&path, compress).await, b"");
        assert_eq!(written.content, sha(b""));
        let again = Pack::create(&path, compress, &Disk::default(), false).await;
        assert_eq!(again.err().map(|error| error.kind()), Some(io::ErrorKind::AlreadyExists));
    }

    #[tokio::test]
    async fn a_full_disk_is_an_error_and_what_was_left_before_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        let mut pack = Pack::create(&path, Compress::No, &Disk::of(10), false).await.unwrap();
        pack.write(b"12345678").await.unwrap();
        let left = pack.checkpoint().await.unwrap();
        pack.write(b"12345678").await.unwrap();
        let full = pack.checkpoint().await.unwrap_err();
        assert_eq!(full.kind(), io::ErrorKind::StorageFull);
        assert!(pack.write(b"x").await.is_err(), "nothing goes behind a hole");
        drop(pack);
        let again = Pack::append(&path, (left.bytes, &left.sha256), Compress::No, &Disk::default()).await.unwrap();
        let mut again = again.unwrap();
        again.write(b"9").await.unwrap();
        again.end().await.unwrap();
        assert_eq!(read(&path, Compress::No).await, b"123456789");
    }
}
