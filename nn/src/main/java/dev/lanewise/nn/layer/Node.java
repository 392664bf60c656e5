package dev.lanewise.nn.layer;

import java.util.List;

/**
 * A value in a network that is being described: an input, or an output of a layer applied to other
 * values.
 *
 * <pre>{@code
 * Node image = Input.of(784).node();
 * Node hidden = Dense.of(400).activation(RELU).on(image);
 * Network encoder = Network.of(image, Dense.of(20).on(hidden));
 * }</pre>
 */
public final class Node {
  private final Application application;
  private final int index;

  /** A layer applied to values once; it is its identity that counts. */
  private static final class Application {
    final Layer layer;
    final List<Node> inputs;

    Application(Layer layer, List<Node> inputs) {
      this.layer = layer;
      this.inputs = inputs;
    }
  }

  private Node(Application application, int index) {
    this.application = application;
    this.index = index;
  }

  static Node of(Layer layer, Node... inputs) {
    return new Node(new Application(layer, List.of(inputs)), 0);
  }

  /** The layer whose output this is. */
  public Layer layer() {
    return application.layer;
  }

  /** The values it was applied to; none for an input. */
  public List<Node> inputs() {
    return application.inputs;
  }

  /** Which of the layer's outputs this is. */
  public int index() {
    return index;
  }

  /** Another output of the same application of the layer, such as the last state of an LSTM. */
  public Node output(int other) {
    return new Node(application, other);
  }

  /** What all outputs of one application have in common, equal to nothing but itself. */
  public Object application() {
    return application;
  }
}
