package dev.lanewise.nn.data;

import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Tensor;
import java.util.function.Supplier;

/**
 * A thread that assembles batches ahead of the one that is used.
 *
 * <p>Batches go round a ring of slots. The consumer writes which samples a slot is to hold and asks
 * for it; the thread fills it; the consumer waits until it is full. So the thread knows no order,
 * and a shuffle between two batches changes nothing that it reads. A slot is written by one side at
 * a time, passed on under this object's lock. Nothing is allocated after construction, unless the
 * data set does so.
 */
final class Prefetch implements AutoCloseable {
  private enum State {
    FREE,
    ASKED,
    FILLING,
    FULL,
    FAILED
  }

  /**
   * One batch on its way.
   *
   * <p>While it is being filled it belongs to the thread, otherwise to the consumer. The lock
   * guards {@code state}, and what the other side reads is written before the state that passes it
   * on.
   */
  private static final class Slot {
    final Tensor features;
    final Tensor labels;

    /** The same memory, for the thread: views of it are made in a scope of the thread's own. */
    final Tensor ownFeatures;

    final Tensor ownLabels;
    final int[] samples;
    int rows;
    DataSet data;
    long index = -1;
    long changes;
    Throwable failure;
    State state = State.FREE;

    Slot(Tensor features, Tensor labels, Scope own) {
      this.features = features;
      this.labels = labels;
      this.ownFeatures = features.in(own);
      this.ownLabels = labels.in(own);
      this.samples = new int[Math.toIntExact(features.extent(0))];
    }

    void free() {
      state = State.FREE;
      index = -1;
      failure = null;
    }
  }

  private final Slot[] slots;
  private final Scope own;
  private final Thread thread;
  private boolean closed;

  /**
   * Starts the thread.
   *
   * @param ahead how many batches are assembled while one is used
   * @param features makes the memory of one batch's features
   * @param labels makes the memory of one batch's labels
   */
  Prefetch(int ahead, Scope scope, Supplier<Tensor> features, Supplier<Tensor> labels) {
    this.slots = new Slot[ahead + 1];
    this.own = Scope.open("prefetch", Scope.Options.standard().engine(scope.engine()));
    try {
      for (int i = 0; i < slots.length; i++) {
        slots[i] = new Slot(features.get(), labels.get(), own);
      }
    } catch (Throwable thrown) {
      own.close();
      throw thrown;
    }
    this.thread = Thread.ofPlatform().daemon().name("lanewise-prefetch").unstarted(this::run);
    own.handOver(thread);
    thread.start();
  }

  /** Waits for a batch and asks for those that follow it, as set and order are now. */
  void read(Batches batches, long index) {
    requireOpen();
    long changes = batches.changes();
    Slot slot = slot(index);
    if (!holds(slot, index, changes)) {
      forget();
    }
    long end = Math.min(index + slots.length, batches.count());
    for (long next = index; next < end; next++) {
      if (!holds(slot(next), next, changes)) {
        ask(batches, next, changes);
      }
    }
    awaitFilled(slot);
    if (slot.state == State.FAILED) {
      Throwable failure = slot.failure;
      takeBack(slot);
      throw rethrown(failure);
    }
  }

  private synchronized void requireOpen() {
    if (closed) {
      throw new IllegalStateException("batches: closed");
    }
  }

  private static boolean holds(Slot slot, long index, long changes) {
    return slot.index == index && slot.changes == changes;
  }

  private Slot slot(long index) {
    return slots[(int) (index % slots.length)];
  }

  /** Takes back everything that was asked for. */
  private void forget() {
    for (Slot slot : slots) {
      takeBack(slot);
    }
  }

  /** Makes a slot the consumer's, whatever it holds; waits if it is just being filled. */
  private synchronized void takeBack(Slot slot) {
    if (slot.state != State.ASKED) {
      awaitFilled(slot);
    }
    slot.free();
  }

  private void ask(Batches batches, long index, long changes) {
    Slot slot = slot(index);
    takeBack(slot);
    slot.data = batches.data();
    slot.index = index;
    slot.changes = changes;
    slot.rows = batches.rows(index);
    for (int row = 0; row < slot.rows; row++) {
      slot.samples[row] = (int) batches.sample(index, row);
    }
    synchronized (this) {
      slot.state = State.ASKED;
      notifyAll();
    }
  }

  private synchronized void awaitFilled(Slot slot) {
    boolean interrupted = false;
    while (slot.state == State.ASKED || slot.state == State.FILLING) {
      try {
        wait();
      } catch (InterruptedException _) {
        // The wait is as long as it takes to assemble a batch; who waits is told afterwards.
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static RuntimeException rethrown(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof RuntimeException unchecked) {
      return unchecked;
    }
    return new IllegalStateException("batches: " + failure.getMessage(), failure);
  }

  /** The features of the batch read last, as many rows as fit. */
  Tensor features(long index) {
    return slot(index).features;
  }

  /** The labels of the batch read last, as many rows as fit. */
  Tensor labels(long index) {
    return slot(index).labels;
  }

  private void run() {
    try {
      for (Slot slot = next(); slot != null; slot = next()) {
        Throwable failure = fill(slot);
        synchronized (this) {
          slot.failure = failure;
          slot.state = failure == null ? State.FULL : State.FAILED;
          notifyAll();
        }
      }
    } finally {
      own.release();
    }
  }

  /** The batch asked for that is used first, or null once closed. */
  private synchronized Slot next() {
    while (!closed) {
      Slot first = null;
      for (Slot slot : slots) {
        if (slot.state == State.ASKED && (first == null || slot.index < first.index)) {
          first = slot;
        }
      }
      if (first != null) {
        first.state = State.FILLING;
        return first;
      }
      try {
        wait();
      } catch (InterruptedException _) {
        // Only close ends the thread: a consumer may wait for it.
      }
    }
    return null;
  }

  private Throwable fill(Slot slot) {
    try {
      for (int row = 0; row < slot.rows; row++) {
        slot.data.readFeatures(slot.samples[row], row, slot.ownFeatures);
        slot.data.readLabel(slot.samples[row], row, slot.ownLabels);
      }
      return null;
    } catch (Throwable thrown) {
      // Whatever it is, it belongs to the thread that wants the batch.
      return thrown;
    }
  }

  /** Ends the thread, after the batch that it is filling, and gives the memory back. */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      notifyAll();
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    own.close();
  }
}
