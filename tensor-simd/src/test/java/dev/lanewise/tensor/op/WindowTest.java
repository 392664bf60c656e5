package dev.lanewise.tensor.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

final class WindowTest {
  @Test
  void samePadsAreThoseOfKeras() {
    assertEquals(Window.of(3).pad(1), Window.of(3).same(28, 28));
    assertEquals(Window.of(2).pad(0, 0, 1, 1), Window.of(2).same(5, 5));
    Window halving = Window.of(3).stride(2);
    assertEquals(halving.pad(0, 1, 1, 1), halving.same(224, 225));
    assertEquals(Window.of(2).stride(3), Window.of(2).stride(3).same(6, 3));
    Window dilated = Window.of(3, 1).dilation(2);
    assertEquals(dilated.pad(2, 0, 2, 0), dilated.same(9, 9));
  }

  @Property
  void sameGivesAnOutputPerStride(
      @ForAll @LongRange(min = 1, max = 50) long extent,
      @ForAll @LongRange(min = 1, max = 7) long kernel,
      @ForAll @LongRange(min = 1, max = 5) long stride,
      @ForAll @LongRange(min = 1, max = 3) long dilation) {
    Window.Axis axis =
        Window.of(kernel).stride(stride).dilation(dilation).same(extent, extent).height();
    assertEquals(Math.ceilDiv(extent, stride), axis.outputs(extent));
    assertEquals(axis.padBegin(), (axis.padBegin() + axis.padEnd()) / 2);
  }

  @Test
  void outputsAreCountedAsInOnnx() {
    assertEquals(112, Window.of(7).stride(2).pad(3).height().outputs(224));
    assertEquals(3, Window.of(3).dilation(2).width().outputs(7));
    assertEquals(0, Window.of(5).height().outputs(4));
  }

  @Test
  void refusesStepsThatLeadNowhere() {
    assertEquals(
        "window: kernel 3, stride 0, dilation 1, pads 0 and 0: positive ones expected, and pads of"
            + " at least 0",
        assertThrows(IllegalArgumentException.class, () -> Window.of(3).stride(0)).getMessage());
    assertThrows(IllegalArgumentException.class, () -> Window.of(0));
    assertThrows(IllegalArgumentException.class, () -> Window.of(3).pad(-1));
    assertThrows(IllegalArgumentException.class, () -> Window.of(3).dilation(0));
  }
}
