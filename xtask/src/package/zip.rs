//! A zip with one executable file. Nothing in it but the file: the time is the format's first, the
//! rights are fixed, so the same file is always the same zip.

use anyhow::{Context, Result};
use libdeflater::{CompressionLvl, Compressor, Crc};

/// 1980-01-01, midnight: the first moment that a zip can tell.
const DATE: u16 = 1 << 5 | 1;
const DEFLATED: u16 = 8;
/// Made on Unix, by version 2.0 of the format.
const MADE_BY: u16 = 0x0314;
const NEEDS: u16 = 20;
/// A plain file that everybody may read and execute.
const MODE: u32 = 0o100_755;

/// A zip of one file; `level` is libdeflate's, 1 to 12.
pub(super) fn one(name: &str, bytes: &[u8], level: i32) -> Result<Vec<u8>> {
    let packed = deflate(bytes, level)?;
    let entry = Entry {
        name,
        crc: crc(bytes),
        packed: size(packed.len())?,
        plain: size(bytes.len())?,
    };
    let mut zip = Vec::with_capacity(packed.len() + 200);
    zip.extend_from_slice(b"PK\x03\x04");
    entry.write(&mut zip)?;
    zip.extend_from_slice(name.as_bytes());
    zip.extend_from_slice(&packed);

    let directory = size(zip.len())?;
    zip.extend_from_slice(b"PK\x01\x02");
    zip.extend_from_slice(&MADE_BY.to_le_bytes());
    entry.write(&mut zip)?;
    // No comment, disk 0, no internal attributes.
    zip.extend_from_slice(&[0; 6]);
    zip.extend_from_slice(&(MODE << 16).to_le_bytes());
    // The file begins where the zip does.
    zip.extend_from_slice(&0_u32.to_le_bytes());
    zip.extend_from_slice(name.as_bytes());
    let directory_len = size(zip.len())? - directory;

    zip.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    zip.extend_from_slice(&1_u16.to_le_bytes());
    zip.extend_from_slice(&1_u16.to_le_bytes());
    zip.extend_from_slice(&directory_len.to_le_bytes());
    zip.extend_from_slice(&directory.to_le_bytes());
    zip.extend_from_slice(&0_u16.to_le_bytes());
    Ok(zip)
}

struct Entry<'a> {
    name: &'a str,
    crc: u32,
    packed: u32,
    plain: u32,
}

impl Entry<'_> {
    /// What the file's own header and the directory say alike.
    fn write(&self, zip: &mut Vec<u8>) -> Result<()> {
        let name = u16::try_from(self.name.len()).context("the name is too long")?;
        // No flags; time 0.
        for word in [NEEDS, 0, DEFLATED, 0, DATE] {
            zip.extend_from_slice(&word.to_le_bytes());
        }
        for word in [self.crc, self.packed, self.plain] {
            zip.extend_from_slice(&word.to_le_bytes());
        }
        zip.extend_from_slice(&name.to_le_bytes());
        // No extra field.
        zip.extend_from_slice(&0_u16.to_le_bytes());
        Ok(())
    }
}

fn deflate(bytes: &[u8], level: i32) -> Result<Vec<u8>> {
    let level = CompressionLvl::new(level).map_err(|_| anyhow::anyhow!("there is no such level"))?;
    let mut compressor = Compressor::new(level);
    let mut packed = vec![0; compressor.deflate_compress_bound(bytes.len())];
    let len = compressor
        .deflate_compress(bytes, &mut packed)
        .context("the file cannot be compressed")?;
    packed.truncate(len);
    Ok(packed)
}

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

fn size(len: usize) -> Result<u32> {
    u32::try_from(len).context("a zip of this kind holds at most 4 GB")
}
