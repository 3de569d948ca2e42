import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * A repository with a benchmark on JDK 19 says: virtual threads do 1.84 batches per second, a pool 0.53, and a platform thread for
 * each task 0.36. A batch is 10,000 tasks that sleep for a second and print their number, and the pool is a cached one, which
 * makes a thread whenever none is free. This program does the same: one thread submits (there, two did at a time), and the lines
 * go to /dev/null. No batch can take less than the second that its tasks sleep.
 */
public final class SleepingTasks {
  private static final int TASKS = 10_000;
  private static final Duration SLEEP = Duration.ofSeconds(1);

  public static void main(String[] args) throws IOException {
    double virtual;
    double pool;
    double platform;
    try (PrintStream lines = new PrintStream(new FileOutputStream("/dev/null"), true)) {
      // Uncounted, so that the classes are loaded.
      batch(Executors::newVirtualThreadPerTaskExecutor, 500, Duration.ofMillis(10), lines);
      batch(Executors::newCachedThreadPool, 500, Duration.ofMillis(10), lines);
      virtual = perSecond(Executors::newVirtualThreadPerTaskExecutor, lines);
      pool = perSecond(Executors::newCachedThreadPool, lines);
      platform = perSecond(() -> Executors.newThreadPerTaskExecutor(Executors.defaultThreadFactory()), lines);
    } catch (OutOfMemoryError noThread) {
      // The executor would wait for tasks that never run.
      System.err.println("found no further thread (" + noThread.getMessage() + "), expected " + TASKS + " at a time");
      Runtime.getRuntime().halt(2);
      return;
    }
    System.out.println(String.format(Locale.ROOT, """
        {"figures": {"virtual_over_pool": %.4f, "virtual_over_platform": %.4f, \
        "virtual_per_s": %.4f, "pool_per_s": %.4f, "platform_per_s": %.4f}, \
        "evidence": ["A batch of %d tasks that sleep for a second takes %.2f s by virtual threads, %.2f s by a cached pool, \
        and %.2f s by a platform thread for each task."], "units_created": %d}""",
        virtual / pool, virtual / platform, virtual, pool, platform, TASKS, 1 / virtual, 1 / pool, 1 / platform, 3 * TASKS));
  }

  /** Complete batches per second, by one of them: runs of the whole program repeat it. */
  private static double perSecond(Supplier<ExecutorService> executors, PrintStream lines) {
    return 1 / batch(executors, TASKS, SLEEP, lines);
  }

  /** How many seconds it takes. Closing the executor waits for all of its tasks. */
  private static double batch(Supplier<ExecutorService> executors, int tasks, Duration sleep, PrintStream lines) {
    long begin = System.nanoTime();
    ExecutorService executor = executors.get();
    for (int i = 0; i < tasks; i++) {
      int number = i;
      executor.submit(() -> {
        Thread.sleep(sleep);
        lines.println(number);
        return number;
      });
    }
    executor.close();
    return (System.nanoTime() - begin) / 1e9;
  }
}
