import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;

/** The jobs of bakeoff, a thread per unit: platform threads here, virtual ones in VirtualJobs. */
public final class Jobs {
  static final long GOLDEN = 0x9e3779b97f4a7c15L;
  /** So that the blocks of sha256, 16 in a MiB, can be counted. */
  private static final long MOST_SIZE = Long.MAX_VALUE / 16;
  /** One, which the compiler does not know: otherwise it replaces the loop by its result. */
  private static volatile long one = 1;

  public static void main(String[] args) throws InterruptedException {
    run(args, Thread::new);
  }

  /** args: the job, the units, the size, and for shared-count the discipline and the start. */
  static void run(String[] args, ThreadFactory threads) throws InterruptedException {
    int units;
    Job job;
    try {
      if (args.length < 3) throw new IllegalArgumentException(
          "found " + args.length + " arguments, expected job, units, size and, for shared-count, discipline and start");
      units = (int) number("units", args[1], 1, Integer.MAX_VALUE);
      job = job(args, units, number("size", args[2], 1, MOST_SIZE), threads);
    } catch (IllegalArgumentException refusal) {
      System.err.println(refusal.getMessage());
      System.exit(2);
      return;
    }
    Thread.setDefaultUncaughtExceptionHandler((thread, error) -> fail(error, units));
    System.out.println(run(job, units, threads));
  }

  /** Ends the process, because other units may wait for the one that has failed. */
  private static synchronized void fail(Throwable error, int units) {
    if (error instanceof NoFurtherThread) {
      System.err.println("found no further thread, expected " + units + " units");
      Runtime.getRuntime().halt(2);
    }
    error.printStackTrace();
    Runtime.getRuntime().halt(1);
  }

  private static String word(String[] args, int at) {
    return args.length > at ? args[at] : "";
  }

  private static long number(String what, String text, long least, long most) {
    try {
      long number = Long.parseLong(text);
      if (number >= least && number <= most) return number;
    } catch (NumberFormatException e) {
      // Refused below.
    }
    throw new IllegalArgumentException(
        "found " + text + ", expected " + what + ", a whole number from " + least + " to " + most);
  }

  private static Job job(String[] args, int units, long size, ThreadFactory threads) {
    return switch (args[0]) {
      case "count" -> index -> count(size);
      case "sha256" -> index -> sha256(index, units, size);
      case "image" -> index -> new Image().process(index, units, size);
      case "shared-count" -> SharedCount.of(word(args, 3), word(args, 4), units, size);
      case "spawn" -> new Spawn(size, threads);
      case "sleepers" -> new Sleepers(size);
      case "skynet" -> new Skynet(size, threads);
      case "ping-pong" -> new PingPong(units, size);
      default -> throw new IllegalArgumentException("found the job " + args[0]
          + ", expected count, sha256, image, shared-count, spawn, sleepers, skynet or ping-pong");
    };
  }

  /** Runs the job on so many units, and returns the job line. */
  private static String run(Job job, int units, ThreadFactory threads) throws InterruptedException {
    Unit[] all = new Unit[units];
    long[] answers = new long[units];
    CountDownLatch ready = new CountDownLatch(units), start = new CountDownLatch(1);
    long begin = System.nanoTime();
    for (int i = 0; i < units; i++) {
      int index = i;
      all[i] = Unit.start(threads, () -> {
        if (job.beginsTogether()) {
          ready.countDown();
          start.await();
        }
        return job.unit(index);
      });
    }
    if (job.beginsTogether()) ready.await();
    long alive = units - ready.getCount();
    long workBegin = System.nanoTime();
    start.countDown();
    for (int i = 0; i < units; i++) answers[i] = all[i].join();
    long end = System.nanoTime();
    String work = job.beginsTogether() ? ",\"work_ns\":" + (end - workBegin) + ",\"peak_live_units\":" + alive : "";
    return String.format("{\"answer\":%s,\"elapsed_ns\":%d%s,\"units_created\":%d,\"runtime\":%s}",
        Long.toUnsignedString(job.answer(answers)), end - begin, work, units * (1 + job.unitsOfAUnit()), Server.runtime());
  }

  static long count(long size) {
    long n = 0, step = one;
    while (n < size) n += step;
    return n;
  }

  private static long sha256(long index, long units, long size) throws NoSuchAlgorithmException {
    MessageDigest method = MessageDigest.getInstance("SHA-256");
    ByteBuffer block = ByteBuffer.allocate(65536).order(ByteOrder.LITTLE_ENDIAN);
    long blocks = 16 * size;
    long answer = 0;
    for (long i = index; i < blocks; i += units) {
      draw(4, i, block);
      ByteBuffer digest = ByteBuffer.wrap(method.digest(block.array()));
      long total = mix(i + GOLDEN);
      while (digest.hasRemaining()) total = mix(total ^ digest.getLong());
      answer += total;
    }
    return answer;
  }

  /** Fills the bytes with a stream of draws. */
  static void draw(long seed, long index, ByteBuffer bytes) {
    long stream = mix(mix(seed + GOLDEN) + (index + 1) * GOLDEN);
    for (int at = 0; at < bytes.capacity(); at += 8) bytes.putLong(at, mix(stream + (at + 1) * GOLDEN));
  }

  static long mix(long z) {
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }
}

/** A thread, and the answer that it ends with. */
final class Unit {
  interface Work {
    long run() throws Exception;
  }

  private final Thread thread;
  private long answer;

  private Unit(ThreadFactory threads, Work work) {
    thread = threads.newThread(() -> {
      try {
        answer = work.run();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    });
  }

  static Unit start(ThreadFactory threads, Work work) {
    Unit unit = new Unit(threads, work);
    try {
      unit.thread.start();
    } catch (OutOfMemoryError noThread) {
      throw new NoFurtherThread();
    }
    return unit;
  }

  /** Waits for its end. */
  long join() throws InterruptedException {
    thread.join();
    return answer;
  }
}

/** The system gives no further thread. */
final class NoFurtherThread extends Error {}

record Spawn(long size, ThreadFactory threads) implements Job {
  @Override public long unit(int index) throws InterruptedException {
    long sum = 0;
    for (long i = 0; i < size; i++) sum += Unit.start(threads, () -> 1).join();
    return sum;
  }

  @Override public long unitsOfAUnit() {
    return size;
  }
}

record Sleepers(long ms) implements Job {
  @Override public long unit(int index) throws InterruptedException {
    Thread.sleep(ms);
    return 1;
  }

  @Override public boolean beginsTogether() {
    return true;
  }
}

record Skynet(long leaves, ThreadFactory threads) implements Job {
  private static final int CHILDREN = 10;

  Skynet {
    long rest = leaves;
    while (rest > 1 && rest % CHILDREN == 0) rest /= CHILDREN;
    if (rest != 1) throw new IllegalArgumentException("found " + leaves + " leaves, expected a power of ten");
  }

  @Override public long unit(int index) throws InterruptedException {
    return sum(0, leaves);
  }

  private long sum(long first, long leaves) throws InterruptedException {
    if (leaves == 1) return first;
    long each = leaves / CHILDREN;
    Unit[] children = new Unit[CHILDREN];
    for (int i = 0; i < CHILDREN; i++) {
      long begin = first + i * each;
      children[i] = Unit.start(threads, () -> sum(begin, each));
    }
    long sum = 0;
    for (Unit child : children) sum += child.join();
    return sum;
  }

  @Override public long answer(long[] ofUnits) {
    return ofUnits[0];
  }

  @Override public long unitsOfAUnit() {
    return (leaves - 1) / (CHILDREN - 1) * CHILDREN;
  }
}

final class PingPong implements Job {
  private final long size;
  private final BlockingQueue<Long> toFirst = new ArrayBlockingQueue<>(1), toSecond = new ArrayBlockingQueue<>(1);

  PingPong(int units, long size) {
    if (units != 2) throw new IllegalArgumentException("found the units " + units + ", expected 2");
    this.size = size;
  }

  @Override public long unit(int index) throws InterruptedException {
    return index == 0 ? first() : second();
  }

  private long first() throws InterruptedException {
    long number = 0;
    for (long i = 0; i < size; i++) {
      toSecond.put(number);
      number = toFirst.take();
    }
    return number;
  }

  private long second() throws InterruptedException {
    for (long i = 0; i < size; i++) toFirst.put(toSecond.take() + 1);
    return 0;
  }

  @Override public boolean beginsTogether() {
    return true;
  }
}
