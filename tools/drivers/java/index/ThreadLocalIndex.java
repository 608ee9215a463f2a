// In place of the client's own class, before it in the class path: a round-robin index that begins where a scenario says.
// As there each thread has a position of its own.
package org.apache.rocketmq.client.common;

public class ThreadLocalIndex {
  private static volatile int start = 0;
  private static volatile int[] resets = {};

  private final ThreadLocal<Integer> position = new ThreadLocal<>();
  private int taken = 0;

  /** Of every index that is made from now on; `values` are those of successive resets, the last one then the first. */
  public static void script(int first, int[] values) {
    start = first;
    resets = values.clone();
  }

  public int incrementAndGet() {
    Integer now = position.get();
    int next = (now == null ? start : now) + 1;
    position.set(next);
    return next & Integer.MAX_VALUE;
  }

  public void reset() {
    int value = 0;
    synchronized (this) {
      if (resets.length > 0) value = resets[taken++ % resets.length];
    }
    position.set(value);
  }

  @Override
  public String toString() {
    return "ThreadLocalIndex{" + position.get() + '}';
  }
}
