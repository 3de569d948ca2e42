import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A virtual thread per connection that reads and writes. */
public final class Echo {
  public static void main(String[] args) throws IOException {
    ServerSocket listener = new ServerSocket(Integer.parseInt(args[0]), 1024, InetAddress.getLoopbackAddress());
    while (true) {
      Socket connection = listener.accept();
      Thread.startVirtualThread(() -> echo(connection));
    }
  }

  private static void echo(Socket connection) {
    try (connection) {
      connection.setTcpNoDelay(true);
      InputStream input = connection.getInputStream();
      OutputStream output = connection.getOutputStream();
      byte[] buffer = new byte[4096];
      for (int n; (n = input.read(buffer)) >= 0; ) output.write(buffer, 0, n);
    } catch (IOException e) {
      // The peer has gone.
    }
  }
}
