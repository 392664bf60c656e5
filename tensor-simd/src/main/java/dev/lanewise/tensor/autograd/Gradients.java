package dev.lanewise.tensor.autograd;

import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Origin;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Wanted;
import dev.lanewise.tensor.op.Sum;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The gradients of a scalar with respect to tracked tensors, by reverse-mode differentiation.
 *
 * <p>{@link #of} works in a scope of its own inside the loss's scope and copies the leaves'
 * gradients out, so what backward needed on the way is given back before it returns. {@link
 * #tracked} keeps everything in the loss's scope and its results are tracked themselves, so that
 * gradients of gradients can be asked for.
 *
 * <p>Nothing is stored in the tensors: asking twice computes twice and gives the same.
 */
public final class Gradients {
  private final IdentityHashMap<Origin, Tensor[]> leaves;
  private final Set<Origin> asked;
  private final Tensor loss;

  /** What was found; {@code asked} is null if every leaf was asked for. */
  private Gradients(Tensor loss, IdentityHashMap<Origin, Tensor[]> leaves, Set<Origin> asked) {
    this.loss = loss;
    this.leaves = leaves;
    this.asked = asked;
  }

  /**
   * The gradients of {@code loss} with respect to every leaf it was computed from.
   *
   * @throws IllegalArgumentException if the loss has more than one element or is not tracked
   * @throws IllegalStateException if a value that a backward rule reads was overwritten
   */
  public static Gradients of(Tensor loss) {
    return of(loss, (Set<Origin>) null);
  }

  /**
   * As {@link #of(Tensor)}, with respect to these leaves only: what leads to none of them is not
   * computed.
   *
   * @throws IllegalArgumentException also if a tensor is not a leaf made by {@link Tensor#tracked}
   */
  public static Gradients of(Tensor loss, Collection<Tensor> leaves) {
    Set<Origin> asked = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Tensor leaf : leaves) {
      asked.add(leafOrigin(leaf));
    }
    return of(loss, asked);
  }

  private static Gradients of(Tensor loss, Set<Origin> asked) {
    requireLoss(loss);
    Scope outer = loss.scope();
    try (Scope inner = outer.child("backward")) {
      Walk walk = new Walk(x -> x.untracked().in(inner), asked);
      IdentityHashMap<Origin, Tensor[]> found = walk.from(loss, ones(loss, inner));
      found.values().forEach(grads -> copyOut(grads, outer));
      return new Gradients(loss, found, asked);
    }
  }

  /**
   * As {@link #of}, with gradients that are tracked: second derivatives are {@code of} their loss.
   */
  public static Gradients tracked(Tensor loss) {
    requireLoss(loss);
    Walk walk = new Walk(x -> x, null);
    return new Gradients(loss, walk.from(loss, ones(loss, loss.scope())), null);
  }

  /**
   * The gradient with respect to {@code leaf}, of its shape: zeros if no path leads to it.
   *
   * @throws IllegalArgumentException if the tensor is not a leaf made by {@link Tensor#tracked}, or
   *     not one of those that were asked for
   */
  public Tensor get(Tensor leaf) {
    Origin origin = leafOrigin(leaf);
    if (asked != null && !asked.contains(origin)) {
      throw new IllegalArgumentException(
          "gradients: not one of the leaves asked for: " + leaf.spec());
    }
    Tensor[] grads = leaves.get(origin);
    return grads == null ? loss.scope().zeros(leaf.dtype(), leaf.shape()) : grads[0];
  }

  private static Origin leafOrigin(Tensor leaf) {
    if (leaf.origin() == null || !leaf.origin().isLeaf()) {
      throw new IllegalArgumentException("gradients: not a tracked leaf: " + leaf.spec());
    }
    return leaf.origin();
  }

  private static void requireLoss(Tensor loss) {
    if (loss.size() != 1) {
      throw new IllegalArgumentException(
          "gradients: a loss of one element expected: "
              + loss.spec()
              + ": reduce it with sum or mean");
    }
    if (!loss.isTracked()) {
      throw new IllegalArgumentException(
          "gradients: nothing tracked leads to the loss: "
              + loss.spec()
              + ": mark a leaf with tracked()");
    }
  }

  private static Tensor ones(Tensor loss, Scope scope) {
    return scope.full(loss.dtype(), loss.shape(), 1);
  }

  private static void copyOut(Tensor[] grads, Scope outer) {
    grads[0] = grads[0].copyTo(outer);
  }

  /** One walk from a loss back to the leaves. */
  private static final class Walk {
    private final UnaryOperator<Tensor> lend;
    private final Set<Origin> asked;
    private final Set<Origin> leading = Collections.newSetFromMap(new IdentityHashMap<>());
    private final IdentityHashMap<Origin, Tensor[]> grads = new IdentityHashMap<>();

    Walk(UnaryOperator<Tensor> lend, Set<Origin> asked) {
      this.lend = lend;
      this.asked = asked;
    }

    /** Gradients by leaf. */
    IdentityHashMap<Origin, Tensor[]> from(Tensor loss, Tensor seed) {
      IdentityHashMap<Origin, Tensor[]> found = new IdentityHashMap<>();
      add(loss, seed);
      List<Origin> order = newestFirst(loss.origin());
      findLeading(order);
      for (Origin origin : order) {
        Tensor[] arrived = grads.get(origin);
        if (arrived == null) {
          continue;
        }
        if (origin.isLeaf()) {
          found.put(origin, arrived);
        } else {
          pass(origin, arrived);
        }
        grads.remove(origin);
      }
      return found;
    }

    /** Which origins a leaf that is asked for leads to. */
    private void findLeading(List<Origin> newestFirst) {
      for (Origin origin : newestFirst.reversed()) {
        boolean leads = origin.isLeaf() && (asked == null || asked.contains(origin));
        for (int i = 0; i < origin.inputs() && !leads; i++) {
          leads = leading.contains(origin.input(i).origin());
        }
        if (leads) {
          leading.add(origin);
        }
      }
    }

    private void pass(Origin origin, Tensor[] arrived) {
      boolean[] wanted = new boolean[origin.inputs()];
      for (int i = 0; i < wanted.length; i++) {
        Tensor input = origin.input(i);
        wanted[i] = input.dtype().isFloating() && leading.contains(input.origin());
      }
      Grads given = origin.backward(Grads.of(arrived), Wanted.of(wanted), lend);
      for (int i = 0; i < wanted.length; i++) {
        Tensor grad = given.at(i);
        if (grad != null && wanted[i]) {
          add(origin.input(i), unbroadcast(grad, origin.input(i).shape()));
        }
      }
    }

    private void add(Tensor target, Tensor grad) {
      Origin origin = target.origin();
      Tensor[] sums = grads.computeIfAbsent(origin, o -> new Tensor[o.isLeaf() ? 1 : o.outputs()]);
      int index = target.originIndex();
      sums[index] = sums[index] == null ? grad : sums[index].add(grad);
    }

    /** Every origin after all that were computed from it. */
    private static List<Origin> newestFirst(Origin last) {
      IdentityHashMap<Origin, Boolean> seen = new IdentityHashMap<>();
      List<Origin> all = new ArrayList<>();
      seen.put(last, true);
      all.add(last);
      for (int next = 0; next < all.size(); next++) {
        Origin origin = all.get(next);
        for (int i = 0; i < origin.inputs(); i++) {
          Origin before = origin.input(i).origin();
          if (before != null && seen.put(before, true) == null) {
            all.add(before);
          }
        }
      }
      all.sort(Comparator.comparingLong(Origin::birth).reversed());
      return all;
    }
  }

  /** Sums a gradient of a broadcast result down to the shape of the operand that was stretched. */
  private static Tensor unbroadcast(Tensor grad, Shape shape) {
    if (grad.shape().equals(shape)) {
      return grad;
    }
    int missing = grad.rank() - shape.rank();
    int[] axes = new int[grad.rank()];
    int count = 0;
    for (int axis = 0; axis < grad.rank(); axis++) {
      if (axis < missing || (shape.extent(axis - missing) == 1 && grad.extent(axis) != 1)) {
        axes[count++] = axis;
      }
    }
    return Sum.over(java.util.Arrays.copyOf(axes, count), true).apply(grad).reshape(shape);
  }
}
