import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;

/**
 * A blog post says: threads of Java are threads of the operating system. This program parks 200 platform threads, and then 2,000
 * virtual ones, and divides by their number how much the line Threads of /proc/self/status has grown.
 */
public final class ThreadsOfTheSystem {
  public static void main(String[] args) throws IOException, InterruptedException {
    int platform = 200;
    int virtual = 2_000;
    // What the JVM starts when it is first needed (carriers, its compiler) is there before anything is counted.
    grown(Thread.ofPlatform(), 1);
    grown(Thread.ofVirtual(), 1);
    int byPlatform = grown(Thread.ofPlatform(), platform);
    int byVirtual = grown(Thread.ofVirtual(), virtual);
    System.out.println(String.format(Locale.ROOT, """
        {"figures": {"threads_per_platform_thread": %.4f, "threads_per_virtual_thread": %.4f}, \
        "evidence": ["%d parked platform threads: the process has %d threads more.", \
        "%d parked virtual threads: the process has %d threads more."], "units_created": %d}""",
        byPlatform / (double) platform, byVirtual / (double) virtual, platform, byPlatform, virtual, byVirtual,
        platform + virtual + 2));
  }

  /** By how many threads the process has grown when all of them wait. They have ended when it returns. */
  private static int grown(Thread.Builder builder, int count) throws IOException, InterruptedException {
    CountDownLatch started = new CountDownLatch(count);
    CountDownLatch stop = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>(count);
    int before = settledThreadsOfTheProcess();
    for (int i = 0; i < count; i++) {
      threads.add(builder.start(() -> {
        started.countDown();
        try {
          stop.await();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }));
    }
    started.await();
    int after = threadsOfTheProcess();
    stop.countDown();
    for (Thread thread : threads) thread.join();
    return after - before;
  }

  /** A thread that was joined may still be on its way out of the kernel. */
  private static int settledThreadsOfTheProcess() throws IOException, InterruptedException {
    int threads = threadsOfTheProcess();
    for (int last = -1; last != threads; threads = threadsOfTheProcess()) {
      last = threads;
      Thread.sleep(20);
    }
    return threads;
  }

  private static int threadsOfTheProcess() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("Threads:")) return Integer.parseInt(line.substring("Threads:".length()).strip());
    }
    throw new IllegalStateException("found no line Threads in /proc/self/status, expected one");
  }
}
