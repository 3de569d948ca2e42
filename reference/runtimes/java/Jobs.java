import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;

/** The jobs of bakeoff, a thread per unit: platform threads here, virtual ones in VirtualJobs. */
public final class Jobs {
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;
  /** One, which the compiler does not know: otherwise it replaces the loop by its result. */
  private static volatile long one = 1;

  public static void main(String[] args) throws InterruptedException {
    run(args, Thread::new);
  }

  /** args: the job, the units, the size. */
  static void run(String[] args, ThreadFactory threads) throws InterruptedException {
    int units = Integer.parseInt(args[1]);
    long size = Long.parseLong(args[2]);
    long[] answers = new long[units];
    List<Thread> all = new ArrayList<>();
    long begin = System.nanoTime();
    for (int i = 0; i < units; i++) {
      int index = i;
      Thread thread = threads.newThread(() -> answers[index] = answer(args[0], index, units, size));
      thread.start();
      all.add(thread);
    }
    for (Thread thread : all) thread.join();
    long elapsed = System.nanoTime() - begin, sum = 0;
    for (long answer : answers) sum += answer;
    System.out.printf("{\"answer\":%s,\"elapsed_ns\":%d,\"units_created\":%d,\"runtime\":%s}%n",
        Long.toUnsignedString(sum), elapsed, units, Server.runtime());
  }

  private static long answer(String job, int index, int units, long size) {
    return switch (job) {
      case "count" -> count(size);
      case "sha256" -> sha256(index, units, size);
      default -> throw new IllegalArgumentException("found the job " + job + ", expected count or sha256");
    };
  }

  private static long count(long size) {
    long n = 0, step = one;
    while (n < size) n += step;
    return n;
  }

  private static long sha256(long index, long units, long size) {
    try {
      MessageDigest method = MessageDigest.getInstance("SHA-256");
      ByteBuffer block = ByteBuffer.allocate(65536).order(ByteOrder.LITTLE_ENDIAN);
      long answer = 0;
      for (long i = index; i < size * 16; i += units) {
        long stream = mix(mix(4 + GOLDEN) + (i + 1) * GOLDEN);
        for (int at = 0; at < block.capacity(); at += 8) block.putLong(at, mix(stream + (at + 1) * GOLDEN));
        ByteBuffer digest = ByteBuffer.wrap(method.digest(block.array()));
        long total = mix(i + GOLDEN);
        while (digest.hasRemaining()) total = mix(total ^ digest.getLong());
        answer += total;
      }
      return answer;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static long mix(long z) {
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }
}
