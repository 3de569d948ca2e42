import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.PriorityQueue;

/** One thread, a selector, and channels that do not block. */
public final class NioServer {
  private static final PriorityQueue<Connection> WAITING = new PriorityQueue<>((a, b) -> Long.signum(a.due - b.due));
  private final Selector selector = Selector.open();
  private final ServerSocketChannel listener = ServerSocketChannel.open();
  private final String workload;
  private NioBackEnd backEnd; // null where there is none.
  private boolean full;

  private NioServer(String workload, int port) throws IOException {
    this.workload = workload;
    Protocol.of(workload);
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), Server.BACKLOG);
    listener.configureBlocking(false);
    listener.register(selector, SelectionKey.OP_ACCEPT);
  }

  /**
   * args: the workload, the port, the folder of the files; the URL of the back end or none, the most connections to it, and the
   * milliseconds that a call may take.
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    Server.files = Path.of(args[2], "file");
    NioServer server = new NioServer(args[0], Integer.parseInt(args[1]));
    Server.callsBackEnd = args.length > 3 && !args[3].equals("none");
    if (Server.callsBackEnd) {
      int pool = args.length > 4 ? Integer.parseInt(args[4]) : BackEnd.POOL;
      int timeout = args.length > 5 ? Integer.parseInt(args[5]) : BackEnd.TIMEOUT_MILLIS;
      server.backEnd = new NioBackEnd(server.selector, URI.create(args[3]), pool, timeout);
    }
    Server.ready(server.listener.socket().getLocalPort());
    while (true) {
      server.select();
      while (!WAITING.isEmpty() && WAITING.peek().due - System.nanoTime() <= 0) WAITING.poll().resume();
      if (server.backEnd != null) server.backEnd.endLate();
      if (server.full) server.pause();
    }
  }

  /** Until something is ready, the first wait is over, or a call is late. */
  private void select() throws IOException {
    long left = WAITING.isEmpty() ? Long.MAX_VALUE : WAITING.peek().due - System.nanoTime();
    if (backEnd != null) left = Math.min(left, backEnd.untilLate());
    if (left <= 0) {
      selector.selectNow(this::serve);
    } else {
      selector.select(this::serve, left / 1_000_000 + 1);
    }
  }

  private void serve(SelectionKey key) {
    if (!key.isValid()) return; // It was closed for what has happened on another one.
    if (key.attachment() instanceof Connection connection) {
      connection.serve();
      return;
    }
    if (key.attachment() instanceof NioBackEnd.Connection connection) {
      connection.serve(key);
      return;
    }
    try {
      SocketChannel channel = listener.accept();
      if (channel == null) return;
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      new Connection(channel, Protocol.of(workload), backEnd).register(selector);
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
    private final NioBackEnd backEnd;
    private final Replies replies = new Replies();
    private ByteBuffer in = ByteBuffer.allocate(4096), out = ByteBuffer.allocate(0);
    private SelectionKey key;
    private long wanted = Protocol.INPUT; // What the protocol wants next.
    private boolean waiting;
    private long due; // When the wait is over.
    private boolean unopened; // The file that is wanted.
    private FileChannel file; // What follows `out`,
    private long sent; // and how much of it has gone.

    Connection(SocketChannel channel, Protocol protocol, NioBackEnd backEnd) {
      this.channel = channel;
      this.protocol = protocol;
      this.backEnd = backEnd;
    }

    void register(Selector selector) throws IOException {
      key = channel.register(selector, SelectionKey.OP_READ, this);
    }

    void serve() {
      try {
        if (key.isWritable()) {
          // More is due where the replies were too many at once, or a wait or a call has ended meanwhile.
          if (send() && wanted != Protocol.INPUT && wanted != Protocol.CLOSE && !waiting) proceed();
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

    private void called(Asked came) {
      protocol.called(came);
      if (channel.isOpen()) resume();
    }

    /** There is input, or something was waited for. */
    private void proceed() {
      try {
        do {
          if (unopened) {
            open();
            continue;
          }
          in.flip();
          wanted = protocol.take(in, replies);
          in = Server.room(in);
          out = ByteBuffer.wrap(replies.array(), 0, replies.size());
          replies.reset();
          unopened = wanted == Protocol.FILE;
          if (wanted > 0) {
            due = System.nanoTime() + wanted * 1000;
            waiting = WAITING.add(this);
          }
        } while (send() && (wanted == 0 || wanted == Protocol.FILE));
        if (wanted == Protocol.CALL) {
          waiting = true;
          backEnd.run(protocol.calls(), this::called);
        }
      } catch (IOException | OutOfMemoryError e) {
        close();
      }
    }

    /** Returns whether everything has been sent. Input is read again then, unless something is waited for. */
    private boolean send() throws IOException {
      channel.write(out);
      if (!out.hasRemaining() && file != null) sendFile();
      if (out.hasRemaining() || file != null) {
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

    /** On this thread, which stands still while the disk is read. */
    private void open() throws IOException {
      unopened = false;
      boolean follows = false;
      try {
        file = FileChannel.open(Server.files.resolve(protocol.file()), StandardOpenOption.READ);
        sent = 0;
        follows = protocol.opened(file.size(), replies);
      } catch (NoSuchFileException e) {
        protocol.opened(-1, replies);
      }
      out = ByteBuffer.wrap(replies.array(), 0, replies.size());
      replies.reset();
      if (!follows) closeFile();
    }

    private void sendFile() throws IOException {
      long left = file.size() - sent;
      if (left > 0) sent += file.transferTo(sent, left, channel);
      if (sent == file.size()) closeFile();
    }

    private void closeFile() throws IOException {
      if (file != null) file.close();
      file = null;
    }

    private void close() {
      if (waiting) WAITING.remove(this);
      waiting = false;
      try {
        closeFile();
        channel.close();
      } catch (IOException e) {
        // It is closed all the same.
      }
    }
  }
}
