import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What is said on a connection. It knows nothing of who waits. */
interface Protocol {
  long INPUT = -1, CLOSE = -2, FILE = -3, CALL = -4;
  int MOST_REPLIES = 1 << 16;

  /**
   * Takes complete requests from `in` and adds their replies to `out`. Returns INPUT when it needs more, CLOSE when the
   * connection ends after these replies, FILE when file() is to be opened and opened() called, CALL when calls() are to be
   * made and called() called, or the microseconds to wait before it is called again; 0 when enough replies have been made to
   * be sent.
   */
  long take(ByteBuffer in, Replies out);

  /** The name of the file that is to be opened. */
  default String file() {
    throw new UnsupportedOperationException();
  }

  /** Adds the head for a file of this size, -1 where there is none. Returns whether the file follows it. */
  default boolean opened(long size, Replies out) {
    throw new UnsupportedOperationException();
  }

  default Calls calls() {
    throw new UnsupportedOperationException();
  }

  /** What the calls came to, which the next take() replies with. */
  default void called(Asked came) {
    throw new UnsupportedOperationException();
  }

  static Protocol of(String workload) {
    return switch (workload) {
      case "echo" -> new Echo();
      case "http" -> new Http();
      case "counter" -> new Counter();
      default -> throw new IllegalArgumentException("found " + workload + ", expected echo, http or counter");
    };
  }

  /** The position of the next line's end in `in`, -1 when it has not come. */
  static int lineEnd(ByteBuffer in) {
    for (int i = in.position(); i < in.limit(); i++) {
      if (in.get(i) == '\n') return i;
    }
    return -1;
  }

  /** The line that ends there, without its end; `in` is moved behind it. */
  static String line(ByteBuffer in, int end) {
    int length = end - in.position();
    if (length > 0 && in.get(end - 1) == '\r') length--;
    String line = text(in, length);
    in.position(end + 1);
    return line;
  }

  /** The next bytes as a text of as many characters; `in` stays where it is. */
  static String text(ByteBuffer in, int length) {
    return new String(in.array(), in.arrayOffset() + in.position(), length, StandardCharsets.ISO_8859_1);
  }
}

/** The replies that have not been sent, in an array that is used again; without ByteArrayOutputStream's locks. */
final class Replies {
  private byte[] bytes = new byte[64];
  private int size;

  void add(String text) {
    byte[] reply = text.getBytes(StandardCharsets.ISO_8859_1);
    add(reply, 0, reply.length);
  }

  void add(byte[] from, int begin, int length) {
    if (length > bytes.length - size) bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + length));
    System.arraycopy(from, begin, bytes, size, length);
    size += length;
  }

  byte[] array() {
    return bytes;
  }

  int size() {
    return size;
  }

  void reset() {
    size = 0;
  }
}

final class Echo implements Protocol {
  @Override
  public long take(ByteBuffer in, Replies out) {
    out.add(in.array(), in.arrayOffset() + in.position(), in.remaining());
    in.position(in.limit());
    return INPUT;
  }
}

/** What a target asks for: a status and a body, after a wait or so many rounds of work, a file, or calls of the back end. */
record Asked(int status, String body, long waitMicros, long rounds, String file, Calls calls) {
  static final Asked NOT_FOUND = new Asked(404, "Not Found");
  private static final Asked NOT_ALLOWED = new Asked(405, "Method Not Allowed");
  static final Asked FOUND = new Asked(200, "");
  static final Asked BAD = new Asked(400, "Bad Request");

  Asked(int status, String body) {
    this(status, body, 0, 0, null, null);
  }

  static Asked of(String method, String target) {
    int query = target.indexOf('?');
    String path = query < 0 ? target : target.substring(0, query);
    try {
      Asked known = known(path);
      return known == NOT_FOUND || method.equals("GET") || method.equals("HEAD") ? known : NOT_ALLOWED;
    } catch (NumberFormatException e) {
      return BAD;
    }
  }

  private static Asked known(String path) {
    if (path.equals("/")) return new Asked(200, "Hello, World!");
    if (path.startsWith("/id/")) return new Asked(200, Long.toUnsignedString(number(path.substring(4), -1)));
    if (path.startsWith("/wait/")) {
      long us = number(path.substring(6), 60_000_000);
      return new Asked(200, "waited " + us, us, 0, null, null);
    }
    if (path.startsWith("/work/")) return new Asked(200, null, 0, number(path.substring(6), 1_000_000_000), null, null);
    if (path.startsWith("/file/")) return new Asked(200, "", 0, 0, Long.toUnsignedString(number(path.substring(6), -1)), null);
    if (!Server.callsBackEnd) return NOT_FOUND;
    if (path.startsWith("/call/")) return calls("1/" + path.substring(6), false);
    if (path.startsWith("/calls/")) return calls(path.substring(7), false);
    if (path.startsWith("/calls-at-once/")) return calls(path.substring(15), true);
    return NOT_FOUND;
  }

  private static Asked calls(String numbers, boolean atOnce) {
    int slash = Math.max(numbers.indexOf('/'), 0);
    int count = (int) number(numbers.substring(0, slash), Calls.MOST_CALLS);
    int first = (int) number(numbers.substring(slash + 1), Calls.MOST_ITEMS - 1);
    if (count == 0) throw new NumberFormatException(numbers);
    return new Asked(200, "", 0, 0, null, new Calls(count, first, atOnce));
  }

  /** Digits without a sign or leading zeros; all 64 bits are the number. */
  private static long number(String text, long most) {
    long value = Long.parseUnsignedLong(text);
    if (Long.compareUnsigned(value, most) > 0 || (text.length() > 1 && text.charAt(0) == '0') || text.charAt(0) == '+') {
      throw new NumberFormatException(text);
    }
    return value;
  }

  /** Works where that is asked for. */
  String answer() {
    return body != null ? body : Long.toUnsignedString(work(rounds));
  }

  private static long work(long n) {
    long state = n, answer = n;
    for (long i = 0; i < n; i++) {
      state += 0x9e3779b97f4a7c15L;
      long z = state;
      z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
      z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
      z ^= z >>> 31;
      answer = (answer ^ z) * 0x9e3779b97f4a7c15L;
    }
    return answer;
  }

  String reason() {
    return switch (status) {
      case 200 -> "OK";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 502 -> "Bad Gateway";
      case 504 -> "Gateway Timeout";
      default -> "Bad Request";
    };
  }
}

/** HTTP/1.1 on the connection itself: requests without a body. */
final class Http implements Protocol {
  private static final int MOST_HEAD = 8192;
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US).withZone(ZoneOffset.UTC);
  private long second = -1;
  private String date; // Of that second.
  private String line; // The request line, once it has come.
  private int size, hosts;
  private boolean keep, bad, closing;
  private Asked waited; // The answer that is due when take(), opened() or called() is called.

  @Override
  public String file() {
    return waited.file();
  }

  @Override
  public boolean opened(long size, Replies out) {
    boolean follows = size >= 0 && !line.startsWith("HEAD ");
    waited = null;
    if (size < 0) {
      closing = !reply(Asked.NOT_FOUND, out);
    } else {
      closing = !head(Asked.FOUND, size, "", out);
    }
    return follows;
  }

  @Override
  public Calls calls() {
    return waited.calls();
  }

  @Override
  public void called(Asked came) {
    waited = came;
  }

  @Override
  public long take(ByteBuffer in, Replies out) {
    if (closing) return CLOSE;
    if (waited != null) {
      Asked due = waited;
      waited = null;
      if (!reply(due, out)) return CLOSE;
    }
    for (int end; (end = Protocol.lineEnd(in)) >= 0; ) {
      size += end + 1 - in.position();
      String next = Protocol.line(in, end);
      if (line == null) {
        if (next.isEmpty()) continue;
        begin(next);
      } else if (!next.isEmpty()) {
        field(next);
      }
      if (bad || size > MOST_HEAD) return refuse(out);
      if (!next.isEmpty()) continue;
      String[] words = line.split(" ", -1);
      if (words.length != 3 || (hosts != 1 && !line.endsWith(" HTTP/1.0"))) return refuse(out);
      Asked asked = Asked.of(words[0], words[1]);
      if (asked.waitMicros() > 0) {
        waited = asked;
        return asked.waitMicros();
      }
      if (asked.file() != null) {
        waited = asked;
        return FILE;
      }
      if (asked.calls() != null) {
        waited = asked;
        return CALL;
      }
      if (!reply(asked, out)) return CLOSE;
      if (out.size() >= MOST_REPLIES) return 0;
    }
    return in.remaining() > MOST_HEAD ? refuse(out) : INPUT;
  }

  private void begin(String next) {
    line = next;
    keep = next.endsWith(" HTTP/1.1");
    bad = !keep && !next.endsWith(" HTTP/1.0");
    hosts = 0;
  }

  private void field(String field) {
    int colon = field.indexOf(':');
    String name = colon < 0 ? field : field.substring(0, colon), value = field.substring(colon + 1).strip();
    if (name.equalsIgnoreCase("Host")) {
      hosts++;
    } else if (name.equalsIgnoreCase("Connection")) {
      keep = value.equalsIgnoreCase("keep-alive") || (keep && !value.equalsIgnoreCase("close"));
    } else if (name.equalsIgnoreCase("Transfer-Encoding") || (name.equalsIgnoreCase("Content-Length") && !value.equals("0"))) {
      bad = true;
    }
  }

  private long refuse(Replies out) {
    keep = false;
    if (line == null) line = "";
    reply(Asked.BAD, out);
    return CLOSE;
  }

  /** Returns whether the connection stays open. */
  private boolean reply(Asked asked, Replies out) {
    String body = asked.answer();
    return head(asked, body.length(), body, out);
  }

  private boolean head(Asked asked, long length, String body, Replies out) {
    StringBuilder reply = new StringBuilder(192);
    reply.append("HTTP/1.1 ").append(asked.status()).append(' ').append(asked.reason()).append("\r\nDate: ")
        .append(date()).append("\r\nContent-Type: text/plain\r\nContent-Length: ").append(length);
    if (!keep) {
      reply.append("\r\nConnection: close");
    } else if (line.endsWith(" HTTP/1.0")) {
      reply.append("\r\nConnection: keep-alive");
    }
    reply.append("\r\n\r\n");
    if (!line.startsWith("HEAD ")) reply.append(body);
    out.add(reply.toString());
    line = null;
    size = 0;
    return keep;
  }

  private String date() {
    long now = System.currentTimeMillis() / 1000;
    if (now != second) {
      second = now;
      date = DATE.format(Instant.ofEpochSecond(now));
    }
    return date;
  }
}

/** PING, SET, GET, INCR and FLUSHALL of Redis, as arrays of bulk strings. */
final class Counter implements Protocol {
  private static volatile Map<String, String> values = new ConcurrentHashMap<>();
  private static final Map<String, Integer> ARGUMENTS = Map.of("PING", 0, "SET", 2, "GET", 1, "INCR", 1, "FLUSHALL", 0);
  private static final int MOST_WORDS = 1024, MOST_BYTES = 4 << 20, MOST_LINE = 64;

  @Override
  public long take(ByteBuffer in, Replies out) {
    try {
      for (String[] words; (words = command(in)) != null; ) {
        if (words.length > 0) out.add(run(words));
        if (out.size() >= MOST_REPLIES) return 0;
      }
      if (in.remaining() <= MOST_BYTES) return INPUT;
    } catch (NumberFormatException e) {
      // It is answered below.
    }
    out.add("-ERR Protocol error: invalid length\r\n");
    return CLOSE;
  }

  /** The next command, null when it has not come whole: then `in` is where it was. */
  private static String[] command(ByteBuffer in) {
    int begin = in.position();
    int count = length(in, '*', MOST_WORDS);
    String[] words = count < 0 ? null : new String[count];
    for (int i = 0; words != null && i < count; i++) {
      int size = length(in, '$', MOST_BYTES);
      if (size < 0 || in.remaining() < size + 2) {
        words = null;
      } else {
        words[i] = Protocol.text(in, size);
        in.position(in.position() + size + 2);
      }
    }
    if (words == null) in.position(begin);
    return words;
  }

  /** -1 when the line has not come. */
  private static int length(ByteBuffer in, char kind, int most) {
    int end = Protocol.lineEnd(in);
    if (end < 0 && in.remaining() < MOST_LINE) return -1;
    String line = end < 0 ? "" : Protocol.line(in, end);
    if (line.isEmpty() || line.charAt(0) != kind) throw new NumberFormatException(line);
    int length = Integer.parseUnsignedInt(line.substring(1));
    if (length < 0 || length > most) throw new NumberFormatException(line);
    return length;
  }

  private static String run(String[] words) {
    String name = words[0].toUpperCase(Locale.ROOT);
    Integer expected = ARGUMENTS.get(name);
    if (expected == null) return "-ERR unknown command\r\n";
    if (name.equals("PING") && words.length == 2) return bulk(words[1]);
    if (words.length - 1 != expected) return "-ERR wrong number of arguments\r\n";
    return switch (name) {
      case "PING" -> "+PONG\r\n";
      case "SET" -> {
        values.put(words[1], words[2]);
        yield "+OK\r\n";
      }
      case "GET" -> {
        String value = values.get(words[1]);
        yield value == null ? "$-1\r\n" : bulk(value);
      }
      case "INCR" -> increment(words[1]);
      default -> {
        values = new ConcurrentHashMap<>();
        yield "+OK\r\n";
      }
    };
  }

  private static String bulk(String value) {
    return "$" + value.length() + "\r\n" + value + "\r\n";
  }

  private static String increment(String key) {
    try {
      return ":" + values.merge(key, "1", (old, one) -> {
        long number = Long.parseLong(old);
        if (!Long.toString(number).equals(old)) throw new NumberFormatException(old);
        return Long.toString(Math.addExact(number, 1));
      }) + "\r\n";
    } catch (NumberFormatException e) {
      return "-ERR value is not an integer or out of range\r\n";
    } catch (ArithmeticException e) {
      return "-ERR increment or decrement would overflow\r\n";
    }
  }
}
