//! What a program of jobs is asked for, and the line that it answers.
use std::fmt::Display;
use std::io::{self, Write};
use std::process;
use std::time::{Duration, Instant};

pub struct Job {
    pub name: String,
    pub units: u64,
    pub size: u64,
    pub discipline: String, // Of shared-count.
    pub together: bool,     // Whether no unit of shared-count begins before all of them exist.
}

impl Job {
    /// words: the job, the units, the size, and for shared-count the discipline and the start.
    pub fn of(words: &[String]) -> Job {
        let word = |at: usize| words.get(at).map_or("", String::as_str);
        let job = Job {
            name: word(0).into(),
            units: number(word(1), "1 unit or more"),
            size: number(word(2), "a size of 1 or more"),
            discipline: word(3).into(),
            together: word(4) != "as-written",
        };
        if job.name == "shared-count" && !["together", "as-written"].contains(&word(4)) {
            refuse(format!("the start {:?}", word(4)), "together or as-written");
        }
        if job.name == "shared-count" && job.discipline == "channel" && job.units < 2 {
            refuse("the number of units 1", "2 at least: the first owns the counter, the others send");
        }
        if job.name == "ping-pong" && job.units != 2 {
            refuse(format!("the number of units {}", job.units), "2");
        }
        job
    }
}

fn number(word: &str, expected: &str) -> u64 {
    let number = word.parse().ok().filter(|&number| number >= 1);
    number.unwrap_or_else(|| refuse(format!("{word:?}"), expected))
}

/// Says why the job cannot be done, and ends the program with all of its threads. The lock is kept, so that one thread
/// alone does it.
pub fn refuse(found: impl Display, expected: impl Display) -> ! {
    let mut stderr = io::stderr().lock();
    let _ = writeln!(stderr, "found {found}, expected {expected}"); // Nobody is left to tell.
    process::exit(2)
}

/// The answer of one unit, and when it was at work.
pub struct Span {
    pub answer: u64,
    pub begin: Instant,
    pub end: Instant,
}

pub struct Done {
    pub answer: u64,
    pub units: u64, // Those that were made.
    pub elapsed: Duration,
    pub work: Option<Duration>, // Where units begin together: from the first beginning to the last end.
}

impl Done {
    /// The sum of the units' answers.
    pub fn of(spans: &[Span], begin: Instant, together: bool) -> Done {
        let first = spans.iter().map(|span| span.begin).min().filter(|_| together);
        let last = spans.iter().map(|span| span.end).max().expect("a job has units");
        Done {
            answer: spans.iter().fold(0, |sum, span| sum.wrapping_add(span.answer)),
            units: spans.len() as u64,
            elapsed: last - begin,
            work: first.map(|first| last - first),
        }
    }

    /// runtime: what facts says of it.
    pub fn print(&self, runtime: &str) {
        // Where units begin together, none has ended before the last has come.
        let together = |work: Duration| format!("\"work_ns\":{},\"peak_live_units\":{},", work.as_nanos(), self.units);
        let work = self.work.map_or(String::new(), together);
        println!(
            "{{\"answer\":{},\"elapsed_ns\":{},{work}\"units_created\":{},\"runtime\":{runtime}}}",
            self.answer,
            self.elapsed.as_nanos(),
            self.units
        );
    }
}
