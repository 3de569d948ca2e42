//! The work of a unit of the job count, and the numbers that all jobs draw from.
use std::arch::asm;

pub const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

pub fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// One step at a time: without the empty instruction, the compiler replaces the loop by its result.
pub fn count(size: u64) -> u64 {
    let mut n: u64 = 0;
    while n < size {
        n += 1;
        // SAFETY: it does nothing.
        unsafe { asm!("/* {0} */", inout(reg) n, options(nomem, nostack, preserves_flags)) };
    }
    n
}
