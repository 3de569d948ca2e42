import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A unit's part of the job image, and its memory, which is there for one picture after the other. */
final class Image {
  private static final int SIDE = 256, HALF = SIDE / 2, REACH = 2, WINDOW = 2 * REACH + 1, BRIGHTER = 32;

  private final byte[] picture = new byte[SIDE * SIDE], blurred = new byte[SIDE * SIDE], halved = new byte[HALF * HALF];
  private final ByteBuffer words = ByteBuffer.wrap(picture).order(ByteOrder.LITTLE_ENDIAN);
  private final short[] rowSums = new short[SIDE * SIDE];
  private final int[] columnSums = new int[SIDE];

  long process(int index, int units, long pictures) {
    long sum = 0;
    for (long i = index; i < pictures; i += units) {
      Jobs.draw(1, i, words);
      brighten();
      blurRows();
      blurColumns();
      halve();
      sum += checksum(i);
    }
    return sum;
  }

  private void brighten() {
    for (int i = 0; i < picture.length; i++) picture[i] = (byte) Math.min((picture[i] & 0xff) + BRIGHTER, 255);
  }

  /** The sums of five pixels along each row. */
  private void blurRows() {
    for (int row = 0; row < picture.length; row += SIDE) {
      int sum = 0;
      for (int column = -REACH; column <= REACH; column++) sum += picture[row + inside(column)] & 0xff;
      for (int column = 0; column < SIDE; column++) {
        rowSums[row + column] = (short) sum;
        sum += (picture[row + inside(column + REACH + 1)] & 0xff) - (picture[row + inside(column - REACH)] & 0xff);
      }
    }
  }

  /** The sums of five of those sums along each column, all columns side by side. */
  private void blurColumns() {
    for (int column = 0; column < SIDE; column++) {
      columnSums[column] = 0;
      for (int row = -REACH; row <= REACH; row++) columnSums[column] += rowSums[inside(row) * SIDE + column];
    }
    for (int row = 0; row < SIDE; row++) {
      int comes = inside(row + REACH + 1) * SIDE, goes = inside(row - REACH) * SIDE;
      for (int column = 0; column < SIDE; column++) {
        blurred[row * SIDE + column] = (byte) (columnSums[column] / (WINDOW * WINDOW));
        columnSums[column] += rowSums[comes + column] - rowSums[goes + column];
      }
    }
  }

  private static int inside(int place) {
    return Math.max(0, Math.min(place, SIDE - 1));
  }

  private void halve() {
    for (int row = 0; row < HALF; row++) {
      for (int column = 0; column < HALF; column++) {
        int at = 2 * (row * SIDE + column);
        int four = (blurred[at] & 0xff) + (blurred[at + 1] & 0xff)
            + (blurred[at + SIDE] & 0xff) + (blurred[at + SIDE + 1] & 0xff);
        halved[row * HALF + column] = (byte) (four / 4);
      }
    }
  }

  /** FNV-1a of the halved picture, begun differently for each. */
  private long checksum(long index) {
    long hash = 0xcbf29ce484222325L ^ Jobs.mix(index + Jobs.GOLDEN);
    for (byte pixel : halved) hash = (hash ^ pixel & 0xff) * 0x100000001b3L;
    return hash;
  }
}
