package dev.lanewise.tensor;

import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The threads that share the parts of one piece of work; the caller is one of them.
 *
 * <p>Work is split by its shape, never by the number of threads, so results do not depend on it.
 * Which thread runs which part is left to chance. A thread of the pool that finds no part, and a
 * caller that has none left, wait awake for some microseconds, {@link #SPIN_MICROS} by default, and
 * then sleep. One piece runs at a time: a caller that finds the workers busy does all its parts
 * itself. Running allocates nothing on the pool's own threads.
 */
public final class Workers implements AutoCloseable {
  /** Work in numbered parts that may run in any order, on any thread, at the same time. */
  public interface Parts {
    /**
     * Runs one part.
     *
     * @param part from zero
     * @param slot which participant runs it, below {@link Workers#threads}; two parts that run at
     *     the same time have different slots, so per-slot scratch memory needs no lock
     */
    void run(int part, int slot);
  }

  /**
   * How long a thread waits awake by default. Waiting awake for about as long as a wake-up costs is
   * at most twice as bad as knowing beforehand; 20 microseconds were measured to be enough (ADR
   * 11).
   */
  public static final int SPIN_MICROS = 20;

  private static final System.Logger LOGGER = System.getLogger(Workers.class.getName());
  private static final int PART_BITS = 32;
  private static final long PART_MASK = (1L << PART_BITS) - 1;

  private final int threads;
  private final long spinNanos;
  private final Executor executor;
  private final Helper[] helpers;
  private final AtomicBoolean busy = new AtomicBoolean();

  /**
   * Upper half: a number that each piece of work changes; lower half: the next part of it that
   * nobody has claimed.
   */
  private final AtomicLong ticket = new AtomicLong();

  private final AtomicInteger unfinished = new AtomicInteger();
  private volatile Parts work;
  private volatile int parts;
  private volatile Thread caller;
  private volatile Throwable failure;
  private volatile boolean closed;

  /** One participant besides the caller: a thread of the pool, or a task on the user's executor. */
  private final class Helper implements Runnable {
    final int slot;
    final AtomicBoolean active = new AtomicBoolean();
    volatile Thread thread;

    Helper(int slot) {
      this.slot = slot;
    }

    /** The life of a pool thread. */
    void live() {
      while (!closed) {
        drain(slot);
        long start = System.nanoTime();
        while (!anyLeft() && System.nanoTime() - start < spinNanos) {
          Thread.onSpinWait();
        }
        if (!anyLeft()) {
          LockSupport.park(Workers.this);
        }
      }
    }

    /** One turn on the user's executor. */
    @Override
    public void run() {
      if (active.compareAndSet(false, true)) {
        try {
          drain(slot);
        } finally {
          active.set(false);
        }
      }
    }
  }

  private Workers(int threads, int spinMicros, Executor executor) {
    if (threads < 1) {
      throw new IllegalArgumentException("workers: at least one thread, not " + threads);
    }
    if (spinMicros < 0) {
      throw new IllegalArgumentException(
          "workers: " + spinMicros + " microseconds of waiting awake");
    }
    this.threads = threads;
    this.spinNanos = spinMicros * 1000L;
    this.executor = executor;
    this.helpers = new Helper[threads - 1];
    for (int i = 0; i < helpers.length; i++) {
      helpers[i] = new Helper(i + 1);
    }
  }

  /** Work on the calling thread and {@code threads - 1} daemon threads of its own. */
  public static Workers of(int threads) {
    return of(threads, SPIN_MICROS);
  }

  /**
   * The same with another time that threads wait awake, in microseconds. Zero makes them sleep at
   * once, which frees the processor and makes short pieces of work slower than one thread would do
   * them.
   */
  public static Workers of(int threads, int spinMicros) {
    Workers workers = new Workers(threads, spinMicros, null);
    for (Helper helper : workers.helpers) {
      Thread thread =
          Thread.ofPlatform().daemon().name("lanewise-" + helper.slot).unstarted(helper::live);
      helper.thread = thread;
      thread.start();
    }
    return workers;
  }

  /**
   * Work on the calling thread and up to {@code threads - 1} tasks of the given executor. Nobody
   * waits awake: the executor's threads are not ours.
   */
  public static Workers on(Executor executor, int threads) {
    return new Workers(threads, 0, executor);
  }

  /** The most threads that run parts at the same time, the caller included. */
  public int threads() {
    return threads;
  }

  /**
   * Runs all parts and returns when they are done.
   *
   * <p>The first failure of a part is thrown here after the others have ended.
   */
  public void run(Parts task, int count) {
    if (count <= 1 || threads == 1 || closed || !busy.compareAndSet(false, true)) {
      for (int part = 0; part < count; part++) {
        task.run(part, 0);
      }
      return;
    }
    try {
      share(task, count);
    } finally {
      work = null;
      busy.set(false);
    }
  }

  private void share(Parts task, int count) {
    failure = null;
    caller = Thread.currentThread();
    unfinished.set(count);
    // Voids every claim on the work before, so that nobody claims old parts of new work.
    long last = ticket.get() >>> PART_BITS;
    ticket.set((last + 1) << PART_BITS | PART_MASK);
    work = task;
    parts = count;
    ticket.set((last + 2) << PART_BITS);
    int wanted = Math.min(helpers.length, count - 1);
    for (int i = 0; i < wanted; i++) {
      if (executor == null) {
        LockSupport.unpark(helpers[i].thread);
      } else {
        offer(helpers[i]);
      }
    }
    drain(0);
    long start = System.nanoTime();
    while (unfinished.get() > 0) {
      if (System.nanoTime() - start < spinNanos) {
        Thread.onSpinWait();
      } else {
        LockSupport.park(this);
      }
    }
    Throwable thrown = failure;
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown instanceof RuntimeException exception) {
      throw exception;
    }
    if (thrown != null) {
      throw new IllegalStateException("workers: a part failed", thrown);
    }
  }

  private void offer(Helper helper) {
    try {
      executor.execute(helper);
    } catch (RuntimeException refused) {
      LOGGER.log(
          Level.DEBUG, "workers: the executor took no helper; the caller does its parts", refused);
    }
  }

  private boolean anyLeft() {
    return (ticket.get() & PART_MASK) < parts;
  }

  /** Claims and runs parts until none is left. */
  private void drain(int slot) {
    while (true) {
      long claim = ticket.get();
      Parts task = work;
      if (task == null || (claim & PART_MASK) >= parts) {
        return;
      }
      // A claim succeeds only if no newer piece of work has begun, so task and parts belong to it.
      if (ticket.compareAndSet(claim, claim + 1)) {
        try {
          task.run((int) (claim & PART_MASK), slot);
        } catch (Throwable thrown) {
          // Whatever it is, the part has ended, and the caller waits for that.
          failed(thrown);
        }
        if (unfinished.decrementAndGet() == 0) {
          LockSupport.unpark(caller);
        }
      }
    }
  }

  private synchronized void failed(Throwable thrown) {
    if (failure == null) {
      failure = thrown;
    }
  }

  /** Ends the pool's threads; later work runs on its caller alone. */
  @Override
  public void close() {
    closed = true;
    for (Helper helper : helpers) {
      if (helper.thread != null) {
        LockSupport.unpark(helper.thread);
      }
    }
  }
}
