/** The jobs on virtual threads (JDK 21). */
public final class VirtualJobs {
  public static void main(String[] args) throws InterruptedException {
    Jobs.run(args, Thread.ofVirtual().factory());
  }
}
