import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What is said on a connection to the back end, of which each has its own. It knows nothing of who waits. */
interface BackEndProtocol {
  int MOST_ANSWER = 1 << 16;

  static BackEndProtocol of(String scheme, String authority) {
    return switch (scheme) {
      case "http" -> new OverHttp(authority);
      case "redis" -> new OverRedis();
      case "postgres" -> new OverPostgres();
      default -> throw new IllegalArgumentException("found " + scheme + ", expected http, redis or postgres");
    };
  }

  /** What is sent first on a new connection, and answered; null where a call comes first. */
  default byte[] opening() {
    return null;
  }

  /** Whether the back end closes the connection after its last answer. */
  default boolean ends() {
    return false;
  }

  byte[] ask(int item);

  /** The answer, behind which `in` is moved. Null when it has not come whole: then `in` is where it was. */
  String take(ByteBuffer in) throws ProtocolException;

  static int size(String digits) throws ProtocolException {
    try {
      int size = Integer.parseUnsignedInt(digits);
      if (size >= 0 && size <= MOST_ANSWER) return size;
    } catch (NumberFormatException e) {
      // It is refused below.
    }
    throw new ProtocolException("found " + digits + ", expected a size");
  }
}

final class OverHttp implements BackEndProtocol {
  private final String host;
  private boolean ends;

  OverHttp(String host) {
    this.host = host;
  }

  @Override
  public boolean ends() {
    return ends;
  }

  @Override
  public byte[] ask(int item) {
    return ("GET /id/" + item + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
  }

  @Override
  public String take(ByteBuffer in) throws ProtocolException {
    int begin = in.position();
    String length = "";
    for (int end; (end = Protocol.lineEnd(in)) >= 0; ) {
      boolean first = in.position() == begin;
      String line = Protocol.line(in, end);
      if (first) {
        if (!line.startsWith("HTTP/1.1 200 ")) throw new ProtocolException(line);
        continue;
      }
      if (line.isEmpty()) {
        int size = BackEndProtocol.size(length);
        if (in.remaining() < size) break;
        String answer = Protocol.text(in, size);
        in.position(in.position() + size);
        return answer;
      }
      int colon = Math.max(line.indexOf(':'), 0);
      String name = line.substring(0, colon), value = line.substring(colon + 1).strip();
      if (name.equalsIgnoreCase("Content-Length")) length = value;
      if (name.equalsIgnoreCase("Connection")) ends = value.equalsIgnoreCase("close");
    }
    in.position(begin);
    return null;
  }
}

final class OverRedis implements BackEndProtocol {
  @Override
  public byte[] ask(int item) {
    String key = "item:" + item;
    return ("*2\r\n$3\r\nGET\r\n$" + key.length() + "\r\n" + key + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
  }

  @Override
  public String take(ByteBuffer in) throws ProtocolException {
    int begin = in.position(), end = Protocol.lineEnd(in);
    if (end < 0) return null;
    String line = Protocol.line(in, end);
    if (!line.startsWith("$")) throw new ProtocolException(line);
    int size = BackEndProtocol.size(line.substring(1));
    if (in.remaining() < size + 2) {
      in.position(begin);
      return null;
    }
    String bulk = Protocol.text(in, size + 2);
    if (!bulk.endsWith("\r\n")) throw new ProtocolException(bulk);
    in.position(in.position() + size + 2);
    return bulk.substring(0, size);
  }
}

/** Protocol 3.0 by the extended query: https://www.postgresql.org/docs/current/protocol.html */
final class OverPostgres implements BackEndProtocol {
  private static final String PARSE = "item\0SELECT value FROM items WHERE id = $1\0\0\0";
  private boolean opened, parsed;

  @Override
  public byte[] opening() {
    byte[] parameters = "user\0bakeoff\0database\0bakeoff\0\0".getBytes(StandardCharsets.ISO_8859_1);
    return ByteBuffer.allocate(8 + parameters.length).putInt(8 + parameters.length).putInt(3 << 16).put(parameters).array();
  }

  @Override
  public byte[] ask(int item) {
    String text = Integer.toString(item);
    ByteBuffer out = ByteBuffer.allocate(128);
    if (!parsed) message(out, 'P', PARSE);
    parsed = true;
    message(out, 'B', "\0item\0\0\0\0\1\0\0\0" + (char) text.length() + text + "\0\0");
    message(out, 'E', "\0\0\0\0\0");
    message(out, 'S', "");
    byte[] bytes = new byte[out.flip().remaining()];
    out.get(bytes);
    return bytes;
  }

  /** Its kind, its length without the kind, and its content. */
  private static void message(ByteBuffer out, char kind, String content) {
    out.put((byte) kind).putInt(4 + content.length()).put(content.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** The value of the row; that of the opening is empty. */
  @Override
  public String take(ByteBuffer in) throws ProtocolException {
    int begin = in.position();
    String answer = opened ? null : "";
    while (in.remaining() >= 5) {
      char kind = (char) in.get();
      int size = in.getInt() - 4;
      if (size < 0 || size > MOST_ANSWER) throw new ProtocolException("no message");
      if (in.remaining() < size) break;
      int end = in.position() + size;
      if (kind == 'Z' && answer != null) {
        in.position(end);
        opened = true;
        return answer;
      }
      if (kind == 'D' && answer == null) {
        // One column, its length, which is -1 for a null, and the value.
        if (size < 6 || in.getShort() != 1 || in.getInt() != size - 6) throw new ProtocolException("no value");
        answer = Protocol.text(in, size - 6);
      } else if (kind == 'R' && !opened) {
        if (size != 4 || in.getInt() != 0) throw new ProtocolException("a password is asked for");
      } else if ((opened ? "12CNS" : "KNS").indexOf(kind) < 0) {
        throw new ProtocolException("an error, or no row");
      }
      in.position(end);
    }
    in.position(begin);
    return null;
  }
}
