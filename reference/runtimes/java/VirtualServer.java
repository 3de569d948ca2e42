/** A virtual thread per connection (JDK 21): Server's blocking calls, on carriers as many as there are CPUs. */
public final class VirtualServer {
  public static void main(String[] args) throws Exception {
    Server.serve(args, Thread::startVirtualThread, Thread::startVirtualThread);
  }
}
