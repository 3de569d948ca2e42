import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.PriorityQueue;

/** One thread, a selector, and channels that do not block. */
public final class NioServer {
  private static final PriorityQueue<Connection> WAITING = new PriorityQueue<>((a, b) -> Long.signum(a.due - b.due));
  private final Selector selector = Selector.open();
  private final ServerSocketChannel listener = ServerSocketChannel.open();
  private final String workload;
  private boolean full;

  private NioServer(String workload, int port) throws IOException {
    this.workload = workload;
    Protocol.of(workload);
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), Server.BACKLOG);
    listener.configureBlocking(false);
    listener.register(selector, SelectionKey.OP_ACCEPT);
  }

  /** args: the workload, the port. */
  public static void main(String[] args) throws IOException, InterruptedException {
    NioServer server = new NioServer(args[0], Integer.parseInt(args[1]));
    Server.ready(server.listener.socket().getLocalPort());
    while (true) {
      server.selector.select(server::serve, timeout());
      while (!WAITING.isEmpty() && WAITING.peek().due - System.nanoTime() <= 0) WAITING.poll().resume();
      if (server.full) server.pause();
    }
  }

  /** Milliseconds until the first wait is over, rounded up; 0 is for ever. */
  private static long timeout() {
    if (WAITING.isEmpty()) return 0;
    return Math.max(1, (WAITING.peek().due - System.nanoTime() + 999_999) / 1_000_000);
  }

  private void serve(SelectionKey key) {
    if (key.attachment() instanceof Connection connection) {
      connection.serve();
      return;
    }
    try {
      SocketChannel channel = listener.accept();
      if (channel == null) return;
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      new Connection(channel, Protocol.of(workload)).register(selector);
    } catch (IOException e) {
      full = true; // No descriptor is left, say.
    }
  }

  /** The listener stays ready: without a pause the loop would spin. */
  private void pause() throws InterruptedException {
    full = false;
    Thread.sleep(10);
  }

  private static final class Connection {
    private final SocketChannel channel;
    private final Protocol protocol;
    private final Replies replies = new Replies();
    private ByteBuffer in = ByteBuffer.allocate(4096), out = ByteBuffer.allocate(0);
    private SelectionKey key;
    private long wanted = Protocol.INPUT; // What the protocol wants next.
    private boolean waiting;
    private long due; // When the wait is over.

    Connection(SocketChannel channel, Protocol protocol) {
      this.channel = channel;
      this.protocol = protocol;
    }

    void register(Selector selector) throws IOException {
      key = channel.register(selector, SelectionKey.OP_READ, this);
    }

    void serve() {
      try {
        if (key.isWritable()) {
          // More is due where the replies were too many at once, or a wait has ended meanwhile.
          if (send() && wanted >= 0 && !waiting) proceed();
        } else if (channel.read(in) < 0) {
          close();
        } else {
          proceed();
        }
      } catch (IOException e) {
        close(); // The peer has gone.
      }
    }

    /** The wait is over; what was answered before it may still have to be sent. */
    void resume() {
      waiting = false;
      if (!out.hasRemaining()) proceed();
    }

    /** There is input, or something was waited for. */
    private void proceed() {
      try {
        do {
          in.flip();
          wanted = protocol.take(in, replies);
          in = Server.room(in);
          out = ByteBuffer.wrap(replies.array(), 0, replies.size());
          replies.reset();
          if (wanted > 0) {
            due = System.nanoTime() + wanted * 1000;
            waiting = WAITING.add(this);
          }
        } while (send() && wanted == 0);
      } catch (IOException | OutOfMemoryError e) {
        close();
      }
    }

    /** Returns whether everything has been sent. Input is read again then, unless something is waited for. */
    private boolean send() throws IOException {
      channel.write(out);
      if (out.hasRemaining()) {
        key.interestOps(SelectionKey.OP_WRITE);
        return false;
      }
      if (wanted == Protocol.CLOSE) {
        close();
      } else {
        key.interestOps(wanted == Protocol.INPUT ? SelectionKey.OP_READ : 0);
      }
      return true;
    }

    private void close() {
      if (waiting) WAITING.remove(this);
      waiting = false;
      try {
        channel.close();
      } catch (IOException e) {
        // It is closed all the same.
      }
    }
  }
}
