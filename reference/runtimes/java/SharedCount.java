import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

record SharedCount(SharedCounter counter, long size, boolean beginsTogether) implements Job {
  static SharedCount of(String discipline, String start, int units, long size) {
    if (!start.equals("together") && !start.equals("as-written")) {
      throw new IllegalArgumentException("found the start " + start + ", expected together or as-written");
    }
    SharedCounter counter = switch (discipline) {
      case "plain" -> new PlainCounter();
      case "mutex" -> new LockedCounter(new ReentrantLock());
      case "atomic" -> new AtomicCounter();
      case "rwlock" -> new LockedCounter(new ReentrantReadWriteLock().writeLock());
      case "sharded" -> new ShardedCounter();
      case "channel" -> new ChannelCounter(units);
      case "local" -> new LocalCounter();
      case "snapshot" -> new SnapshotCounter();
      case "across-await" -> new YieldingCounter();
      case "locked-await" -> new LockedYieldingCounter();
      default -> throw new IllegalArgumentException("found the discipline " + discipline + ", expected plain, mutex, atomic,"
          + " rwlock, sharded, channel, local, snapshot, across-await or locked-await");
    };
    return new SharedCount(counter, size, start.equals("together"));
  }

  @Override public long unit(int index) throws InterruptedException {
    counter.add(index, size);
    return 0;
  }

  @Override public long answer(long[] ofUnits) {
    return counter.value();
  }
}

/** A counter that all units share. How they add to it is the discipline. */
interface SharedCounter {
  /** Adds one, as often as `times` says, for the unit of this index. */
  void add(int index, long times) throws InterruptedException;

  /** To be asked when all units have ended. */
  long value();
}

/**
 * A race. Opaque access gives no order between units, but keeps the compiler from holding the value in a register. A VarHandle of
 * our own would do the same, but is linked while the units run, and stops one of them between its read and its write.
 */
final class PlainCounter implements SharedCounter {
  private final AtomicLong value = new AtomicLong();

  @Override public void add(int index, long times) {
    for (long i = 0; i < times; i++) value.setOpaque(value.getOpaque() + 1);
  }

  @Override public long value() {
    return value.get();
  }
}

final class LockedCounter implements SharedCounter {
  private final Lock lock;
  private long value;

  LockedCounter(Lock lock) {
    this.lock = lock;
  }

  @Override public void add(int index, long times) {
    for (long i = 0; i < times; i++) {
      lock.lock();
      try {
        value++;
      } finally {
        lock.unlock();
      }
    }
  }

  @Override public long value() {
    return value;
  }
}

final class AtomicCounter implements SharedCounter {
  private final AtomicLong value = new AtomicLong();

  @Override public void add(int index, long times) {
    for (long i = 0; i < times; i++) value.incrementAndGet();
  }

  @Override public long value() {
    return value.get();
  }
}

final class ShardedCounter implements SharedCounter {
  private final LongAdder value = new LongAdder();

  @Override public void add(int index, long times) {
    for (long i = 0; i < times; i++) value.increment();
  }

  @Override public long value() {
    return value.sum();
  }
}

/** The first unit owns the counter, and the others send their additions to it. */
final class ChannelCounter implements SharedCounter {
  private final BlockingQueue<Long> additions = new ArrayBlockingQueue<>(1024);
  private final int senders;
  private long value;

  ChannelCounter(int units) {
    if (units < 2) throw new IllegalArgumentException("found the units " + units + ", expected 2 or more");
    senders = units - 1;
  }

  @Override public void add(int index, long times) throws InterruptedException {
    if (index == 0) {
      receive(senders * times);
    } else {
      // The boxed 1 comes from a cache: a send allocates nothing.
      for (long i = 0; i < times; i++) additions.put(1L);
    }
  }

  private void receive(long times) throws InterruptedException {
    for (long i = 0; i < times; i++) value += additions.take();
  }

  @Override public long value() {
    return value;
  }
}

final class LocalCounter implements SharedCounter {
  private final AtomicLong value = new AtomicLong();

  @Override public void add(int index, long times) {
    value.addAndGet(Jobs.count(times));
  }

  @Override public long value() {
    return value.get();
  }
}

final class SnapshotCounter implements SharedCounter {
  private record Snapshot(long value) {}

  private final AtomicReference<Snapshot> newest = new AtomicReference<>(new Snapshot(0));

  @Override public void add(int index, long times) {
    for (long i = 0; i < times; i++) newest.updateAndGet(seen -> new Snapshot(seen.value() + 1));
  }

  @Override public long value() {
    return newest.get().value();
  }
}

/** A race, without a data race: others run between the read and the write. */
final class YieldingCounter implements SharedCounter {
  private final AtomicLong value = new AtomicLong();

  @Override public void add(int index, long times) {
    for (long i = 0; i < times; i++) {
      long seen = value.getOpaque();
      Thread.yield();
      value.setOpaque(seen + 1);
    }
  }

  @Override public long value() {
    return value.get();
  }
}

final class LockedYieldingCounter implements SharedCounter {
  private final Lock lock = new ReentrantLock();
  private long value;

  @Override public void add(int index, long times) {
    for (long i = 0; i < times; i++) {
      lock.lock();
      try {
        long seen = value;
        Thread.yield();
        value = seen + 1;
      } finally {
        lock.unlock();
      }
    }
  }

  @Override public long value() {
    return value;
  }
}
