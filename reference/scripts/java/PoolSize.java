import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;

/**
 * B. Goetz (Java Concurrency in Practice, 2006) says: a pool should have cores x (1 + time of waiting / time of computing) threads.
 * This program has tasks that compute for two milliseconds and wait, for a time drawn between none and twice the mean, 0, 1, 9 or 99
 * times as long in the mean. Pools from half to twice the size of the formula always have more of them to do. When each thread has
 * done some, the tasks that end in a while are counted. The knee is the smallest size that does 90 % of what pools from the formula's size
 * on do in the mean. With a lock, the tasks compute one at a time, of which the formula does not know.
 */
public final class PoolSize {
  private static final double COMPUTE_S = 0.002;
  private static final double WINDOW_S = 0.6;
  private static final double[] FACTORS = {0.5, 0.75, 1, 1.25, 1.5, 2};
  private static final double ENOUGH = 0.9;
  private static final Object LOCK = new Object();

  private final double waitS;
  private final boolean locked;
  private final long rounds;

  private PoolSize(int waits, boolean locked, long rounds) {
    this.waitS = COMPUTE_S * waits;
    this.locked = locked;
    this.rounds = rounds;
  }

  public static void main(String[] args) throws InterruptedException {
    int waits = Integer.parseInt(args[0]);
    int cores = Runtime.getRuntime().availableProcessors();
    long rounds = roundsOf(COMPUTE_S);
    PoolSize tasks = new PoolSize(waits, args[1].equals("yes"), rounds);
    int formula = cores * (1 + waits);
    List<Integer> sizes = new ArrayList<>();
    for (double factor : FACTORS) {
      int size = Math.max(1, (int) Math.round(formula * factor));
      if (!sizes.contains(size)) sizes.add(size);
    }
    // Upwards and downwards, so that what changes with time does not favour a size.
    double[] perSecond = new double[sizes.size()];
    for (int i = 0; i < sizes.size(); i++) perSecond[i] += tasks.perSecond(sizes.get(i)) / 2;
    for (int i = sizes.size() - 1; i >= 0; i--) perSecond[i] += tasks.perSecond(sizes.get(i)) / 2;
    double full = 0;
    int enough = 0;
    for (int i = 0; i < perSecond.length; i++) {
      if (sizes.get(i) < formula) continue;
      full += perSecond[i];
      enough++;
    }
    full /= enough;
    int knee = 0;
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < perSecond.length; i++) {
      if (knee == 0 && perSecond[i] >= ENOUGH * full) knee = sizes.get(i);
      shown.append(String.format(Locale.ROOT, "%s%d: %.0f", i == 0 ? "" : ", ", sizes.get(i), perSecond[i]));
    }
    double computeMs = fastest(rounds) * 1e3;
    System.out.println(String.format(Locale.ROOT, """
        {"figures": {"knee_over_formula": %.4f, "knee_threads": %d, "formula_threads": %d, "full_per_s": %.2f, "compute_ms": %.3f}, \
        "evidence": ["Tasks per second by the size of the pool: %s. The formula says %d for %d cores."]}""",
        (double) knee / formula, knee, formula, full, computeMs, shown, formula, cores));
  }

  /** Tasks per second of a pool of that size. */
  private double perSecond(int size) throws InterruptedException {
    ExecutorService pool = Executors.newFixedThreadPool(size);
    try {
      LongAdder done = new LongAdder();
      for (int i = 0; i < 2 * size; i++) pool.execute(new Task(pool, done));
      Thread.sleep((long) (1000 * (4 * (waitS + COMPUTE_S) + 0.05)));
      long before = done.sum();
      long begin = System.nanoTime();
      Thread.sleep((long) (1000 * WINDOW_S));
      return (done.sum() - before) / ((System.nanoTime() - begin) / 1e9);
    } finally {
      pool.shutdownNow();
    }
  }

  /** Puts another one into the queue at its end, so that the pool never lacks any. */
  private final class Task implements Runnable {
    private final ExecutorService pool;
    private final LongAdder done;

    Task(ExecutorService pool, LongAdder done) {
      this.pool = pool;
      this.done = done;
    }

    @Override
    public void run() {
      try {
        if (waitS > 0) Thread.sleep((long) (1000 * ThreadLocalRandom.current().nextDouble(2 * waitS)));
      } catch (InterruptedException ended) {
        return;
      }
      if (locked) {
        synchronized (LOCK) {
          compute(rounds);
        }
      } else {
        compute(rounds);
      }
      done.increment();
      if (!pool.isShutdown()) {
        try {
          pool.execute(this);
        } catch (RejectedExecutionException ended) {
          return;
        }
      }
    }
  }

  /** How many rounds one thread computes in that time, once they are compiled. */
  private static long roundsOf(double seconds) {
    long rounds = 100_000;
    for (int i = 0; i < 50; i++) compute(rounds);
    return Math.max(1, (long) (rounds * seconds / fastest(rounds)));
  }

  /** In seconds, the fastest of some: what others take of the CPU makes one longer and never shorter. */
  private static double fastest(long rounds) {
    double fastest = Double.POSITIVE_INFINITY;
    for (int i = 0; i < 20; i++) {
      long begin = System.nanoTime();
      compute(rounds);
      fastest = Math.min(fastest, (System.nanoTime() - begin) / 1e9);
    }
    return fastest;
  }

  private static volatile long sink;

  /** A linear congruential generator: nothing but registers. */
  private static void compute(long rounds) {
    long state = rounds;
    for (long i = 0; i < rounds; i++) state = state * 6364136223846793005L + 1442695040888963407L;
    sink = state;
  }
}
