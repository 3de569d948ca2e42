import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** What a request asks of the back end: so many items, from the first on. */
record Calls(int count, int first, boolean atOnce) {
  static final int MOST_ITEMS = 10_000, MOST_CALLS = 16;

  int item(int i) {
    return (first + i) % MOST_ITEMS;
  }
}

/** The pool of connections to the back end, for calls that block their thread. */
final class BackEnd {
  static final int POOL = 8, TIMEOUT_MILLIS = 1000; // Where nothing is said.
  static final Asked BAD_GATEWAY = new Asked(502, "Bad Gateway");
  static final Asked GATEWAY_TIMEOUT = new Asked(504, "Gateway Timeout");

  private final Semaphore permits;
  private final Deque<Connection> free = new ConcurrentLinkedDeque<>(); // The one that was free last is the first.
  private final long timeout;
  private final Executor threads;

  /** Each of the calls that are made at once gets a thread of its own; where `threads` is null, they share their request's. */
  BackEnd(URI uri, int pool, int timeoutMillis, Executor threads) {
    permits = new Semaphore(pool, true);
    for (int i = 0; i < pool; i++) free.add(new Connection(uri));
    timeout = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    this.threads = threads;
  }

  Asked answer(Calls calls) throws InterruptedException {
    try {
      return new Asked(200, String.join(" ", run(calls)));
    } catch (SocketTimeoutException e) {
      return GATEWAY_TIMEOUT;
    } catch (IOException e) {
      return BAD_GATEWAY;
    }
  }

  private List<String> run(Calls calls) throws IOException, InterruptedException {
    List<String> answers = new ArrayList<>(calls.count());
    if (calls.atOnce() && threads != null) {
      runOnThreads(calls, answers);
    } else if (calls.atOnce()) {
      long due = System.nanoTime() + timeout;
      while (answers.size() < calls.count()) runOnFree(calls, answers, due);
    } else {
      for (int i = 0; i < calls.count(); i++) answers.add(call(calls.item(i), System.nanoTime() + timeout));
    }
    return answers;
  }

  private void runOnThreads(Calls calls, List<String> answers) throws IOException, InterruptedException {
    long due = System.nanoTime() + timeout;
    List<FutureTask<String>> tasks = new ArrayList<>(calls.count());
    for (int i = 0; i < calls.count(); i++) {
      int item = calls.item(i);
      FutureTask<String> task = new FutureTask<>(() -> call(item, due));
      tasks.add(task);
      threads.execute(task);
    }
    try {
      for (FutureTask<String> task : tasks) answers.add(task.get());
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException failure ? failure : new IOException(e);
    }
  }

  private String call(int item, long due) throws IOException, InterruptedException {
    if (!permits.tryAcquire(due - System.nanoTime(), TimeUnit.NANOSECONDS)) throw new SocketTimeoutException();
    Connection connection = free.pop();
    try {
      connection.send(item, due);
      return connection.receive(due);
    } finally {
      giveBack(connection);
    }
  }

  /** Sends on all connections that are free, and on one at least, and then reads from each in turn. */
  private void runOnFree(Calls calls, List<String> answers, long due) throws IOException, InterruptedException {
    if (!permits.tryAcquire(due - System.nanoTime(), TimeUnit.NANOSECONDS)) throw new SocketTimeoutException();
    Deque<Connection> lent = new ArrayDeque<>();
    int next = answers.size();
    try {
      do {
        lent.add(free.pop());
        lent.getLast().send(calls.item(next++), due);
      } while (next < calls.count() && permits.tryAcquire(0, TimeUnit.SECONDS)); // Not before those who wait.
      while (!lent.isEmpty()) {
        answers.add(lent.getFirst().receive(due));
        giveBack(lent.removeFirst());
      }
    } finally {
      lent.forEach(this::giveBack); // A call has failed.
    }
  }

  private void giveBack(Connection connection) {
    if (connection.isReady()) {
      free.addFirst(connection);
    } else {
      connection.close();
      free.addLast(connection);
    }
    permits.release();
  }

  /** It is made by the first call, and again by the next one after a failure. It has one call at a time. */
  private static final class Connection {
    private final URI uri;
    private Socket socket;
    private BackEndProtocol protocol;
    private ByteBuffer in;
    private boolean busy;

    Connection(URI uri) {
      this.uri = uri;
    }

    void send(int item, long due) throws IOException {
      busy = true;
      if (socket == null) open(due);
      socket.getOutputStream().write(protocol.ask(item));
    }

    private void open(long due) throws IOException {
      socket = new Socket();
      protocol = BackEndProtocol.of(uri.getScheme(), uri.getAuthority());
      in = ByteBuffer.allocate(4096);
      socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()), millisUntil(due));
      if (protocol.opening() == null) return;
      socket.getOutputStream().write(protocol.opening());
      read(due);
    }

    String receive(long due) throws IOException {
      String answer = read(due);
      busy = protocol.ends();
      return answer;
    }

    private String read(long due) throws IOException {
      while (true) {
        socket.setSoTimeout(millisUntil(due));
        int n = socket.getInputStream().read(in.array(), in.position(), in.remaining());
        if (n < 0) throw new ProtocolException("the connection has ended");
        in.position(in.position() + n).flip();
        String answer = protocol.take(in);
        if (answer == null && in.remaining() > 2 * BackEndProtocol.MOST_ANSWER) throw new ProtocolException("too long");
        in = Server.room(in);
        if (answer != null) return answer;
      }
    }

    private static int millisUntil(long due) throws SocketTimeoutException {
      long left = due - System.nanoTime();
      if (left <= 0) throw new SocketTimeoutException();
      return (int) ((left + 999_999) / 1_000_000);
    }

    boolean isReady() {
      return socket != null && !busy;
    }

    void close() {
      try {
        if (socket != null) socket.close();
      } catch (IOException e) {
        // It is closed all the same.
      }
      socket = null;
      busy = false;
    }
  }
}
