import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The pool of connections of a loop, which calls it back when calls have come to an end. */
final class NioBackEnd {
  private final Selector selector;
  private final URI uri;
  private final long timeout;
  private final List<Connection> all = new ArrayList<>();
  private final Deque<Connection> free = new ArrayDeque<>(); // The one that was free last is the first.
  private final Queue<Call> waiting = new ArrayDeque<>();
  private final Queue<Connection> failed = new ArrayDeque<>(); // At the beginning of a call, from where its end cannot be told.
  private final Set<Request> running = new LinkedHashSet<>(); // In the order in which they are due: all may take the same time.

  NioBackEnd(Selector selector, URI uri, int pool, int timeoutMillis) {
    this.selector = selector;
    this.uri = uri;
    timeout = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    for (int i = 0; i < pool; i++) all.add(new Connection());
    free.addAll(all);
  }

  /** `then` is not called before this returns. */
  void run(Calls calls, Consumer<Asked> then) {
    new Request(calls, then).begin();
  }

  /** Nanoseconds until the next call is late; 0 where one has failed. */
  long untilLate() {
    if (!failed.isEmpty()) return 0;
    return running.isEmpty() ? Long.MAX_VALUE : running.iterator().next().due - System.nanoTime();
  }

  /** Ends the calls that have failed or are late. */
  void endLate() {
    for (Connection connection; (connection = failed.poll()) != null; ) connection.fail();
    while (untilLate() <= 0) running.iterator().next().end(BackEnd.GATEWAY_TIMEOUT);
  }

  private record Call(Request request, int place) {}

  private final class Request {
    private final Calls calls;
    private final String[] answers;
    private final Consumer<Asked> then;
    private int missing;
    private long due;

    Request(Calls calls, Consumer<Asked> then) {
      this.calls = calls;
      this.then = then;
      missing = calls.count();
      answers = new String[missing];
    }

    void begin() {
      start();
      submit(new Call(this, 0));
      for (int i = 1; calls.atOnce() && i < answers.length; i++) submit(new Call(this, i));
    }

    private void start() {
      due = System.nanoTime() + timeout;
      running.add(this);
    }

    void answered(int place, String answer) {
      answers[place] = answer;
      if (--missing == 0) {
        end(new Asked(200, String.join(" ", answers)));
      } else if (!calls.atOnce()) {
        running.remove(this);
        start();
        submit(new Call(this, place + 1));
      }
    }

    void end(Asked came) {
      running.remove(this);
      if (missing > 0) {
        waiting.removeIf(call -> call.request == this);
        for (Connection connection : all) {
          if (connection.call != null && connection.call.request == this) connection.giveBack(false);
        }
      }
      then.accept(came);
    }
  }

  private void submit(Call call) {
    if (free.isEmpty()) {
      waiting.add(call);
    } else {
      free.pop().begin(call);
    }
  }

  /** It is made by the first call, and again by the next one after a failure. It has one call at a time. */
  final class Connection {
    private SocketChannel channel;
    private SelectionKey key;
    private BackEndProtocol protocol;
    private ByteBuffer in, out;
    private boolean opening;
    private Call call;

    void begin(Call next) {
      call = next;
      try {
        if (channel != null) {
          ask();
          return;
        }
        protocol = BackEndProtocol.of(uri.getScheme(), uri.getAuthority());
        in = ByteBuffer.allocate(4096);
        channel = SocketChannel.open();
        channel.configureBlocking(false);
        key = channel.register(selector, SelectionKey.OP_CONNECT, this);
        if (channel.connect(new InetSocketAddress(uri.getHost(), uri.getPort()))) open();
      } catch (IOException e) {
        failed.add(this);
      }
    }

    private void open() throws IOException {
      opening = protocol.opening() != null;
      if (opening) {
        out = ByteBuffer.wrap(protocol.opening());
        write();
      } else {
        ask();
      }
    }

    private void ask() throws IOException {
      out = ByteBuffer.wrap(protocol.ask(call.request.calls.item(call.place)));
      write();
    }

    private void write() throws IOException {
      channel.write(out);
      key.interestOps(out.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
    }

    /** Of one call that fails, the others that belong to it are closed too, so that the event of a key may be out of date. */
    void serve(SelectionKey ready) {
      if (ready != key) return;
      try {
        if (key.isConnectable()) {
          if (channel.finishConnect()) open();
        } else if (key.isWritable()) {
          write();
        } else {
          read();
        }
      } catch (IOException e) {
        fail();
      }
    }

    private void read() throws IOException {
      if (channel.read(in) < 0) throw new ProtocolException("the connection has ended");
      in.flip();
      String answer = call == null ? null : protocol.take(in);
      if (answer == null && in.remaining() > 2 * BackEndProtocol.MOST_ANSWER) throw new ProtocolException("too long");
      in = Server.room(in);
      if (answer == null) return;
      if (opening) {
        opening = false;
        ask();
        return;
      }
      Call answered = call;
      giveBack(!protocol.ends());
      answered.request.answered(answered.place, answer);
    }

    private void fail() {
      if (call != null) {
        call.request.end(BackEnd.BAD_GATEWAY);
      } else {
        close(); // It was free, and stays so.
      }
    }

    private void giveBack(boolean stays) {
      call = null;
      if (!stays) close();
      Call next = waiting.poll();
      if (next != null) {
        begin(next);
      } else if (stays) {
        free.addFirst(this);
      } else {
        free.addLast(this);
      }
    }

    private void close() {
      try {
        if (channel != null) channel.close();
      } catch (IOException e) {
        // It is closed all the same.
      }
      channel = null;
    }
  }
}
