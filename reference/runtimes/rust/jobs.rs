//! The job count, on a thread of the operating system per unit. The standard library has no sha256.
mod facts;

use std::arch::asm;
use std::thread;
use std::time::Instant;

/// One step at a time: without the empty instruction, the compiler replaces the loop by its result.
fn count(size: u64) -> u64 {
    let mut n: u64 = 0;
    while n < size {
        n += 1;
        // SAFETY: it does nothing.
        unsafe { asm!("/* {0} */", inout(reg) n, options(nomem, nostack, preserves_flags)) };
    }
    n
}

/// words: the job, the units, the size.
fn main() {
    let words: Vec<String> = std::env::args().collect();
    assert_eq!(words[1], "count", "the only job");
    let units: u64 = words[2].parse().expect("a number of units");
    let size: u64 = words[3].parse().expect("a size");
    let begin = Instant::now();
    let threads: Vec<_> = (0..units).map(|_| thread::spawn(move || count(size))).collect();
    let sum = threads.into_iter().fold(0u64, |sum, one| sum.wrapping_add(one.join().expect("an answer")));
    let elapsed = begin.elapsed().as_nanos();
    println!(
        "{{\"answer\":{sum},\"elapsed_ns\":{elapsed},\"units_created\":{units},\"runtime\":{}}}",
        facts::runtime("std")
    );
}
