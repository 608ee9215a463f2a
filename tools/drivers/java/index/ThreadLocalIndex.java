// In place of the client's own class, before it in the class path: a round-robin index that begins where a scenario says.
// As there each thread has a position of its own.
package org.apache.rocketmq.client.common;

public class ThreadLocalIndex {
  private static final class Script {
    final int start;
    final int[] resets;

    Script(int start, int[] resets) {
      this.start = start;
      this.resets = resets;
    }
  }
  private static final ThreadLocal<Script> current = new InheritableThreadLocal<>();

  private final Script script = current.get() == null ? new Script(0, new int[0]) : current.get();
  private final ThreadLocal<Integer> position = new ThreadLocal<>();
  private int taken = 0;

  /** Of every index that from now on this thread makes, and each that it begins: an instance's own threads do what the
      producers of that instance want. `values` are those of successive resets, the last one then the first. */
  public static void script(int first, int[] values) {
    current.set(new Script(first, values.clone()));
  }

  public int incrementAndGet() {
    Integer now = position.get();
    int next = (now == null ? script.start : now) + 1;
    position.set(next);
    return next & Integer.MAX_VALUE;
  }

  public void reset() {
    int value = 0;
    synchronized (this) {
      if (script.resets.length > 0) value = script.resets[taken++ % script.resets.length];
    }
    position.set(value);
  }

  @Override
  public String toString() {
    return "ThreadLocalIndex{" + position.get() + '}';
  }
}
