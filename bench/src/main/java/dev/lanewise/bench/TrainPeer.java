package dev.lanewise.bench;

/** Somebody else's training of the six networks, found by {@link java.util.ServiceLoader}. */
public interface TrainPeer {
  /** The name in tables. */
  String name();

  /** How many threads the next steps may use. */
  void threads(int count);

  /** Prepares a network and its batch; running the result is one Adam step. */
  TrainStep step(TrainTask task);
}
