import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;

/** A thread per connection and calls that block: platform threads here, virtual ones in VirtualServer. */
public final class Server {
  static final int BACKLOG = 4096;

  public static void main(String[] args) throws Exception {
    serve(args, task -> new Thread(task).start(), null);
  }

  /** Below it lie the files of /file/<k>. */
  static Path files;

  /** Whether there is one; otherwise /call/<k> leads nowhere. */
  static boolean callsBackEnd;

  private static BackEnd backEnd;

  /**
   * args: the workload, the port, raw or library, the folder of the files; the URL of the back end or none, the most connections
   * to it, and the milliseconds that a call may take. The threads for calls that are made at once are null where these share the
   * thread of their connection.
   */
  static void serve(String[] args, Executor threads, Executor threadsForCalls) throws Exception {
    files = Path.of(args[3], "file");
    callsBackEnd = args.length > 4 && !args[4].equals("none");
    if (callsBackEnd) {
      int pool = args.length > 5 ? Integer.parseInt(args[5]) : BackEnd.POOL;
      int timeout = args.length > 6 ? Integer.parseInt(args[6]) : BackEnd.TIMEOUT_MILLIS;
      backEnd = new BackEnd(URI.create(args[4]), pool, timeout, threadsForCalls);
    }
    int port = Integer.parseInt(args[1]);
    if (args[2].equals("library")) {
      library(port, threads);
      return;
    }
    Protocol.of(args[0]);
    ServerSocket listener = new ServerSocket(port, BACKLOG, InetAddress.getLoopbackAddress());
    ready(listener.getLocalPort());
    while (true) {
      Socket accepted = null;
      try {
        Socket connection = accepted = listener.accept();
        threads.execute(() -> talk(connection, Protocol.of(args[0])));
      } catch (IOException | OutOfMemoryError e) { // No descriptor or no thread is left, say.
        if (accepted != null) accepted.close();
        Thread.sleep(10);
      }
    }
  }

  private static void talk(Socket connection, Protocol protocol) {
    try (connection) {
      connection.setTcpNoDelay(true);
      InputStream input = connection.getInputStream();
      OutputStream output = connection.getOutputStream();
      ByteBuffer in = ByteBuffer.allocate(4096);
      Replies replies = new Replies();
      while (in != null) in = answer(input, in, protocol, replies, output);
    } catch (IOException | InterruptedException | OutOfMemoryError e) {
      // The peer has gone, or has sent more than there is room for.
    }
  }

  /** Answers what comes next. A method of its own is compiled as a whole, which the loop around it is not. */
  private static ByteBuffer answer(InputStream input, ByteBuffer in, Protocol protocol, Replies replies, OutputStream output)
      throws IOException, InterruptedException {
    int n = input.read(in.array(), in.position(), in.remaining());
    if (n < 0) return null;
    in.position(in.position() + n).flip();
    long wanted;
    while ((wanted = protocol.take(in, replies)) != Protocol.INPUT && wanted != Protocol.CLOSE) {
      send(replies, output);
      if (wanted == Protocol.FILE) {
        sendFile(protocol, replies, output);
      } else if (wanted == Protocol.CALL) {
        protocol.called(backEnd.answer(protocol.calls()));
      } else if (wanted > 0) {
        Thread.sleep(wanted / 1000, (int) (wanted % 1000) * 1000);
      }
    }
    send(replies, output);
    return wanted == Protocol.CLOSE ? null : room(in);
  }

  private static void sendFile(Protocol protocol, Replies replies, OutputStream output) throws IOException {
    try (FileInputStream file = new FileInputStream(files.resolve(protocol.file()).toFile())) {
      boolean follows = protocol.opened(file.getChannel().size(), replies);
      send(replies, output);
      if (follows) file.transferTo(output);
    } catch (FileNotFoundException e) {
      protocol.opened(-1, replies);
    }
  }

  private static void send(Replies replies, OutputStream output) throws IOException {
    if (replies.size() > 0) output.write(replies.array(), 0, replies.size());
    replies.reset();
  }

  /** The buffer with what is left at its beginning and room behind it. */
  static ByteBuffer room(ByteBuffer in) {
    if (in.remaining() < in.capacity()) return in.hasRemaining() || in.capacity() == 4096 ? in.compact() : ByteBuffer.allocate(4096);
    return ByteBuffer.allocate(2 * in.capacity()).put(in);
  }

  /** http by the server of the JDK. */
  private static void library(int port, Executor threads) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
    server.setExecutor(threads);
    server.createContext("/", Server::handle);
    server.start();
    ready(server.getAddress().getPort());
  }

  private static void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Asked asked = Asked.of(exchange.getRequestMethod(), exchange.getRequestURI().getRawPath());
      long us = asked.waitMicros();
      if (us > 0) Thread.sleep(us / 1000, (int) (us % 1000) * 1000);
      if (asked.file() != null) {
        handleFile(exchange, asked.file());
        return;
      }
      if (asked.calls() != null) asked = backEnd.answer(asked.calls());
      byte[] body = asked.answer().getBytes(StandardCharsets.ISO_8859_1);
      exchange.getResponseHeaders().set("Content-Type", "text/plain");
      boolean head = exchange.getRequestMethod().equals("HEAD");
      if (head) exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
      exchange.sendResponseHeaders(asked.status(), head ? -1 : body.length);
      if (!head) exchange.getResponseBody().write(body);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static void handleFile(HttpExchange exchange, String name) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/plain");
    boolean head = exchange.getRequestMethod().equals("HEAD");
    try (FileInputStream file = new FileInputStream(files.resolve(name).toFile())) {
      long size = file.getChannel().size();
      if (head) exchange.getResponseHeaders().set("Content-Length", Long.toString(size));
      exchange.sendResponseHeaders(200, head || size == 0 ? -1 : size);
      if (!head) file.transferTo(exchange.getResponseBody());
    } catch (FileNotFoundException e) {
      exchange.sendResponseHeaders(404, -1);
    }
  }

  static void ready(int port) {
    System.out.printf("{\"ready\":true,\"port\":%d,\"runtime\":%s}%n", port, runtime());
  }

  /** What this JVM is, as JSON. */
  static String runtime() {
    String collectors = ManagementFactory.getGarbageCollectorMXBeans().stream()
        .map(GarbageCollectorMXBean::getName).collect(Collectors.joining(", "));
    String flags = ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .map(flag -> '"' + flag + '"').collect(Collectors.joining(","));
    return String.format("{\"name\":\"java\",\"version\":\"%s\",\"cpus\":%d,\"collector\":\"%s\",\"heap_limit_mib\":%d,"
        + "\"flags\":[%s]}", Runtime.version(), Runtime.getRuntime().availableProcessors(), collectors,
        Runtime.getRuntime().maxMemory() >> 20, flags);
  }
}
