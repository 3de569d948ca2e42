import java.util.stream.LongStream;

/** What the units of a job do, and what their answers come to. */
interface Job {
  long unit(int index) throws Exception;

  default long answer(long[] ofUnits) {
    return LongStream.of(ofUnits).sum();
  }

  /** Whether no unit begins before all of them exist. */
  default boolean beginsTogether() {
    return false;
  }

  /** The units that a unit makes, those that they make included. */
  default long unitsOfAUnit() {
    return 0;
  }
}
