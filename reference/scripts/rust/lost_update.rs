// Two threads add one to a number under a Mutex, but read and write it in two scopes of the lock. It compiles: no access is
// a data race. They meet between the read and the write, so that one of the two additions is lost in each round.
use std::sync::{Barrier, Mutex};
use std::thread;

const THREADS: u32 = 2;
const ROUNDS: u32 = 1000;

fn main() {
    let counter = Mutex::new(0);
    let meeting = Barrier::new(THREADS as usize);
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for _ in 0..ROUNDS {
                    let seen = *counter.lock().unwrap();
                    meeting.wait();
                    *counter.lock().unwrap() = seen + 1;
                    meeting.wait();
                }
            });
        }
    });
    println!("{} {}", THREADS * ROUNDS, counter.into_inner().unwrap());
}
