package dev.lanewise.tensor;

/** An operator whose output can be the input's memory under another layout. */
public interface ViewOp extends Op {
  /** The layout over the input's memory, or null where the elements have to be moved. */
  Layout view(Layout in);

  @Override
  default Keeps keeps() {
    return Keeps.nothing();
  }
}
