package dev.lanewise.tensor.graph;

import dev.lanewise.tensor.Op;
import dev.lanewise.tensor.ViewOp;
import java.util.List;

/**
 * One application of an operator in a graph.
 *
 * @param op the same record that eager code applies
 * @param inputs in the operator's order
 * @param outputs in the operator's order, hidden ones included
 */
public record Node(Op op, List<Value> inputs, List<Value> outputs) {
  /** Whether the output is the input's memory under another layout. */
  boolean isView() {
    return op instanceof ViewOp view && view.view(inputs.getFirst().spec().layout()) != null;
  }
}
