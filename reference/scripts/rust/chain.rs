//! J. Blandy's context-switch says: a switch between tasks takes 0.2 us, between threads 1.7 us; and adds that they are equal where
//! I/O causes the switch. This program passes a byte around a ring of 200 threads, and of 200 tasks of tokio, as that one does: over
//! pipes, which are I/O, and over channels within the process. It divides the time by the number of hops. With "one" it binds
//! itself to one CPU, as the author did for one of his measurements.
use std::fs::File;
use std::future::Future;
use std::io::{Read, Write};
use std::os::raw::c_int;
use std::os::unix::io::FromRawFd;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};
use tokio::io::unix::AsyncFd;
use tokio::runtime::Runtime;

const UNITS: usize = 200;
const ROUNDS: usize = 200;

fn main() {
    let place = std::env::args().nth(1).unwrap_or_default();
    match place.as_str() {
        "one" => bind_to_one_cpu(),
        "all" => {}
        _ => {
            eprintln!("found the place {place}, expected one or all");
            std::process::exit(2);
        }
    }
    let thread_pipe = threads(pipes(0), |pipe, byte| pipe.write_all(&[byte]).unwrap(), read_byte);
    let thread_channel = threads(channels(), |to, byte| to.send(byte).unwrap(), |from| from.recv().ok());
    let runtime = Runtime::new().unwrap();
    let task_pipe = task_pipes(&runtime);
    let task_channel = task_channels(&runtime);
    let (tp, tc) = (micros(thread_pipe), micros(thread_channel));
    let (ap, ac) = (micros(task_pipe), micros(task_channel));
    println!(
        "{{\"figures\": {{\"task_over_thread_channel\": {:.4}, \"task_over_thread_pipe\": {:.4}, \"thread_channel_us\": {tc:.4}, \
         \"task_channel_us\": {ac:.4}, \"thread_pipe_us\": {tp:.4}, \"task_pipe_us\": {ap:.4}}}, \"evidence\": [\"A hop over a \
         channel takes {tc:.2} us between threads and {ac:.2} us between tasks, and over a pipe {tp:.2} us and {ap:.2} us.\"], \
         \"units_created\": {}}}",
        ac / tc, ap / tp, 4 * UNITS
    );
}

fn micros(elapsed: Duration) -> f64 {
    elapsed.as_secs_f64() * 1e6 / (UNITS * ROUNDS) as f64
}

/// Unit i reads from link i and writes to link i+1; the main thread writes to the first link and reads from the last one. The first
/// round is not counted: all units have begun after it.
fn threads<W: Send + 'static, R: Send + 'static>(
    links: Vec<(R, W)>,
    write: fn(&mut W, u8),
    read: fn(&mut R) -> Option<u8>,
) -> Duration {
    let (readers, mut writers): (Vec<R>, Vec<W>) = links.into_iter().unzip();
    let mut first = writers.remove(0);
    let mut readers = readers.into_iter();
    let mut units = Vec::new();
    for mut to in writers {
        let mut from = readers.next().unwrap();
        units.push(thread::spawn(move || {
            while let Some(byte) = read(&mut from) {
                write(&mut to, byte);
            }
        }));
    }
    let mut last = readers.next().unwrap();
    let mut begin = Instant::now();
    for round in 0..=ROUNDS {
        write(&mut first, round as u8);
        assert_eq!(read(&mut last), Some(round as u8));
        if round == 0 {
            begin = Instant::now();
        }
    }
    let elapsed = begin.elapsed();
    drop(first); // Each ends when the one before it has ended.
    units.into_iter().for_each(|unit| unit.join().unwrap());
    elapsed
}

fn channels() -> Vec<(mpsc::Receiver<u8>, mpsc::SyncSender<u8>)> {
    (0..=UNITS).map(|_| mpsc::sync_channel(1)).map(|(to, from)| (from, to)).collect()
}

fn read_byte(pipe: &mut File) -> Option<u8> {
    let mut byte = [0];
    (pipe.read(&mut byte).unwrap() == 1).then_some(byte[0])
}

/// The same by tasks. The one that writes first and reads last is a task too.
fn run<F: Future<Output = ()> + Send + 'static>(
    runtime: &Runtime,
    units: Vec<F>,
    around: impl Future<Output = Duration> + Send + 'static,
) -> Duration {
    runtime.block_on(async {
        let units: Vec<_> = units.into_iter().map(tokio::spawn).collect();
        let elapsed = tokio::spawn(around).await.unwrap();
        for unit in units {
            unit.await.unwrap();
        }
        elapsed
    })
}

fn task_channels(runtime: &Runtime) -> Duration {
    let (mut writers, readers): (Vec<_>, Vec<_>) = (0..=UNITS).map(|_| tokio::sync::mpsc::channel(1)).unzip();
    let first = writers.remove(0);
    let mut readers = readers.into_iter();
    let units = writers.into_iter().map(|to| (readers.next().unwrap(), to)).map(|(mut from, to)| async move {
        while let Some(byte) = from.recv().await {
            to.send(byte).await.unwrap();
        }
    });
    let units = units.collect();
    let mut last = readers.next().unwrap();
    run(runtime, units, async move {
        let mut begin = Instant::now();
        for round in 0..=ROUNDS {
            first.send(round as u8).await.unwrap();
            assert_eq!(last.recv().await, Some(round as u8));
            if round == 0 {
                begin = Instant::now();
            }
        }
        begin.elapsed()
    })
}

fn task_pipes(runtime: &Runtime) -> Duration {
    let _inside = runtime.enter(); // Descriptors are registered with its epoll.
    let registered = |file| AsyncFd::new(file).unwrap();
    let (readers, mut writers): (Vec<_>, Vec<_>) =
        pipes(O_NONBLOCK).into_iter().map(|(from, to)| (registered(from), registered(to))).unzip();
    let first = writers.remove(0);
    let mut readers = readers.into_iter();
    let units = writers.into_iter().map(|to| (readers.next().unwrap(), to)).map(|(from, to)| async move {
        while let Some(byte) = receive(&from).await {
            send(&to, byte).await;
        }
    });
    let units = units.collect();
    let last = readers.next().unwrap();
    run(runtime, units, async move {
        let mut begin = Instant::now();
        for round in 0..=ROUNDS {
            send(&first, round as u8).await;
            assert_eq!(receive(&last).await, Some(round as u8));
            if round == 0 {
                begin = Instant::now();
            }
        }
        begin.elapsed()
    })
}

async fn receive(pipe: &AsyncFd<File>) -> Option<u8> {
    loop {
        let mut byte = [0];
        if let Ok(size) = pipe.readable().await.unwrap().try_io(|pipe| pipe.get_ref().read(&mut byte)) {
            return (size.unwrap() == 1).then_some(byte[0]);
        }
    }
}

async fn send(pipe: &AsyncFd<File>, byte: u8) {
    while pipe.writable().await.unwrap().try_io(|pipe| pipe.get_ref().write_all(&[byte])).is_err() {}
}

const O_NONBLOCK: c_int = 0o4000;
const O_CLOEXEC: c_int = 0o2000000;

extern "C" {
    fn pipe2(ends: *mut c_int, flags: c_int) -> c_int;
    fn sched_getcpu() -> c_int;
    fn sched_setaffinity(thread: c_int, size: usize, set: *const u64) -> c_int;
}

/// The ends of each pipe: the one to read from comes first.
fn pipes(flags: c_int) -> Vec<(File, File)> {
    let pipe = |_| {
        let mut ends = [0; 2];
        // SAFETY: pipe2 writes two descriptors, which are owned by nothing else.
        unsafe {
            assert_eq!(pipe2(ends.as_mut_ptr(), flags | O_CLOEXEC), 0, "{}", std::io::Error::last_os_error());
            (File::from_raw_fd(ends[0]), File::from_raw_fd(ends[1]))
        }
    };
    (0..=UNITS).map(pipe).collect()
}

/// To the one on which it is, of those that it may use. Threads that it makes inherit it.
fn bind_to_one_cpu() {
    let mut set = [0u64; 16];
    // SAFETY: the set is as long as is said.
    unsafe {
        let cpu = sched_getcpu() as usize;
        set[cpu / 64] = 1 << (cpu % 64);
        assert_eq!(sched_setaffinity(0, 8 * set.len(), set.as_ptr()), 0, "{}", std::io::Error::last_os_error());
    }
}
