//! How much memory this process has in use, as the kernel counts it.

use std::fs;

use crate::Failure;

/// Resident memory in bytes: now (`VmRSS`) and at its highest (`VmHWM`).
pub fn resident() -> Result<(u64, u64), Failure> {
    let status = fs::read_to_string("/proc/self/status")?;
    let field = |name: &str| -> Result<u64, Failure> {
        let line = status.lines().find(|line| line.starts_with(name));
        let kib = line.and_then(|line| line.split_whitespace().nth(1)).ok_or("no such field")?;
        Ok(kib.parse::<u64>()? * 1024)
    };
    Ok((field("VmRSS:")?, field("VmHWM:")?))
}
