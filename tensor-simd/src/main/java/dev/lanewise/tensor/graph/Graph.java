package dev.lanewise.tensor.graph;

import java.util.List;

/**
 * A computation as data: nodes in an order in which they can run.
 *
 * @param inputs given from outside in every run
 * @param nodes each after those whose outputs it reads
 * @param outputs what a run is for
 */
public record Graph(List<Value> inputs, List<Node> nodes, List<Value> outputs) {
  /** One line per node: operator, shapes it reads, shape it makes. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Node node : nodes) {
      text.append(node.op().name())
          .append(' ')
          .append(node.inputs())
          .append(" -> ")
          .append(node.outputs())
          .append('\n');
    }
    return text.toString();
  }
}
